"""Runs in EvalPlus's own environment: its verdicts on programs and the time they take, one line of JSON for each line.

Reads lines of {"programs": [{"dataset", "entry", "code", "inputs", "expected", "atol"}]} from stdin, in which
inputs and expected values are Python literals, and answers {"verdicts": [bool], "seconds": float}.
The time is that of its checks alone. EvalPlus forks its own process for each program, so what that
process has loaded counts: with the argument `bare` it is the checker alone, without it what
EvalPlus's command loads. Knows nothing of openmimo.
"""

import ast
import importlib
import json
import os
import sys
import time
from typing import Any


def passes(program: dict[str, Any]) -> bool:
    """Whether EvalPlus accepts a program. It stops at the first test that fails, as its own command does."""
    from evalplus.eval import PASS, untrusted_check

    inputs, expected = (ast.literal_eval(program[name]) for name in ("inputs", "expected"))
    times = [0.05] * len(inputs)
    verdict, _ = untrusted_check(
        program["dataset"], program["code"], inputs, program["entry"], expected, program["atol"], times, fast_check=True
    )
    return verdict == PASS


def main() -> None:
    # What a program prints must not come between the answers.
    answers, stdout = os.fdopen(os.dup(1), "w"), os.dup2(2, 1)
    assert stdout == 1
    os.environ |= {"HF_HUB_OFFLINE": "1"}
    importlib.import_module("evalplus.eval" if sys.argv[1:] == ["bare"] else "evalplus.evaluate")
    for line in sys.stdin:
        programs = json.loads(line)["programs"]
        started = time.perf_counter()
        verdicts = [passes(program) for program in programs]
        print(json.dumps({"verdicts": verdicts, "seconds": time.perf_counter() - started}), file=answers, flush=True)


if __name__ == "__main__":
    main()
