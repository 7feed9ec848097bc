"""LiveCodeBench: contest problems of a span of days, so that a model that is older has not seen them.

The report's v5 and v6 are spans of one growing data set, not its releases. They run from midnight
to midnight, both counted, as in LiveCodeBench's own runner: a contest that has only its day,
1 February 2025, is in both, and one on the evening of that day in v6 alone. Private tests are packed in
base64, zlib and a pickle of one text, which `verify/judge/formats.py` reads and never unpickles.
Knows no model and no files.
"""

from datetime import datetime
from functools import partial

from openmimo.eval.benchmarks.columns import missing, text_of
from openmimo.eval.item import Benchmark, Item, Row, Settings
from openmimo.tasks.from_file import task_of
from openmimo.verify.judge.fields import BadField
from openmimo.verify.problems import read_row

V5 = (datetime(2024, 8, 1), datetime(2025, 2, 1))
V6 = (datetime(2025, 2, 1), datetime(2025, 5, 1))

STARTED = "You will use the following starter code to write the solution to the problem and enclose your code within delimiters."
BARE = (
    "Read the inputs from stdin solve the problem and write the answer to stdout (do not directly test on the sample inputs). "
    "Enclose your code within delimiters as follows. Ensure that when the python program runs, it reads the inputs, runs the "
    "algorithm and writes output to STDOUT."
)
SOURCE = "LiveCodeBench lcb_runner/prompts/code_generation.py, the generic question, without its system prompt"


def contest_item(row: Row, place: int, span: tuple[datetime, datetime]) -> Item | None:
    """The item of a row whose contest was in this span, or None of another; its tests are unpacked only then. Raises BadField."""
    if not span[0] <= _time(row) <= span[1]:
        return None
    statement = text_of(row, "question_content")
    if not (row.get("public_test_cases") or row.get("private_test_cases")):
        raise missing(row, "private_test_cases", "give the tests as JSON, or as the data set packs them")
    read = read_row(dict(row), place, "livecodebench", "code")
    starter = row.get("starter_code") or ""
    wanted = f"{STARTED}\n```python\n{starter}\n```" if starter else f"{BARE}\n```python\n# YOUR CODE HERE\n```"
    question = f"### Question:\n{statement}\n\n### Format: {wanted}\n\n### Answer: (use the provided format with backticks)\n\n"
    topic, level = (str(row.get(column) or "") for column in ("platform", "difficulty"))
    return Item(read.problem.id, question, read.golden or "", topic=topic, level=level, task=task_of("livecodebench", read))


def _time(row: Row) -> datetime:
    """When the contest was, which a table has as a time and JSON as `2024-08-03T00:00:00`."""
    value = row.get("contest_date")
    if value is None:
        raise missing(row, "contest_date", "give the time of the contest as 2024-08-03T00:00:00")
    try:
        return datetime.fromisoformat(str(value)).replace(tzinfo=None)
    except ValueError:
        raise BadField("contest_date", f"is no time: {value!r:.40}", "give it as 2024-08-03T00:00:00") from None


def _benchmark(version: str, span: tuple[datetime, datetime], form: str) -> Benchmark:
    about = (
        f"Problems of AtCoder, LeetCode and Codeforces from {span[0]:%Y-%m-%d} to {span[1]:%Y-%m-%d}; livecodebench/code_generation_lite "
        "(arXiv 2403.07974), licence cc by its card. Rows of other times are left out."
    )
    name, read = f"livecodebench-{version}", partial(contest_item, span=span)
    if form == "text":
        return Benchmark(
            f"{name}-text", f"LiveCodeBench {version}", about, "text", read, SOURCE, settings=Settings(repeats=8, stop=("\n### Question",))
        )
    return Benchmark(name, f"LiveCodeBench {version}", about, "chat", read, SOURCE, settings=Settings(repeats=8))


BENCHMARKS = (_benchmark("v5", V5, "chat"), _benchmark("v6", V6, "chat"), _benchmark("v5", V5, "text"))
