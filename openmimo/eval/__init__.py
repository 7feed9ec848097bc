"""Measuring a model on tasks it has not seen."""
