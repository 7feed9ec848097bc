"""IFEval: requests with instructions whose keeping a program can check, such as to use no commas.

`scoring/instructions` checks them. Read `reading.py` next for questions about a passage.
"""

from typing import Any

from openmimo.eval.benchmarks.columns import id_of, missing, text_of
from openmimo.eval.item import Benchmark, Item, Row, Settings
from openmimo.eval.scoring.instructions.score import ifeval_verdict
from openmimo.eval.scoring.instructions.table import checks_of
from openmimo.verify.judge.fields import BadField


def _read(row: Row, place: int) -> Item:
    prompt, names, given = text_of(row, "prompt"), _members(row, "instruction_id_list", str), _members(row, "kwargs", dict)
    # A table gives every instruction the parameters of all others, with nothing in them.
    kwargs = [{name: value for name, value in one.items() if value is not None} for one in given]
    checks_of(names, kwargs)  # an instruction that cannot be checked is found before anything is asked
    data = {"instruction_id_list": names, "kwargs": kwargs, "prompt": prompt}
    return Item(id_of(row, place, "", "key"), prompt, ", ".join(names), topic=names[0].partition(":")[0], data=data)


def _members(row: Row, name: str, kind: type) -> list[Any]:
    """A column with one member for each instruction."""
    found = row.get(name)
    if found is None:
        raise missing(row, name, f"give {name!r} a list with one member for each instruction")
    if not isinstance(found, list) or not found or not all(isinstance(one, kind) for one in found):
        wanted = "names" if kind is str else "objects, {} for an instruction without parameters"
        raise BadField(name, f"must be a list of {wanted}", "give it one member for each instruction")
    return found


IFEVAL = Benchmark(
    name="ifeval",
    title="IFEval",
    about=(
        "541 requests with instructions that a program can check, scored by prompts whose instructions are all kept to the letter; "
        "rows: google/IFEval (key, prompt, instruction_id_list, kwargs); Apache-2.0."
    ),
    form="chat",
    read=_read,
    prompt="the row's own, with nothing added, as the paper (2311.07911) has it",
    score=ifeval_verdict,
    settings=Settings(max_tokens=8192, repeats=8),
)

BENCHMARKS = (IFEVAL,)
