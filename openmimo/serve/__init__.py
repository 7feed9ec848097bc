"""A model behind HTTP, for people and programs: OpenAI's dialect, Ollama's, and a chat page. Start at `app.py`."""
