"""The Run button: a Python program from the chat page, run in the sandbox of the judge.

What such a program may do, the sandbox says (`verify/sandbox/`): no files but the standard
library, no network, no other program. Here stand what it may cost, how many may run, and who
may ask: the server's own page or a client that is no page of somebody else's. Knows no model.
"""

import re
import secrets
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from openmimo.serve.errors import ApiError
from openmimo.serve.stream import unless_gone
from openmimo.verify.judge.frames import FAILED, NO_MEMORY, NO_SYNTAX, PRELUDE_ENDS
from openmimo.verify.judge.slot import MOST_SAID, Ran, Slot
from openmimo.verify.sandbox.sandbox import Ended, Limits, NoSandbox, SandboxDied
from openmimo.verify.slots import Closed, Slots, cores

LIMITS = Limits(cpu=5.0, wall=10.0, memory=512 << 20, output=64 << 10)  # somebody waits for it, and reads it
WAITING = 8  # programs that may wait for those that run
MOST_CODE = 64 << 10  # characters
TRIES = 3  # of a run whose sandbox died
# What the sandbox itself stands above in a traceback, with the source where that can be read.
OURS = re.compile(r'^  File "[^"\n]*judge/inside\.py".*\n(?:    .*\n)*', re.MULTILINE)
# A heading with no frame left below it: the program did not compile.
ALONE = re.compile(r'^Traceback \(most recent call last\):\n(?!  File "[^"\n]*", line \d+, in )', re.MULTILINE)


class Code(BaseModel):
    """What is to be run."""

    model_config = ConfigDict(extra="forbid")
    code: Annotated[str, Field(max_length=MOST_CODE)]


class Output(BaseModel):
    """What came of it. `exit` is None if it was ended; `seconds` are wall time; `truncated` says that it printed more than is here."""

    stdout: str
    stderr: str
    exit: int | None
    seconds: float
    truncated: bool
    timed_out: bool


class CodeRunner:
    """Runs programs, at most `workers` at once (half of the cores by default); `waiting` more may wait. For one event loop."""

    def __init__(self, workers: int | None = None, waiting: int = WAITING):
        count = workers or max(1, cores() // 2)
        self._slots: Slots[str, Ran] = Slots(_Server, count, count + waiting)
        self._room = count + waiting

    async def run(self, code: str) -> Output:
        """Run a program; cancelling the task ends it. Raises `ApiError`: 429 without room, 503 where nothing can be confined."""
        if self._room < 1:
            raise ApiError(429, "as many programs as may run are running; try again in a moment", "queue_full", retry=2)
        self._room -= 1
        try:
            return _output(await self._slots.asubmit(code))
        except NoSandbox as error:
            raise ApiError(503, f"programs are not run here: {error.problem}", "no_sandbox") from None
        except (SandboxDied, Closed) as error:
            raise ApiError(503, f"the sandbox failed: {error}", "unavailable", retry=2) from None
        finally:
            self._room += 1

    def close(self) -> None:
        """End every program and its process."""
        self._slots.close()


@asynccontextmanager
async def _life(_: object) -> AsyncIterator[dict[str, CodeRunner]]:
    runner = CodeRunner()
    try:
        yield {"code_runner": runner}
    finally:
        runner.close()


def _no_foreign_page(request: Request) -> None:
    """Refuse what a page of another site has a browser send: it may not make this machine run programs.

    Such a page can send JSON only after asking first, which CORS refuses, and says where it is from.
    """
    if not request.headers.get("Content-Type", "").lower().startswith("application/json"):
        raise ApiError(415, "send JSON, with Content-Type: application/json", "unsupported_media_type")
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise ApiError(403, "only the server's own page may run programs", "foreign_page")


router = APIRouter(lifespan=_life)


@router.post("/page/run", dependencies=[Depends(_no_foreign_page)], response_model=Output)
async def run(code: Code, request: Request) -> Output | Response:
    """Run a Python program in the sandbox, and give what it printed."""
    runner: CodeRunner = request.state.code_runner
    return await unless_gone(request, runner.run(code.code))


refusing = APIRouter()
"""Stands in for `router` where no programs are to be run."""


@refusing.post("/page/run")
async def refuse() -> None:
    """Say so."""
    raise ApiError(403, "this server runs no programs: it was started with --no-run", "not_run")


class _Server:
    """What is behind a slot of the pool."""

    def __init__(self) -> None:
        self._slot = Slot()
        self._killed = False

    def serve(self, code: str, cancelled: Callable[[], bool]) -> Ran:
        fault = SandboxDied("nobody waits for it")
        for _ in range(TRIES):
            try:
                # A first run starts a zygote if there is none; before there is one, nothing could be ended.
                self._slot.run_program("", 0, LIMITS)
                if cancelled():
                    break
                # Before PRELUDE_ENDS stands nothing, so that the mark within a program means nothing either.
                return self._slot.run_program(PRELUDE_ENDS + code, secrets.randbits(32), LIMITS)
            except SandboxDied as error:
                fault = error
                if self._killed or cancelled():
                    break
        raise fault

    def prepare(self) -> None:
        """Nothing: the zygote is there for the next one."""

    def interrupt(self) -> None:
        self._slot.interrupt()

    def kill(self) -> None:
        self._killed = True
        self._slot.kill()

    def close(self) -> None:
        self._slot.close()


def _output(ran: Ran) -> Output:
    ended = ran.ended
    late = ended.cut in ("cpu", "wall") or ended.signal == signal.SIGXCPU
    cut = ended.signal == signal.SIGXFSZ or len(ran.said.encode()) >= MOST_SAID
    # The sandbox's own codes are those of a program that failed.
    code = 1 if ended.exit in (FAILED, NO_MEMORY, NO_SYNTAX) else ended.exit
    said = ALONE.sub("", OURS.sub("", ran.said))
    if reason := _reason(ended, late):
        said = f"{said.rstrip()}\n{reason}\n".lstrip()
    return Output(stdout=ran.output.decode("utf-8", "replace"), stderr=said, exit=code, seconds=ended.wall, truncated=cut, timed_out=late)


def _reason(ended: Ended, late: bool) -> str:
    """Why a program was ended, where it could not say so itself."""
    if late:
        return f"ended after {LIMITS.wall:g} s" if ended.cut == "wall" else f"ended after {LIMITS.cpu:g} s of CPU time"
    if ended.exit == NO_MEMORY:
        return f"MemoryError: over {LIMITS.memory >> 20} MiB"
    if ended.signal == signal.SIGXFSZ:
        return f"ended: it printed more than {LIMITS.output >> 10} KiB"
    if ended.signal:
        known = ended.signal in {number.value for number in signal.Signals}
        return f"ended by {signal.Signals(ended.signal).name if known else f'signal {ended.signal}'}"
    return ""
