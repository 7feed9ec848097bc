"""What other processes write to a terminal comes line by line through `sys.stderr`, and all is as before afterwards."""

import os
import subprocess
import sys

import pytest

from openmimo.core.stray import Stray


def test_lines_of_other_processes_go_through_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    before = sys.stderr
    with Stray() as terminal:
        assert sys.stderr is terminal
        subprocess.run(["sh", "-c", "printf 'a word'; printf 'a line\\nno end' >&2; printf 'x' >&2"], check=True)
        os.write(2, b"\nof C code\n")
        print("of Python", file=sys.stderr)
    assert sys.stderr is before
    os.write(2, b"after\n")
    out, err = capfd.readouterr()
    assert out == "a word"
    assert sorted(err.splitlines()[:-1]) == ["a line", "no endx", "of C code", "of Python"]
    assert err.splitlines()[-1] == "after"


def test_an_error_leaves_stderr_whole_though_a_process_lives_on(capfd: pytest.CaptureFixture[str]) -> None:
    before = sys.stderr
    started = []

    def interrupted() -> None:
        with Stray():
            started.append(subprocess.Popen(["sleep", "60"]))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    started[0].kill()
    started[0].wait()
    assert sys.stderr is before
    os.write(2, b"whole\n")
    assert capfd.readouterr().err == "whole\n"
