"""Samples of many problems at once, judged as they end: what evaluation and reinforcement learning stand on. Read `stream.py` first."""
