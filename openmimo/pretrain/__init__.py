"""Pre-training (report 2): `config.py` is what can be asked, `run.py` is what happens, `mtp.py` what comes after."""
