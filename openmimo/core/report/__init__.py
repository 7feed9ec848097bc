"""The page of a run, `report.html`: one static file with its curves, numbers, samples and config. Read `page.py` first."""
