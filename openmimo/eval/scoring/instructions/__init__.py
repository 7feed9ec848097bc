"""IFEval's 25 kinds of instructions, whose keeping a program can check (Zhou et al. 2023, 2311.07911), a module for each group."""
