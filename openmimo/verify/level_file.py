"""Levels of tests in a file beside the problem set, so that the rollouts behind them are paid for once.

A problem is found by its id, and a hash of its tests tells whether they are still the ones the
levels were made of. Knows nothing of how levels come about: `difficulty.py`.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from openmimo.core.errors import InputError
from openmimo.core.files import read_json, write_text
from openmimo.verify.difficulty import Levels
from openmimo.verify.judge.problem import CodeProblem

FORMAT = 1


@dataclass(frozen=True)
class Kept:
    """The levels of one problem and the hash of the tests they belong to (`hash_of_tests`)."""

    tests: str
    levels: Levels


def levels_path(problems: Path) -> Path:
    """Where the levels of a problem set are kept: beside it, under its name."""
    return problems.with_name(problems.name + ".levels.json")


def save_levels(path: Path, levels: Iterable[tuple[CodeProblem, Levels]]) -> None:
    """Write the levels of problems, whole or not at all; each problem once."""
    kept: dict[str, Any] = {}
    for problem, its in levels:
        if problem.id in kept:
            raise InputError(f"two problems have the id {problem.id!r}", "give each its own id")
        if len(its.levels) != len(problem.tests):
            raise InputError(
                f"problem {problem.id!r} has {len(problem.tests)} tests and levels for {len(its.levels)}", "make the levels again"
            )
        kept[problem.id] = {"tests": hash_of_tests(problem), **asdict(its)}
    write_text(path, json.dumps({"format": FORMAT, "problems": kept}, ensure_ascii=False) + "\n")


def load_levels(path: Path) -> dict[str, Kept]:
    """The levels in a file, by problem id; an `InputError` names the file and the problem where it is broken."""
    value = read_json(path)
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        found = value.get("format") if isinstance(value, dict) else None
        raise InputError(f"{path} has format {found!r}, and this version reads {FORMAT}", "make the levels again with this version")
    if not isinstance(value.get("problems"), dict):
        raise InputError(f"{path}: the field `problems` is missing or no object", "make the levels again")
    return {name: _kept(f"{path}, problem {name!r}", entry) for name, entry in value["problems"].items()}


def levels_of(kept: dict[str, Kept], problem: CodeProblem) -> Levels:
    """The levels of a problem; an `InputError` if there are none, or if its tests have changed since."""
    again = "make the levels again from rollouts on the tests as they are now"
    if problem.id not in kept:
        raise InputError(f"there are no levels for problem {problem.id!r}", again)
    if kept[problem.id].tests != hash_of_tests(problem):
        raise InputError(f"the tests of problem {problem.id!r} have changed since its levels were made", again)
    return kept[problem.id].levels


def hash_of_tests(problem: CodeProblem) -> str:
    """A hash of all that decides whether a program passes: the tests in their order and how they are compared, not their groups or limits."""
    tests = [(type(test).__name__, vars(replace(test, group=0))) for test in problem.tests]
    rules = (problem.entry, problem.setup, problem.comparison, problem.tolerance, problem.checker, problem.compat)
    return hashlib.sha256(_canonical((tests, rules)).encode("utf-8", "surrogatepass")).hexdigest()


def _kept(where: str, entry: Any) -> Kept:
    again = "make the levels again"
    try:
        rates = tuple(None if rate is None else float(rate) for rate in entry["rates"])
        levels = Levels(tuple(int(level) for level in entry["levels"]), tuple(float(points) for points in entry["points"]), rates)
        return Kept(str(entry["tests"]), levels)
    except KeyError as error:
        raise InputError(f"{where}: the field {error} is missing", again) from None
    except (TypeError, ValueError) as error:
        raise InputError(f"{where}: {error}", again) from None
    except InputError as error:
        raise InputError(f"{where}: {error.problem}", error.fix) from None


def _canonical(value: Any) -> str:
    """A text that equal values share and different ones do not; sets and dicts have no order of their own."""
    if isinstance(value, dict):
        return f"{{{','.join(sorted(f'{_canonical(key)}:{_canonical(item)}' for key, item in value.items()))}}}"
    if isinstance(value, set | frozenset):
        return f"{type(value).__name__}<{','.join(sorted(map(_canonical, value)))}>"
    if isinstance(value, list | tuple):
        return f"{type(value).__name__}({','.join(map(_canonical, value))})"
    return f"{type(value).__name__} {value!r}"
