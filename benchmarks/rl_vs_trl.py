"""Whole steps of RL in OpenMiMo beside those of TRL's GRPOTrainer, SmolLM2-135M on the CPU: seconds for each group with a signal.

Run: python benchmarks/rl_vs_trl.py [--quick] [--json] (`make peers` first; 8 rounds, a quarter of an hour on two cores).
Both sides hold the model and take turns, step by step. `valid_group.vs_trl` is TRL's time for each group with a signal over ours.
What is measured, and how, is `openmimo/bench/rl_vs_trl.py`. Ends with one line of JSON, which has every step in `steps`.
"""

import argparse
import json
import sys
from dataclasses import asdict

from openmimo.bench.report import machine, table
from openmimo.bench.rl_vs_trl import measure


def main() -> None:
    """Measure, and print the table and one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one round: to see that it works, not to quote")
    parser.add_argument("--json", action="store_true", help="only the line of JSON on stdout, and the table on stderr")
    asked = parser.parse_args()
    rows, turns = measure(asked.quick)
    print(table(rows), file=sys.stderr if asked.json else sys.stdout)
    steps = {name: [asdict(turn) for turn in side] for name, side in turns.items()}
    print(json.dumps({"bench": "rl_vs_trl", "machine": machine(), "results": [row.as_json() for row in rows], "steps": steps}))


if __name__ == "__main__":
    main()
