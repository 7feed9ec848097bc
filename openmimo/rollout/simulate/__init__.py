"""The scheduler in a simulated cluster, in virtual time. Read `cluster.py` first."""
