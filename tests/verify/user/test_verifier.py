"""Reward code in workers that can be killed: hangs, crashes, floods and faults are verdicts of their own, and never a 0."""

import asyncio
import os
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest

from openmimo.core.errors import InputError
from openmimo.verify.user.verifier import UserVerifier
from openmimo.verify.verdict import Tally

CODE = """
    import os, time

    def compute_score(data_source, solution_str, ground_truth, extra_info=None):
        print("seen", solution_str)
        if solution_str == "hang":
            while True: pass
        if solution_str == "die":
            os._exit(3)
        if solution_str == "flood":
            return len(bytearray(1 << 40))
        if solution_str == "raise":
            raise ValueError("no such answer")
        if solution_str == "exit":
            raise SystemExit("bye")
        if solution_str == "skip":
            return None
        if solution_str == "nan":
            return float("nan")
        if solution_str == "key":
            return float(os.environ["REWARD_KEY"])
        return 0.5 if solution_str == "half" else float(solution_str == ground_truth)

    def trl(completions, answer, **kwargs):
        if "hang" in completions:
            time.sleep(60)
        if "raise" in completions:
            raise KeyError("x")
        return [float(text == its) for text, its in zip(completions, answer)]
    """
ROW = {"data_source": "sums", "answer": "4"}


def line_of(text: str) -> int:
    """The line of the reward file that `text` stands in."""
    return next(number for number, line in enumerate(textwrap.dedent(CODE).splitlines(), 1) if text in line)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "reward.py").write_text(textwrap.dedent(CODE))
    return tmp_path / "reward.py"


def verdicts(verifier: UserVerifier, *answers: str) -> list[Any]:
    return verifier.verify([ROW] * len(answers), answers)


def test_every_answer_has_its_own_verdict_and_only_the_guilty_ones_fail(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REWARD_KEY", "0.75")
    with UserVerifier(f"{file}:compute_score", seconds=1.0, workers=2) as verifier:
        found = verdicts(verifier, "4", "hang", "5", "raise", "half", "die", "skip", "nan", "flood", "exit", "key")
    kinds = ["right", "timeout", "wrong", "fault", "partial", "fault", "skipped", "fault", "fault", "fault", "partial"]
    assert [one.kind for one in found] == kinds
    assert [one.score for one in found] == [1.0, None, 0.0, None, 0.5, None, None, None, None, None, 0.75]
    assert found[1].reason == "the function took over 1 s"
    assert found[3].reason == f"ValueError: no such answer (reward.py, line {line_of('no such answer')})"
    assert "did not return" in found[5].reason
    assert found[8].reason == "the function took too much memory"
    assert found[9].reason == f"SystemExit: bye (reward.py, line {line_of('bye')})"
    assert all(one.layer == "user verl" for one in found)
    assert Tally.of(found).kinds == {"right": 1, "timeout": 1, "wrong": 1, "fault": 5, "partial": 2, "skipped": 1}


def test_a_trl_function_gets_the_batch_at_once_and_fails_as_one(file: Path) -> None:
    with UserVerifier(f"{file}:trl", seconds=0.5, workers=1) as verifier:
        assert verifier.batch
        assert [one.kind for one in verdicts(verifier, "4", "5")] == ["right", "wrong"]
        hung = verdicts(verifier, "4", "hang")
        assert [(one.kind, one.reason) for one in hung] == [("timeout", "the batch of 2 took over 0.5 s")] * 2
        assert [one.reason for one in verdicts(verifier, "4", "raise", "4")] == [
            f"KeyError: 'x' (reward.py, line {line_of('KeyError')})"
        ] * 3
        assert verdicts(verifier) == []
        assert [one.kind for one in verdicts(verifier, "4")] == ["right"], "it goes on after all that"


def test_a_batch_that_is_all_zero_or_all_faults_is_an_alarm(file: Path) -> None:
    with UserVerifier(f"{file}:compute_score", workers=1) as verifier:
        assert "all 8 answers score 0" in Tally.of(verdicts(verifier, *["5"] * 8)).alarm
        assert "all 8 answers score 1" in Tally.of(verdicts(verifier, *["4"] * 8, "skip")).alarm
        assert Tally.of(verdicts(verifier, *["raise"] * 3)).alarm == "no verdict on any of 3 answers: 3 fault"
        assert Tally.of(verdicts(verifier, *["4"] * 8, "5")).alarm == ""


def test_columns_and_batches_that_do_not_fit_are_named(file: Path) -> None:
    with UserVerifier(f"{file}:compute_score", workers=1) as verifier:
        with pytest.raises(InputError, match="compute_score needs 'data_source'"):
            verifier.verify([{"answer": "4"}], ["4"])
        with pytest.raises(InputError, match="1 rows, 2 answers make no batch"):
            verifier.verify([ROW], ["4", "5"])
        with pytest.raises(InputError, match="row 1, column 'when': PosixPath is no JSON value"):
            verifier.verify([{**ROW, "when": file}], ["4"])
        with pytest.raises(InputError, match="is no JSON value"):
            asyncio.run(verifier.averify([{**ROW, "when": file}], ["4"]))


@pytest.mark.parametrize(
    "code, says",
    [
        ("import os\nos._exit(7)", "cannot be loaded"),
        ("raise ValueError('not today')", r"ValueError: not today \(bad.py, line 1\)"),
        ("def fn(x): return 1", r"fn\(x\) is no form"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_at_once(tmp_path: Path, code: str, says: str) -> None:
    (tmp_path / "bad.py").write_text(code)
    with pytest.raises(InputError, match=says):
        UserVerifier(f"{tmp_path}/bad.py:fn", workers=1)


def test_it_imports_its_neighbours(tmp_path: Path) -> None:
    (tmp_path / "neighbour.py").write_text("WORTH = 0.25")
    (tmp_path / "mine.py").write_text("from neighbour import WORTH\ndef fn(completion): return WORTH")
    with UserVerifier(f"{tmp_path}/mine.py:fn", workers=1) as verifier:
        assert verdicts(verifier, "a")[0].score == 0.25


def test_asynchronously_and_in_the_background(file: Path) -> None:
    with UserVerifier(f"{file}:compute_score", seconds=30, workers=2) as verifier:
        future = verifier.submit([ROW] * 2, ["4", "5"])
        assert [one.kind for one in asyncio.run(verifier.averify([ROW] * 3, ["4", "half", "raise"]))] == ["right", "partial", "fault"]
        assert [one.kind for one in future.result(timeout=10)] == ["right", "wrong"]
        assert verifier.submit([], []).result(timeout=1) == []


def gone(pids: list[int]) -> bool:
    for pid in pids:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            continue
        return False
    return True


def within(seconds: float, holds: Any) -> bool:
    end = time.monotonic() + seconds
    while not (done := holds()) and time.monotonic() < end:
        time.sleep(0.02)
    return bool(done)


def test_what_nobody_waits_for_any_more_is_killed(file: Path) -> None:
    async def cancelled(verifier: UserVerifier) -> None:
        task = asyncio.create_task(verifier.averify([ROW], ["hang"]))
        await asyncio.sleep(0.3)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with UserVerifier(f"{file}:compute_score", seconds=60, workers=1) as verifier:
        verdicts(verifier, "4")
        before = verifier.pool.processes()
        asyncio.run(cancelled(verifier))
        assert within(3, lambda: gone(before))
        future = verifier.submit([ROW] * 2, ["hang", "4"])
        assert within(3, lambda: verifier.pool.processes() not in ([], before))
        time.sleep(0.3)
        assert future.cancel()
        assert [one.kind for one in verdicts(verifier, "4")] == ["right"]
