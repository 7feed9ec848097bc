"""Any OpenAI-compatible server as one that answers. Start at `endpoint.py`."""
