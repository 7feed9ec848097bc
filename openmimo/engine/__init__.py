"""A model that answers: loading, generation in ids, and the session where text meets ids."""
