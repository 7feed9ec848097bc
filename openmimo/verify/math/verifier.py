"""The math verifier: is an answer the gold one, by which layer, and why.

Layers, in order: extraction, cache, text and choices, exact comparison, size guards, and
sympy in worker processes that can be killed. Knows no sympy itself. `reward` is precise
first: what cannot be shown to be right is wrong. `eval` gives math-verify's verdicts.
"""

import contextlib
import time
from concurrent.futures import CancelledError, Future, InvalidStateError
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from openmimo.verify.cache import Cache, cache_key
from openmimo.verify.math.compare import Comparison, Hedged
from openmimo.verify.math.compat import decide, sole
from openmimo.verify.math.extract import extract, extract_gold
from openmimo.verify.math.form import said_back, undone
from openmimo.verify.math.gold import Gold, choice_of, gold_of, labelled_choice, looks_like_text, tight
from openmimo.verify.math.guard import too_large, too_large_for_math_verify
from openmimo.verify.math.reader import Reading, read
from openmimo.verify.math.scalar import same_value
from openmimo.verify.math.terms import Malformed, Term, TooLarge, Unreadable
from openmimo.verify.math.units import units_differ
from openmimo.verify.verdict import Verdict
from openmimo.verify.workers import WorkerError, WorkerMemory, WorkerPool, WorkerTimeout

Policy = Literal["reward", "eval"]

VERSION = "1"  # of the rules; verdicts kept under another are not used
WORKER_MEMORY = 192 << 20
STRICT = Comparison(same_value)


@dataclass(frozen=True)
class _Open:
    """A question that only sympy can settle."""

    key: str
    request: dict[str, str]
    gold: str
    answer: str
    started: float


class MathVerifier:
    """Judges answers by one policy. Made for use from many threads and event loops at once."""

    def __init__(self, policy: Policy = "reward", workers: int | None = None, cache: Cache | None = None, seconds: float = 1.5):
        """`workers` processes for sympy, one for each core if None; `seconds` for one answer; verdicts are kept in `cache`."""
        if policy not in ("reward", "eval"):
            raise ValueError(f"policy must be reward or eval, not {policy!r}")
        self.policy, self.seconds = policy, seconds
        self.cache = cache if cache is not None else Cache()
        self.pool = WorkerPool("openmimo.verify.math.symbolic:serve", policy, workers, WORKER_MEMORY)

    def verify(self, gold: str, answer: str, question: str = "") -> Verdict:
        """The verdict on an answer: the model's whole text, or a bare answer. With the `question` a reward is not paid for saying it back."""
        found = self._own(gold, answer, question)
        if isinstance(found, Verdict):
            return found
        try:
            return self._close(found, self.pool.call(found.request, self.seconds))
        except WorkerError as error:
            return self._failed(found, error)

    async def averify(self, gold: str, answer: str, question: str = "") -> Verdict:
        """`verify` for an event loop; cancelling the task ends the work."""
        found = self._own(gold, answer, question)
        if isinstance(found, Verdict):
            return found
        try:
            return self._close(found, await self.pool.acall(found.request, self.seconds))
        except WorkerError as error:
            return self._failed(found, error)

    def submit(self, gold: str, answer: str, question: str = "") -> "Future[Verdict]":
        """`verify` as a future; cancelling it ends the work."""
        verdict: Future[Verdict] = Future()
        found = self._own(gold, answer, question)
        if isinstance(found, Verdict):
            verdict.set_result(found)
            return verdict
        work = self.pool.submit(found.request, self.seconds)
        verdict.add_done_callback(lambda outer: work.cancel() and None if outer.cancelled() else None)

        def settle(done: "Future[Any]") -> None:
            with contextlib.suppress(InvalidStateError, CancelledError):
                try:
                    verdict.set_result(self._close(found, done.result()))
                except WorkerError as error:
                    verdict.set_result(self._failed(found, error))

        work.add_done_callback(settle)
        return verdict

    def close(self) -> None:
        """End the workers."""
        self.pool.close()

    def __enter__(self) -> "MathVerifier":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _own(self, gold: str, answer: str, question: str) -> "Verdict | _Open":
        """What our own layers say, or what is left to sympy."""
        started = time.perf_counter()
        extracted = extract(answer) if self.policy == "reward" else None
        if extracted is not None and extracted.problem:
            return _timed(_verdict(False, "extract", extracted.problem, gold_of(gold).text, extracted.text), started)
        bare = answer if extracted is None else extracted.text
        if extracted is not None and question and said_back(question, gold_of(gold), bare, _term(bare)):
            return _timed(_verdict(False, "form", "the question said back", gold_of(gold).text, bare), started)
        key = cache_key(self.policy, VERSION, gold, bare)
        if kept := self.cache.get(key):
            return _timed(Verdict(**kept), started)
        found = _reward(gold, bare) if extracted is not None else _eval(gold, bare)
        if isinstance(found, Verdict):
            self.cache.put(key, asdict(found))
            return _timed(found, started)
        request = {"gold": found[0], "answer": found[1]} if extracted is not None else {"gold": gold, "answer": answer}
        return _Open(key, request, found[0], found[1], started)

    def _close(self, work: _Open, reply: Any) -> Verdict:
        layer = "symbolic" if self.policy == "reward" else "math-verify"
        verdict = _verdict(reply["same"], layer, reply["reason"], work.gold, work.answer)
        self.cache.put(work.key, asdict(verdict))
        return _timed(verdict, work.started)

    def _failed(self, work: _Open, error: WorkerError) -> Verdict:
        """An answer that oversteps could not be shown to be right; a failure of ours is no verdict."""
        if isinstance(error, WorkerTimeout | WorkerMemory):
            return _timed(Verdict("timeout", 0.0, "symbolic", str(error), work.gold, work.answer), work.started)
        return _timed(Verdict("fault", None, "symbolic", str(error), work.gold, work.answer), work.started)


def _verdict(same: bool, layer: str, reason: str, gold: str, answer: str) -> Verdict:
    return Verdict("right" if same else "wrong", 1.0 if same else 0.0, layer, reason, gold, answer)


def _timed(verdict: Verdict, started: float) -> Verdict:
    return replace(verdict, ms=round(1000 * (time.perf_counter() - started), 3))


def _reward(text: str, bare: str) -> Verdict | tuple[str, str]:
    gold = gold_of(text)
    if gold.text and gold.text == bare:
        return _verdict(True, "text", "the same text", gold.text, bare)
    if gold.kind == "choice":
        letter = choice_of(bare.upper()) or labelled_choice(bare)
        same = letter == choice_of(gold.text)
        return _verdict(same, "choice", "the same choice" if same else "another choice", choice_of(gold.text), letter or bare)
    if gold.kind == "text" or (gold.reading is None and tight(gold.text) == tight(bare)):
        same = tight(gold.text) == tight(bare) != ""
        return _verdict(same, "text", "the same words" if same else "other words", gold.text, bare)
    try:
        reading = read(bare)
    except TooLarge as error:
        return Verdict("timeout", 0.0, "guard", str(error), gold.text, bare[:200])
    except Unreadable as error:
        if isinstance(error, Malformed) or looks_like_text(bare):
            return _verdict(False, "text", f"no mathematics that could be read: {error}", gold.text, bare)
        return _guarded(gold.text, bare)
    return _exact(gold, reading, bare)


def _exact(gold: Gold, reading: Reading, bare: str) -> Verdict | tuple[str, str]:
    if gold.reading is None:
        return _guarded(gold.text, bare)
    if units_differ(_unit(gold.reading), _unit(reading)):
        return _verdict(False, "exact", f"{_unit(reading)} instead of {_unit(gold.reading)}", gold.text, bare)
    try:
        found = STRICT.same(gold.reading.term, reading.term)
    except Hedged as error:
        return _verdict(False, "exact", str(error), gold.text, bare)
    if found is not False and undone(gold.reading.term, reading.term):
        return _verdict(False, "form", "the arithmetic is left undone", gold.text, bare)
    if found is None:
        return _guarded(gold.text, bare)
    return _verdict(found, "exact", f"the same {gold.kind}" if found else f"another {gold.kind}", gold.text, bare)


def _term(bare: str) -> Term | None:
    try:
        return read(bare).term
    except (Unreadable, TooLarge):
        return None


def _unit(reading: Reading) -> str:
    return {"%": "%", "deg": "degree"}.get(reading.term.head, reading.unit)


def _eval(text: str, answer: str) -> Verdict | tuple[str, str]:
    gold, bare = sole(text), sole(answer)
    found = None if gold is None or bare is None else decide(gold, bare)
    if gold is None or bare is None or found is None:
        sides = extract_gold(text), extract(answer).text
        if why := next(filter(None, map(too_large_for_math_verify, sides)), ""):
            return Verdict("timeout", 0.0, "guard", why, sides[0][:200], sides[1][:200])
        return sides
    return _verdict(found, "exact", "the same value" if found else "another value", gold, bare)


def _guarded(gold: str, bare: str) -> Verdict | tuple[str, str]:
    if why := too_large(bare) or too_large(gold):
        return Verdict("timeout", 0.0, "guard", why, gold[:200], bare[:200])
    return gold, bare
