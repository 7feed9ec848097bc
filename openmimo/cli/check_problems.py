"""`openmimo check-problems`: a problem set through its own verifiers, before a model is trained on it."""

import json
import sys
import time
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro

if TYPE_CHECKING:
    from openmimo.verify.findings import Checked


def main(
    file: tyro.conf.Positional[Path],
    times: int = 3,
    wrong: int = 6,
    limit: int | None = None,
    slow: float = 2.0,
    reward: str | None = None,
    unsafe: bool = False,
    json_: Annotated[bool, tyro.conf.arg(name="json")] = False,
) -> int:
    """Run every gold answer and golden solution through its own verifier, and wrong ones against every test.

    Reports golds that are not accepted or not always, problems without golds or tests, ids that
    stand twice, answers and programs that should not be accepted, and tests that every wrong
    solution passes. The exit code is 1 if a problem is unfit. Ctrl-C shows what was found so far.

    Try:
        openmimo check-problems problems.jsonl
        openmimo check-problems problems.jsonl --reward my_reward.py:fn

    Args:
        file: Problems, one JSON object a line (.jsonl, .jsonl.gz) or a table (.parquet); docs/tasks.md has the formats.
        times: How often each gold is verified; several times finds flaky ones.
        wrong: Mutants of a golden solution that the tests are tried with; 0 for none.
        limit: Only the first problems.
        slow: Seconds from which on a gold is reported as slow.
        reward: A reward function of your own, FILE.py:function, in place of our verifiers.
        unsafe: Run programs even where this machine cannot confine them.
        json_: Print one JSON object instead of a table.
    """
    from openmimo.core.errors import ConfigError
    from openmimo.core.log import Progress
    from openmimo.verify.check_problems import Options, Verifiers, check
    from openmimo.verify.findings import Checked, Finding
    from openmimo.verify.problems import Row, scan_problems
    from openmimo.verify.row_files import Broken
    from openmimo.verify.slots import cores

    options = Options(times, wrong, slow)
    if limit is not None and limit < 1:
        raise ConfigError("limit", f"must be at least 1, not {limit}")
    found = scan_problems(file)[:limit]
    rows = [row for row in found if isinstance(row, Row)]
    checked = [Checked("", row.line, (Finding("broken", f"{row.problem}; {row.fix}"),)) for row in found if isinstance(row, Broken)]
    start, interrupted = time.monotonic(), False
    with ExitStack() as stack, Progress("problems", len(rows)) as progress:
        verifiers = Verifiers.opened(rows, stack, reward, unsafe)
        try:
            for one in check(rows, verifiers, options, threads=2 * cores()):
                checked.append(one)
                progress.update(len(checked) - (len(found) - len(rows)))
        except KeyboardInterrupt:
            interrupted = True
    checked.sort(key=lambda one: one.line)
    _show(file, checked, time.monotonic() - start, interrupted, json_)
    if interrupted:
        print(f"openmimo check-problems: interrupted after {len(checked)} of {len(found)} rows", file=sys.stderr)
        return 130
    return 0 if all(one.ok for one in checked) else 1


def _show(file: Path, checked: "list[Checked]", seconds: float, interrupted: bool, as_json: bool) -> None:
    from openmimo.verify.findings import Summary, table

    summary = Summary.of(checked)
    if as_json:
        rows = [one.as_json() for one in checked]
        print(json.dumps({"file": str(file), "interrupted": interrupted, **asdict(summary), "seconds": seconds, "rows": rows}))
        return
    if found := table(checked):
        print(found)
    print(f"{summary}; {seconds:.1f} s")
