"""The filters that ask no model: each says, by line, which problems go and why. Pure but for the verifiers that run golds."""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path

from openmimo.core.log import Progress
from openmimo.eval.contamination import index
from openmimo.rl.curate.candidate import Candidate
from openmimo.rl.curate.wording import is_multiple_choice, is_proof, without_drawings
from openmimo.text.grams import grams, grams_of
from openmimo.verify.check_problems import Options, Verifiers, check
from openmimo.verify.questions import read_questions
from openmimo.verify.slots import cores

Gone = dict[int, str]
"""Lines that go, each with what is wrong with it."""


def multiple_choice(candidates: Sequence[Candidate]) -> Gone:
    """Mathematical problems that list what to choose from."""
    return {one.line: "it lists options" for one in candidates if not one.task.tests and is_multiple_choice(one.statement)}


def proofs(candidates: Sequence[Candidate]) -> Gone:
    """Mathematical problems that want a proof."""
    return {one.line: "it asks for a proof" for one in candidates if not one.task.tests and is_proof(one.statement, one.task.answer)}


def duplicates(candidates: Sequence[Candidate]) -> Gone:
    """Problems that share 16 words in a row with an earlier one that stays; shorter ones, all their words.

    Words that a tenth of the problems have in common, such as how to answer, are no likeness (`eval/contamination.py`), nor is the code
    of a drawing.
    """
    runs: dict[str, list[str]] = {one.name: [] for one in candidates}
    for run, owners in index({one.name: without_drawings(one.statement) for one in candidates}).owners.items():
        for owner in owners:
            runs[owner].append(run)
    first, gone = dict[str, int](), Gone()
    for one in candidates:
        if both := next((run for run in runs[one.name] if run in first), None):
            gone[one.line] = f"line {first[both]} has it, too: {both}"
        else:
            first.update(dict.fromkeys(runs[one.name], one.line))
    return gone


def contaminated(candidates: Sequence[Candidate], against: Iterable[str]) -> Gone:
    """Problems that share 16 words in a row with a question of the files; shorter ones, all their words. As fine-tuning tells them."""
    held = {path: grams_of(read_questions(Path(path))) for path in against}
    gone = Gone()
    for one in candidates:
        own = grams(one.statement)
        for path, questions in held.items():
            if both := own & questions:
                gone[one.line] = f"{Path(path).name} asks it, too: {min(both)}"
                break
    return gone


def unfit(candidates: Sequence[Candidate]) -> Gone:
    """Problems whose gold answer or golden program fails its own verifier, or which accept what is wrong (`verify/check_problems.py`)."""
    with ExitStack() as stack, Progress("golds", len(candidates)) as progress:
        rows = [one.row for one in candidates]
        gone = Gone()
        for done, checked in enumerate(check(rows, Verifiers.opened(rows, stack), Options(wrong=0), 2 * cores()), 1):
            # An id that stands twice is no fault here: the words of the problem say whether it is the same.
            if wrong := next((found for found in checked.findings if found.failure and found.kind != "duplicate"), None):
                gone[checked.line] = f"{wrong.kind}: {wrong.text}"
            progress.update(done)
    return gone
