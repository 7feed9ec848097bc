"""Progress says how far, how fast and how long, and writes plain lines where there is no terminal."""

import io

import pytest

from openmimo.core.log import Progress, span


def test_plain_lines_without_a_terminal() -> None:
    stream = io.StringIO()
    with Progress("work", 3, stream, every=0.0) as progress:
        for done in (1, 2, 3):
            progress.update(done, loss=1.5, tokens_per_s=1234.0)
    lines = stream.getvalue().splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("work 1/3  loss 1.5000  1,234 tokens/s  ")
    assert "done in" in lines[-1]
    assert "\r" not in stream.getvalue()


def test_the_estimate_counts_only_what_this_process_did() -> None:
    progress = Progress("work", 100, io.StringIO())
    progress.update(91)
    assert progress.line(95, 10.0, None, None) == "work 95/100  10s left"


def test_a_narrow_terminal_cuts_what_comes_last(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("COLUMNS", "30")
    stream = Terminal()
    with Progress("work", 2, stream) as progress:
        progress.update(2, more="reward 0.50  pass 50%  entropy 0.04")
    assert stream.getvalue() == "\rwork 2/2  done in 0s  reward \n"


@pytest.mark.parametrize("seconds, text", [(0.4, "0s"), (59, "59s"), (61, "1m01s"), (3661, "1h01m")])
def test_span(seconds: float, text: str) -> None:
    assert span(seconds) == text
