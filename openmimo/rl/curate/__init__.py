"""Which problems reinforcement learning can learn from (report 3.2): `run.py` is the whole of it, `filters.py` asks no model, `rollouts.py` does."""
