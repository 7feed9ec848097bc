"""What clients send, as pydantic models: one file for each dialect."""
