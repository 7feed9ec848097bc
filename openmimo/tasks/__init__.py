"""Problems that can be checked, made by the seed: one family a file. Imports no torch."""
