"""Whether something is right, with the reason. Imports no torch."""
