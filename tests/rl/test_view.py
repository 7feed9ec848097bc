"""What is shown where: a picture on a terminal, which is whole afterwards whatever happened, and plain lines elsewhere."""

import io
import sys
from types import SimpleNamespace

import pytest

from openmimo.core.interrupt import StopRequest
from openmimo.rl.live import Live
from openmimo.rl.view import Plain, view_of
from tests.rl.test_picture import LINES, STANDING, line


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    "terminal, term, encoding, live",
    [(True, "xterm", "utf-8", True), (True, "dumb", "utf-8", False), (True, "xterm", "latin-1", False), (False, "xterm", "utf-8", False)],
)
def test_a_terminal_that_can_has_the_picture(terminal: bool, term: str, encoding: str, live: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", term)
    monkeypatch.setattr(sys, "stderr", SimpleNamespace(isatty=lambda: terminal, encoding=encoding))
    assert isinstance(view_of("a", 3), Live if live else Plain)


def test_plain_lines_say_a_step_and_a_validation(capsys: pytest.CaptureFixture[str]) -> None:
    with Plain(3) as view:
        with view.validating(2) as told:
            told(2)
        view.begin(LINES[:2], StopRequest())
        view.rolling(STANDING)
        view.training(3)
        view.end_step(line(3))
    first, last = capsys.readouterr().err.splitlines()
    assert first.startswith("validation 2/2")
    assert last.endswith("reward 0.30  pass 50%  entropy 0.04  length 70  slots 97%  waste 3%")


@pytest.mark.parametrize("error", [None, KeyboardInterrupt, RuntimeError])
def test_the_picture_leaves_the_terminal_whole(error: type[BaseException] | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    terminal, stdout, stderr = Terminal(), sys.stdout, sys.stderr
    seen: BaseException | None = None
    try:
        with Live("nano", 60, terminal) as view:
            view.begin(LINES, StopRequest())
            view.rolling(STANDING)
            assert sys.stdout is stdout  # data is left alone
            print("a message of others", file=sys.stderr)
            view.training(16)
            view.end_step(line(3))
            if error:
                raise error("x")
    except BaseException as raised:
        seen = raised
    assert type(seen) is (error or type(None))
    assert sys.stderr is stderr
    text = terminal.getvalue()
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")  # the cursor is there
    assert text.index("a message of others") < text.rindex("step 4 of 60")
    assert text.endswith("\n") or text.endswith("\x1b[?25h")


def test_nothing_is_drawn_before_there_is_something_to_see() -> None:
    terminal = Terminal()
    with Live("nano", 60, terminal):
        pass
    assert terminal.getvalue() == ""


def test_time_left_is_told_from_the_steps_of_this_process() -> None:
    now = [100.0]
    with Live("nano", 10, Terminal(), lambda: now[0]) as view:
        view.begin(LINES, StopRequest())  # two steps are done
        now[0] += 30
        view.end_step(line(3))
        now[0] += 10
        assert view._seen().left == 7 * 30 - 10
