"""Supervised fine-tuning (report 3.1): `config.py` is what can be asked, `rules.py` what may be learnt, `run.py` what happens."""
