"""Whether an answer follows its instructions, strictly or loosely, and the four accuracies of IFEval over many answers.

Loosely means that an instruction is followed by the answer or one of seven variants of it: without
its first line, its last or both, and each of those without stars (Zhou et al. 2023, 2311.07911,
section 3). Knows no instruction: `table.py` has them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from openmimo.eval.item import Item
from openmimo.eval.scoring.instructions.parameters import Check
from openmimo.eval.scoring.instructions.table import checks_of
from openmimo.verify.verdict import Verdict


@dataclass(frozen=True)
class Following:
    """Of each instruction of a prompt, in the row's order, whether an answer follows it."""

    strict: tuple[bool, ...]
    loose: tuple[bool, ...]


@dataclass(frozen=True)
class Accuracies:
    """Shares from 0 to 1 of prompts with all instructions followed, and of single instructions."""

    prompt_strict: float
    instruction_strict: float
    prompt_loose: float
    instruction_loose: float


def following(item: Item, answer: str) -> Following:
    """How an answer follows the instructions of an item, whose `data` has `instruction_id_list` and `kwargs`; a blank answer follows none."""
    checks = checks_of(item.data["instruction_id_list"], item.data["kwargs"])
    strict, loose = [], []
    for check in checks:
        strict.append(_follows(check, answer))
        loose.append(strict[-1] or any(_follows(check, variant) for variant in variants(answer)))
    return Following(tuple(strict), tuple(loose))


def ifeval_verdict(item: Item, answer: str) -> Verdict:
    """Whether all instructions are followed strictly, which is the report's score; the reason names those that are not."""
    found = following(item, answer)
    named = list(zip(item.data["instruction_id_list"], found.strict, found.loose, strict=True))
    broken = [name + (" (loosely followed)" if loose else "") for name, strict, loose in named if not strict]
    kept = sum(found.strict)
    right = kept == len(named)
    return Verdict(
        "right" if right else "wrong",
        float(right),
        "instructions",
        f"not followed: {', '.join(broken)}" if broken else "",
        gold=f"all of {len(named)}",
        answer=f"{kept} of {len(named)}",
    )


def accuracies(found: Sequence[Following]) -> Accuracies:
    """The four accuracies over at least one answer."""
    strict, loose = [answer.strict for answer in found], [answer.loose for answer in found]
    return Accuracies(_prompts(strict), _instructions(strict), _prompts(loose), _instructions(loose))


def variants(answer: str) -> list[str]:
    """The seven variants of an answer that a loose check tries beside itself."""
    lines = answer.split("\n")
    shorter = ["\n".join(part).strip() for part in (lines[1:], lines[:-1], lines[1:-1])]
    return [*shorter, *(text.replace("*", "") for text in (answer, *shorter))]


def _follows(check: Check, text: str) -> bool:
    return bool(text.strip()) and check(text)


def _prompts(answers: Sequence[tuple[bool, ...]]) -> float:
    return sum(map(all, answers)) / len(answers)


def _instructions(answers: Sequence[tuple[bool, ...]]) -> float:
    return sum(map(sum, answers)) / sum(map(len, answers))
