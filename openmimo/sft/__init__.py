"""Supervised fine-tuning (report 3.1): `config.py` is what can be asked, `run.py` is what happens."""
