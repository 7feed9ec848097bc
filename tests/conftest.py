"""For all tests: one thread, which is the quickest for models this small and the kindest to a shared machine."""

import os

os.environ["OMP_NUM_THREADS"] = "1"  # before torch is imported anywhere, and for the processes that tests start
