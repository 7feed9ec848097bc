"""Answers to many problems at once, judged as they end: for evaluation `stream.py`, for reinforcement learning `rollout.py`. Read either first."""
