"""Whether a program passes its tests: only bytes cross to it, and what was expected never does."""
