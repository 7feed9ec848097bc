"""Runs in EvalPlus's own environment: its verdicts on programs for rows of its own format, one line of JSON for each line.

Reads lines of {"dataset", "rows": [{"row", "programs"}]} from stdin, and answers {"verdicts": [[[base, plus]]]},
for each row and program whether it passes the base inputs and the added ones. The arguments, what is
due and the comparison are EvalPlus's. Knows nothing of openmimo.
"""

import json
import os
import sys
from typing import Any


def verdicts(dataset: str, row: dict[str, Any], programs: list[str]) -> list[list[bool]]:
    """As EvalPlus's own command comes to them."""
    from evalplus.data.mbpp import mbpp_deserialize_inputs
    from evalplus.eval import PASS
    from evalplus.eval._special_oracle import MBPP_OUTPUT_NOT_NONE_TASKS
    from evalplus.evaluate import check_correctness
    from evalplus.gen.util import trusted_exec

    problem, due = dict(row), {}
    for part in ("base", "plus"):
        inputs = row[f"{part}_input"]
        problem[f"{part}_input"] = mbpp_deserialize_inputs(row["task_id"], inputs) if dataset == "mbpp" and inputs else inputs
        there = dataset == "mbpp" and row["entry_point"] in MBPP_OUTPUT_NOT_NONE_TASKS
        due[part], due[f"{part}_time"] = trusted_exec(
            row["prompt"] + row["canonical_solution"], problem[f"{part}_input"], row["entry_point"], record_time=True, output_not_none=there
        )
    checked = [check_correctness(dataset, 0, problem, program, due, fast_check=True) for program in programs]
    # It knows no row without added inputs, and finds that none of them has passed.
    return [[one["base"][0] == PASS, one["plus"][0] == PASS or not row["plus_input"]] for one in checked]


def main() -> None:
    # What a program prints must not come between the answers.
    answers, stdout = os.fdopen(os.dup(1), "w"), os.dup2(2, 1)
    assert stdout == 1
    os.environ |= {"HF_HUB_OFFLINE": "1"}
    import evalplus.evaluate  # noqa: F401  (here, so that each check does not load it anew)

    print(json.dumps({"ready": True}), file=answers, flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps({"verdicts": [verdicts(asked["dataset"], **each) for each in asked["rows"]]}), file=answers, flush=True)


if __name__ == "__main__":
    main()
