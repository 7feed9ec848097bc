"""Every benchmark of the report, a module for each kind; `catalog.py` has them by name."""
