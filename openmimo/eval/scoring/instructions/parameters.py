"""What an instruction is made of: a check of a text, built from the parameters that its row gives.

Knows no instruction. Read `length.py` next for the plainest.
"""

from collections.abc import Callable, Mapping
from typing import Any

from openmimo.verify.judge.fields import BadField

Given = Mapping[str, Any]
"""The parameters of one instruction, by IFEval's names, without those that are null."""

Check = Callable[[str], bool]
"""Whether a text that is not blank follows an instruction."""


def whole(given: Given, name: str) -> int:
    """A number of things, which a table may have made a float; BadField else."""
    value = given.get(name)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise BadField(name, f"must be a whole number, not {value!r}", f"give {name!r} a number such as 3")
    return value


def phrase(given: Given, name: str) -> str:
    """A text that is not blank, without the space around it; BadField else."""
    value = given.get(name)
    if not isinstance(value, str) or not value.strip():
        raise BadField(name, f"must be text, not {value!r}", f"give {name!r} a text")
    return value.strip()


def phrases(given: Given, name: str) -> tuple[str, ...]:
    """A list of texts that is not empty; BadField else."""
    value = given.get(name)
    if not isinstance(value, list | tuple) or not value or not all(isinstance(one, str) and one for one in value):
        raise BadField(name, f"must be a list of texts, not {value!r}", f"give {name!r} a list with at least one text")
    return tuple(value)


def enough(given: Given, number: str, relation: str) -> Callable[[int], bool]:
    """Whether a count stands to a number as the row's relation has it, `less than` or `at least`; BadField for another relation."""
    bound, said = whole(given, number), given.get(relation)
    if said == "less than":
        return lambda count: count < bound
    if said == "at least":
        return lambda count: count >= bound
    raise BadField(relation, f"must be 'less than' or 'at least', not {said!r}", f"give {relation!r} one of the two")
