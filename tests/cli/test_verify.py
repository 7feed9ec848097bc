"""`openmimo verify`: exit codes, JSON, stdin, and files of pairs."""

import io
import json
from pathlib import Path

import pytest

from openmimo.cli.verify import main
from openmimo.core.errors import InputError


def test_right_wrong_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert main((r"\frac{1}{2}", r"So it is \boxed{0.5}.")) == 0
    assert capsys.readouterr().out.startswith("right")
    assert main(("42", r"\boxed{41}"), json_=True) == 1
    verdict = json.loads(capsys.readouterr().out)
    assert (verdict["ok"], verdict["kind"], verdict["answer"]) == (False, "wrong", "41")
    assert main(("$0.1234567$", "$0.1234569$"), policy="eval") == 0
    assert main(("1024", "2^{10}")) == 0
    assert main(("1024", "2^{10}"), question="What is 2^{10}?") == 1


def test_the_answer_from_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("The answer is 7."))
    assert main(("7", "-")) == 0


def test_a_file_of_pairs_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "pairs.jsonl"
    rows = [{"gold": str(number), "answer": rf"\boxed{{{number if number % 3 else number + 1}}}"} for number in range(100)]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert main(file=path) == 1
    out, err = capsys.readouterr()
    verdicts = [json.loads(line) for line in out.splitlines()]
    assert [verdict["gold"] for verdict in verdicts] == [row["gold"] for row in rows]
    assert [verdict["ok"] for verdict in verdicts] == [number % 3 != 0 for number in range(100)]
    assert err.strip() == "66 right, 34 wrong"


@pytest.mark.parametrize(
    ("line", "why"), [("{", "no JSON"), ("[]", "no JSON object"), ('{"gold": "1"}', "'answer'"), ('{"gold": 1, "answer": "1"}', "'gold'")]
)
def test_a_broken_row_is_named(line: str, why: str, tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text('{"gold": "1", "answer": "1"}\n' + line, encoding="utf-8")
    with pytest.raises(InputError, match=f"line 2.*{why}"):
        main(file=path)


def test_asked_wrongly(tmp_path: Path) -> None:
    for sides in ((), ("42",), ("42", "43", "44")):
        with pytest.raises(InputError, match="--file"):
            main(sides)
    with pytest.raises(InputError, match="--file"):
        main(("42", "42"), file=tmp_path / "nothing.jsonl")
    with pytest.raises(InputError, match="cannot be read"):
        main(file=tmp_path / "nothing.jsonl")
