"""Reinforcement learning (report 3.3): `run.py` is the whole of it, `config.py` what can be asked, `presets.py` names settings, `loss.py` is the algorithm."""
