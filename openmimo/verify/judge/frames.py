"""What the two sides of a run have agreed on: exit codes, files, and frames of results. Stdlib only; it is loaded on both sides."""

import struct

# Exit codes that say more than "failed"; a program that gives one itself only names its own failure otherwise.
FAILED, NO_MEMORY, NO_SYNTAX, NOT_LOADED = 96, 97, 98, 99
EXIT_MEANS = {FAILED: ("RE", ""), NO_MEMORY: ("MLE", ""), NO_SYNTAX: ("CE", ""), NOT_LOADED: ("RE", "")}
FRAME = struct.Struct("<IBI")  # index of the test, status, length of what follows
DONE, RAISED, ASSERTED = 0, 1, 2  # statuses of a frame: there is a value, the program raised, the test says no
ORDER, RESULTS, CHANNEL = 3, 4, 5  # descriptors in a child: the text of the order, the frames, a socket between program and tests
PRELUDE_ENDS = "\0"  # in the text of a program: what stands before it is the problem's, and compiled by itself
ASKED = b"."  # on the tests' stdout: what goes wrong from here on may be the program's doing
