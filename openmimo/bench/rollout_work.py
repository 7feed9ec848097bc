"""What is asked in the benchmark of rollouts: problems, each with the seed that it comes from, and their order. Fixed before it was measured with them.

Of 40 candidates of each kind, and 60 of code, those that nano solved in 10 to 80 % of 16 answers at temperature 1, the bounds by
which `openmimo rl nano` chooses levels: what a run learns from are such ones. Together they were solved in 43 %.
Knows no engine and no judge.
"""

import random

from openmimo.rl.problem_set import Kind, Problem, of_seed

# Each family at the level that nano solves nearest to two times in five; code at both of the levels that have a rate like it.
# fmt: off
PROBLEMS: dict[Kind, tuple[int, ...]] = {
    ("arithmetic", 3): (1, 2, 4, 6, 7, 8, 11, 19, 20, 21, 25, 26, 27, 28, 33),
    ("bases", 3): (3, 5, 7, 10, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 22, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 36, 37),
    ("equations", 4): (0, 2, 3, 4, 5, 6, 9, 11, 14, 18, 20, 21, 24, 27, 28, 29, 30, 32, 34, 37),
    ("graphs", 3): (5, 6, 7, 8, 9, 10, 12, 17, 18, 20, 22, 23, 24, 25, 27, 28, 29, 30, 32, 34, 36, 37, 38, 39),
    ("logic", 2): (1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 21, 22, 23, 24, 28, 29, 30, 32, 34, 35, 36, 37, 39),
    ("modular", 3): (0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 17, 18, 20, 23, 25, 29, 32, 34, 35, 37, 39),
    ("number_theory", 3): (0, 3, 5, 6, 7, 11, 18, 19, 21, 22, 24, 25, 27, 29, 32, 34, 35, 36, 39),
    ("percentages", 3): (0, 1, 3, 7, 13, 15, 16, 21, 23, 24, 25, 27, 30, 35, 37, 38),
    ("programs", 4): (1, 2, 4, 7, 8, 9, 10, 11, 13, 15, 16, 17, 18, 19, 20, 23, 24, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39),
    ("quadratics", 3): (0, 1, 2, 3, 4, 7, 8, 9, 11, 14, 16, 17, 18, 19, 20, 21, 25, 28, 34, 37, 38),
    ("sequences", 4): (5, 10, 16, 19, 20, 21, 23, 24, 25, 31, 33, 36),
    ("sets", 3): (0, 1, 2, 3, 5, 6, 8, 10, 12, 13, 14, 15, 17, 19, 21, 23, 25, 32, 34, 36),
    ("sorting", 3): (2, 5, 7, 8, 9, 12, 13, 15, 16, 17, 26, 27, 28, 33, 34, 35, 36),
    ("statistics", 2): (0, 1, 4, 6, 7, 9, 11, 12, 13, 15, 16, 18, 19, 22, 23, 24, 25, 27, 28, 30, 31, 32, 35, 37, 38, 39),
    ("strings", 3): (2, 4, 6, 10, 11, 14, 15, 16, 17, 18, 19, 23, 24, 28, 29, 30, 31, 32, 39),
    ("systems", 3): (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 14, 15, 16, 18, 19, 21, 22, 24, 26, 27, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39),
    ("tables", 3): (2, 3, 4, 7, 9, 11, 14, 15, 16, 19, 20, 22, 25, 26, 27, 31, 32, 35, 36, 37, 39),
    ("word_problems", 4): (1, 2, 3, 13, 14, 15, 16, 20, 21, 22, 23, 24, 25, 26, 27, 30, 31, 32, 33, 34, 35, 37, 39),
    ("functions", 2): (0, 1, 2, 3, 6, 8, 10, 12, 14, 16, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 34, 35, 36, 37, 40, 41, 43, 44, 48, 49, 50, 51, 52, 55, 57, 58),
    ("functions", 3): (1, 2, 3, 4, 6, 7, 9, 10, 11, 12, 13, 16, 17, 18, 21, 22, 25, 27, 29, 30, 31, 32, 33, 35, 36, 37, 38, 40, 42, 43, 46, 48, 50, 53, 58, 59),
}
# fmt: on
SEED = 7  # of the order and of all answers
GROUPS, GROUP_SIZE, SLOTS = 16, 8, 32
TEMPERATURE = 1.0
MOST = 600  # tokens of an answer, as in `openmimo eval`: far above what nearly all have
EQUAL = 64  # tokens of every answer of the control
ROUNDS = 6
IN_ROUND = 64  # problems that a round may take, other ones each time
WARM = 16  # problems before the first round


def problems() -> list[Problem]:
    """All problems in their order."""
    found = [of_seed(kind, seed) for kind, seeds in PROBLEMS.items() for seed in seeds]
    random.Random(SEED).shuffle(found)
    return found
