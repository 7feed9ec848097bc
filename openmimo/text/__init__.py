"""Text and token ids: tokenizer, chat templates, streaming detokenisation, the reasoning parser. Imports no torch."""
