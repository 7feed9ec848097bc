"""Running a program nobody trusts: a zygote, Landlock, seccomp, limits. Needs no root and no binary."""
