"""Rewards from a user's own file, run unchanged in workers that can be killed.

`UserVerifier("reward.py:fn")` takes rows and answers, and gives verdicts. An exception is a
`fault` and a run over time a `timeout`, both without a score, and never a silent 0. The file
is the user's own code and runs with the user's rights: nothing keeps it from files or the
network; it is only bounded in time and memory. (Programs that a model wrote are for the
judge.) Read next: `forms.py`, what reward code may look like.
"""

import asyncio
import json
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Any

from openmimo.core.errors import InputError
from openmimo.verify.user.forms import Form
from openmimo.verify.user.source import split_name
from openmimo.verify.verdict import Kind, Verdict
from openmimo.verify.workers import WorkerError, WorkerMemory, WorkerPool, WorkerTimeout

Rows = Sequence[Mapping[str, Any]]
Ids = Sequence[Sequence[int]] | None
State = Mapping[str, Any] | None
Reply = dict[str, Any]
DESCRIBING_SECONDS = 30.0


class UserVerifier:
    """Reward code of a user's file; `forms.py` says what it may be.

    `reward` is `FILE.py:name`. `seconds` are for one call: of one sample, but of the whole
    batch for a TRL function, which gets it at once. `memory` is what the code may use beyond
    its imports, in bytes. `keywords` are given to the function besides (verl's
    `reward_kwargs`). A verdict is right at the `full` score or more (1, or all weights of
    several functions together), wrong at 0 or less, and partial between.
    Raises `InputError` if the file cannot be used.
    """

    def __init__(
        self,
        reward: str,
        form: Form | None = None,
        seconds: float = 30.0,
        workers: int | None = None,
        memory: int = 2 << 30,
        keywords: Mapping[str, Any] | None = None,
    ):
        self.path, name = split_name(reward)
        self.seconds = seconds
        options = {"file": str(self.path), "name": name, "form": form, "keywords": dict(keywords or {}), "environment": dict(os.environ)}
        self.pool = WorkerPool("openmimo.verify.user.worker:make", options, workers, memory)
        try:
            described = _described(self.pool, self.path)
        except BaseException:
            self.pool.close()
            raise
        self.form: str = described["form"]
        self.batch: bool = described["batch"]
        self.full: float = described["full"]

    def verify(self, rows: Rows, answers: Sequence[str], ids: Ids = None, state: State = None) -> list[Verdict]:
        """Verdicts on a batch: `answers[i]` is a model's whole text for `rows[i]`, `ids[i]` its tokens.

        `state` is what a TRL function sees as `trainer_state`. Raises `InputError` if the rows
        lack a column that the function needs.
        """
        future = self.submit(rows, answers, ids, state)
        try:
            return future.result()
        except BaseException:
            future.cancel()  # Ctrl-C in this thread: nobody waits for it any more
            raise

    async def averify(self, rows: Rows, answers: Sequence[str], ids: Ids = None, state: State = None) -> list[Verdict]:
        """As `verify`, without blocking the event loop; cancelling it kills the runs."""
        calls = [self._acall(request) for request in self._requests(rows, answers, ids, state)]
        return self._verdicts(await asyncio.gather(*calls), len(answers))

    def submit(self, rows: Rows, answers: Sequence[str], ids: Ids = None, state: State = None) -> "Future[list[Verdict]]":
        """As `verify`, in the background, once the requests are queued; cancelling the future kills the runs."""
        futures: list[Future[Reply]] = []
        try:
            for request in self._requests(rows, answers, ids, state):
                futures.append(self.pool.submit(request, self.seconds))
        except BaseException as error:
            for future in futures:
                future.cancel()
            if isinstance(error, TypeError):
                raise _no_json(rows) from error
            raise
        return _gathered(futures, lambda: self._verdicts([_reply(future) for future in futures], len(answers)))

    def close(self) -> None:
        """End the workers."""
        self.pool.close()

    def __enter__(self) -> "UserVerifier":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _requests(self, rows: Rows, answers: Sequence[str], ids: Ids, state: State) -> list[Reply]:
        """What the workers are asked: a form that takes one sample a call gets a request for each, so that only a guilty one times out."""
        if len(rows) != len(answers) or (ids is not None and len(ids) != len(answers)):
            given = f"{len(rows)} rows, {len(answers)} answers" + (f" and {len(ids)} lists of token ids" if ids is not None else "")
            raise InputError(f"{given} make no batch", "give one of each for every sample")
        tokens = [list(one) for one in ids] if ids is not None else [None] * len(answers)
        samples = [{"row": dict(row), "text": text, "ids": its} for row, text, its in zip(rows, answers, tokens, strict=True)]
        parts = [samples] if self.batch and samples else [[sample] for sample in samples]
        return [{"do": "score", "samples": part, "state": dict(state) if state is not None else None} for part in parts]

    async def _acall(self, request: Reply) -> Reply | WorkerError:
        try:
            return dict(await self.pool.acall(request, self.seconds))
        except WorkerError as error:
            return error
        except TypeError as error:
            raise _no_json([sample["row"] for sample in request["samples"]]) from error

    def _verdicts(self, replies: Sequence[Reply | WorkerError], wanted: int) -> list[Verdict]:
        size = wanted if self.batch else 1
        return [verdict for reply in replies for verdict in self._of_reply(reply, size)]

    def _of_reply(self, reply: Reply | WorkerError, size: int) -> list[Verdict]:
        layer, whose = f"user {self.form}", f"the batch of {size}" if self.batch else "the function"
        if isinstance(reply, WorkerTimeout):
            return [Verdict("timeout", None, layer, f"{whose} took over {self.seconds:g} s", ms=self.seconds * 1000 / size)] * size
        if isinstance(reply, WorkerMemory):
            return [Verdict("fault", None, layer, f"{whose} took too much memory")] * size
        if isinstance(reply, WorkerError):
            return [Verdict("fault", None, layer, f"{whose} did not return: {reply}")] * size
        if "problem" in reply:
            raise InputError(f"{self.path.name}: {reply['problem']}", reply["fix"])
        if "fault" in reply:
            return [Verdict("fault", None, layer, reply["fault"], ms=reply["ms"] / size)] * size
        return [self._verdict(score, layer, reply["ms"] / size) for score in reply["scores"]]

    def _verdict(self, outcome: dict[str, Any], layer: str, ms: float) -> Verdict:
        score, fault, said = outcome["score"], outcome["fault"], outcome["said"]
        if fault:
            return Verdict("fault", None, layer, fault, ms=ms)
        if score is None:
            return Verdict("skipped", None, layer, "the function returned None", ms=ms)
        kind: Kind = "right" if score >= self.full else "partial" if score > 0 else "wrong"
        return Verdict(kind, score, layer, f"reward {score:g}" + (f": {said}" if said else ""), ms=ms)


def _described(pool: WorkerPool, path: Path) -> Reply:
    try:
        reply = dict(pool.call({"do": "describe"}, DESCRIBING_SECONDS))
    except WorkerMemory:
        raise InputError(f"{path} takes too much memory to load", "allow it more") from None
    except WorkerError as error:
        raise InputError(f"{path} cannot be loaded: {error}", "run it with python by itself and put that right") from None
    if "problem" in reply:
        raise InputError(reply["problem"], reply["fix"])
    return reply


def _gathered(futures: "Sequence[Future[Reply]]", whole: Callable[[], list[Verdict]]) -> "Future[list[Verdict]]":
    """A future that is done when all are; cancelled, it cancels them."""
    gathered: Future[list[Verdict]] = Future()
    left, lock = [len(futures)], threading.Lock()

    def finish() -> None:
        if gathered.set_running_or_notify_cancel():
            try:
                gathered.set_result(whole())
            except BaseException as error:  # it is the waiting thread's, whatever it is
                gathered.set_exception(error)

    def one_done(_: "Future[Reply]") -> None:
        with lock:
            left[0] -= 1
            last = not left[0]
        if last:
            finish()

    def cancel(_: "Future[list[Verdict]]") -> None:
        if gathered.cancelled():
            for future in futures:
                future.cancel()

    gathered.add_done_callback(cancel)
    for future in futures:
        future.add_done_callback(one_done)
    if not futures:
        finish()
    return gathered


def _reply(future: "Future[Reply]") -> Reply | WorkerError:
    try:
        return dict(future.result())
    except WorkerError as error:
        return error


def _no_json(rows: Rows) -> InputError:
    """Names the first column with a value that cannot be handed to a worker."""
    for place, row in enumerate(rows):
        for name, value in row.items():
            try:
                json.dumps(value)
            except TypeError:
                return InputError(
                    f"row {place + 1}, column {name!r}: {type(value).__name__} is no JSON value", "make it a text, a number or a list"
                )
    return InputError("the batch cannot be written as JSON", "use texts, numbers, lists and objects only")
