"""A released model is one file: a function a stage, in the order of the flow."""
