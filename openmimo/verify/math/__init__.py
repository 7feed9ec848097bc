"""Whether a mathematical answer is the gold one: extraction, types, exact comparison, then symbols in processes that can be killed."""
