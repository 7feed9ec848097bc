"""What runs in the confined process: a program with its input, a batch of inputs, calls of a function, or tests that call one.

The zygote loads it once, so it is stdlib only, and every child runs one `run`. All that
leaves a child are bytes in files, and nobody believes them: a child that lies can only say
a wrong answer. Whatever it needs after foreign code has run is bound before.

It replaces the standard streams, so nobody outside imports it; `frames.py` has what both sides know.
"""

import _sitebuiltins
import atexit
import builtins
import io
import json
import os
import random
import re
import sys
import types
from collections.abc import Callable
from typing import Any

from openmimo.verify.judge import wire
from openmimo.verify.judge.frames import (
    ASKED,
    ASSERTED,
    CHANNEL,
    DONE,
    FAILED,
    FRAME,
    NO_MEMORY,
    NO_SYNTAX,
    NOT_LOADED,
    ORDER,
    PRELUDE_ENDS,
    RAISED,
    RESULTS,
)

MOST_MESSAGE = 64 << 20  # bytes of one value between a program and its tests
NAMED = re.compile(r"(?:(\w+)\(\)\.)?(\w+)")

_write, _pread, _exit = os.write, os.pread, os._exit
builtins.exit = _sitebuiltins.Quitter("exit", "Ctrl-D")
builtins.quit = _sitebuiltins.Quitter("quit", "Ctrl-D")


def _text(descriptor: int, mode: str) -> io.TextIOWrapper:
    raw = io.FileIO(descriptor, mode, closefd=False)
    return io.TextIOWrapper(io.BufferedReader(raw) if mode == "r" else io.BufferedWriter(raw), "utf-8", "surrogateescape")


# Made before any fork, since they cost more than a short program does; nobody uses them until there is a child.
sys.stdin, sys.stdout, sys.stderr = _text(0, "r"), _text(1, "w"), _text(2, "w")


def run(order: dict[str, Any], descriptors: list[int]) -> int:
    """Do what the order's mode says and give the exit code. Called once, in a child."""
    if order["mode"] == "native":
        os.execve(ORDER, ["program"], {})
    random.seed(order["seed"])
    if order["mode"] == "program":
        return _program(_read_all(ORDER).decode("utf-8", "surrogatepass"))
    task = json.loads(_read_all(ORDER))
    modes: dict[str, Callable[[dict[str, Any]], int]] = {
        "programs": _programs,
        "calls": _calls,
        "serve": _serve,
        "tests": _tests,
    }
    return modes[order["mode"]](task)


def _program(source: str) -> int:
    """One program with the real descriptors 0, 1 and 2. The order is its bare text: this is the shortest way of all."""
    parts = _compile(source)
    if parts is None:
        return NO_SYNTAX
    status = _guarded(lambda: _execute(parts, _module("__main__")))
    _join_threads()
    return _flush(status)


def _programs(task: dict[str, Any]) -> int:
    """One program many times, its input and output in memory; a frame for each time it ended."""
    parts = _compile(task["code"])
    if parts is None:
        return NO_SYNTAX
    depth = sys.getrecursionlimit()
    for index, text in enumerate(task["inputs"]):
        printed = io.BytesIO()
        sys.stdin = io.TextIOWrapper(io.BytesIO(text.encode("utf-8", "surrogateescape")), "utf-8", "surrogateescape")
        sys.stdout = io.TextIOWrapper(printed, "utf-8", "surrogateescape", write_through=True)
        sys.setrecursionlimit(depth)
        status = _guarded(lambda: _execute(parts, _module("__main__")))
        _join_threads()
        try:
            sys.stdout.flush()
            output = printed.getvalue()
        except (ValueError, AttributeError):  # it closed or replaced its output: run alone, that may be right
            return FAILED
        _frame(index, DONE if status == 0 else RAISED, output)
    return 0


def _calls(task: dict[str, Any]) -> int:
    """Call the function with each list of arguments; a frame with the value, or with what was raised."""
    names = _loaded(task)
    if isinstance(names, int):
        return names
    for index, text in enumerate(task["calls"]):
        args, kwargs = wire.decode(text)
        try:
            value = _entry(names, task["entry"])(*args, **kwargs)
            _frame(index, DONE, wire.encode(value).encode())
        except BaseException as error:  # whatever a program raises is its own answer to this call
            _frame(index, RAISED, _named(error).encode("utf-8", "replace"))
    return 0


def _serve(task: dict[str, Any]) -> int:
    """Answer the calls that the tests make, until they end."""
    names = _loaded(task)
    if isinstance(names, int):
        return names
    kept: list[Any] = []
    with os.fdopen(CHANNEL, "r+b", buffering=0) as channel:
        reader = io.BufferedReader(channel)
        while line := reader.readline(MOST_MESSAGE):
            question = json.loads(line)
            try:
                answer = _answer(_entry(names, question["name"]), question, kept)
            except BaseException as error:
                answer = {"error": [type(error).__name__, _named(error)]}
            _send(channel, answer)
    return 0


def _answer(found: Any, question: dict[str, Any], kept: list[Any]) -> dict[str, Any]:
    """The value of a name, or of calling it; what is no data stays here under a number."""
    value = found
    if "args" in question:
        args, kwargs = wire.decode(question["args"], find=kept.__getitem__)
        value = found(*args, **kwargs)

    def keep(thing: object) -> int:
        kept.append(thing)
        return len(kept) - 1

    return {"value": wire.encode(value, keep)}


class Remote:
    """In the tests' process: something of the program's, to call by its name or to hand back to it.

    It can be neither compared nor asked whether it is true: what a program answers with an object
    of its own making must not pass a test by what that object says of itself.
    """

    def __init__(self, ask: Callable[[dict[str, Any]], Any], name: str = "", number: int = -1):
        self._ask, self._name, self._number = ask, name, number
        self.handed_back = bool(name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not self._name:
            raise TypeError("the program's answer is no function of the problem")
        return self._ask({"name": self._name, "args": wire.encode((args, kwargs), _number)})

    def __eq__(self, other: object) -> bool:
        raise TypeError("the program's answer is no data to compare")

    __ne__ = __eq__

    def __bool__(self) -> bool:
        raise TypeError("the program's answer is neither true nor false")

    __hash__ = None  # type: ignore[assignment]


def _number(value: object) -> int:
    """What an object of the program's goes back to it by."""
    if not isinstance(value, Remote):
        raise TypeError(f"a test gives the program a {type(value).__name__}, which is no data")
    value.handed_back = True
    return value._number


class ProgramRaised(Exception):
    """The program raised while a test called it; of a subclass of the built-in class where it raised one."""


class _Names(dict[str, Any]):
    """The tests' globals: what they do not define is a module of the standard library, or the program's."""

    def __init__(self, ask: Callable[[dict[str, Any]], Any]):
        super().__init__(__name__="tests", __builtins__=builtins)
        self._ask = ask

    def __missing__(self, name: str) -> Any:
        if hasattr(builtins, name):
            return getattr(builtins, name)
        if name in sys.stdlib_module_names:
            return __import__(name)
        found = self._ask({"name": name})
        if isinstance(found, Remote):
            found.handed_back = True  # a class or function of the program's is no answer
            found = Remote(self._ask, name)
        self[name] = found
        return found


def _tests(task: dict[str, Any]) -> int:
    """Run each test; a frame says whether it passed. The program answers over the channel and is never in this process."""
    channel = os.fdopen(CHANNEL, "r+b", buffering=0)
    reader = io.BufferedReader(channel)
    sys.stdout = sys.stderr

    def ask(question: dict[str, Any]) -> Any:
        _put(1, ASKED)
        _send(channel, question)
        answer = json.loads(reader.readline(MOST_MESSAGE) or b'{"error": ["EOFError", "the program is gone"]}')
        if "error" in answer:
            raise _raised(*answer["error"])
        return wire.decode(answer["value"], opaque=received)

    def received(kind: str, number: int) -> Remote:
        objects.append(Remote(ask, number=number))
        return objects[-1]

    objects: list[Remote] = []
    names = _Names(ask)
    names["candidate"] = names[task["entry"].rpartition(".")[2]] = Remote(ask, task["entry"])
    try:
        exec(compile(task["setup"], "<setup>", "exec"), names)
    except ProgramRaised as error:
        for index in range(len(task["tests"])):
            _frame(index, RAISED, _named(error).encode("utf-8", "replace"))
        return 0
    tests = [compile(text, "<test>", "exec") for text in task["tests"]]
    for index, test in enumerate(tests):
        try:
            objects.clear()
            exec(test, names)
            if not all(thing.handed_back for thing in objects):
                raise TypeError("the program's answer is an object of its own")
            _frame(index, DONE, b"")
        except BaseException as error:
            gone = isinstance(error, ProgramRaised)
            _frame(index, RAISED if gone else ASSERTED, _named(error).encode("utf-8", "replace"))
    return 0


def _raised(name: str, text: str) -> Exception:
    """An exception of the built-in class the program raised, so that a test may expect it."""
    known = getattr(builtins, str(name), None)
    if isinstance(known, type) and issubclass(known, Exception) and known is not Exception:
        try:
            return type(str(name), (ProgramRaised, known), {})(str(text))
        except TypeError:
            pass  # a class that wants more than a message
    return ProgramRaised(str(text))


def _loaded(task: dict[str, Any]) -> dict[str, Any] | int:
    """The names a program defines, or an exit code if it cannot be loaded."""
    parts = _compile(task["code"])
    if parts is None:
        return NO_SYNTAX
    module = _module("solution")
    status = _guarded(lambda: _execute(parts, module))
    return module.__dict__ if status == 0 else _flush(NO_MEMORY if status == NO_MEMORY else NOT_LOADED)


def _entry(names: dict[str, Any], entry: str) -> Callable[..., Any]:
    """The function that `add` or `Solution().add` names; a new object for every call."""
    named = NAMED.fullmatch(entry)
    assert named, entry
    owner, name = named[1], named[2]
    if (owner or name) not in names:
        raise NameError(f"the program defines no {owner or name}")
    return getattr(names[owner](), name) if owner else names[name]


def _compile(source: str) -> list[types.CodeType] | None:
    """The problem's prelude and the program, each by itself: a program may begin with what must come first in a file."""
    prelude, _, program = source.partition(PRELUDE_ENDS) if PRELUDE_ENDS in source else ("", "", source)
    try:
        texts = [("<prelude>", prelude), ("<program>", program)] if prelude else [("<program>", program)]
        return [compile(text, name, "exec", dont_inherit=True) for name, text in texts]
    except MemoryError:
        _exit(NO_MEMORY)
    except (SyntaxError, ValueError, RecursionError, OverflowError):
        sys.excepthook(*sys.exc_info())
        return None


def _execute(parts: list[types.CodeType], module: types.ModuleType) -> None:
    for part in parts:
        exec(part, module.__dict__)


def _module(name: str) -> types.ModuleType:
    module = types.ModuleType(name)
    sys.modules[name] = module
    return module


def _guarded(work: Callable[[], Any]) -> int:
    """Run foreign code; its exit code as the interpreter would give it, or FAILED with the traceback on stderr."""
    try:
        work()
    except SystemExit as error:
        if error.code is None or isinstance(error.code, int):
            return (error.code or 0) & 0xFF
        print(error.code, file=sys.stderr)
        return 1
    except MemoryError:
        return NO_MEMORY
    except BaseException:
        sys.excepthook(*sys.exc_info())
        return FAILED
    return 0


def _join_threads() -> None:
    # Not imported here: what `threading` does after a fork would be a fifth of a short run.
    threading = sys.modules.get("threading")
    if threading is None:
        return
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()


def _flush(status: int) -> int:
    """What the interpreter does at its end: exit handlers, then what is still buffered."""
    try:
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            if stream is not None and not stream.closed:
                stream.flush()
    except BaseException:
        return status or FAILED
    return status


def _frame(index: int, status: int, body: bytes) -> None:
    _put(RESULTS, FRAME.pack(index, status, len(body)) + body)


def _send(channel: Any, message: dict[str, Any]) -> None:
    _put(channel.fileno(), json.dumps(message).encode() + b"\n")


def _put(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[_write(descriptor, view) :]


def _read_all(descriptor: int) -> bytes:
    parts, place = [], 0
    while part := _pread(descriptor, 1 << 20, place):
        parts.append(part)
        place += len(part)
    return b"".join(parts)


def _named(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}"[:300]
    except BaseException:
        return type(error).__name__
