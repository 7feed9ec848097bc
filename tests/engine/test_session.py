"""Text in, text out: pieces joined are the answer, the batch equals one by one, and bad inputs are named."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from openmimo.core.errors import InputError, WeightsError
from openmimo.engine.load import Loaded, load
from openmimo.engine.session import Session, Stream
from openmimo.text.bpe import train_bpe


def test_pieces_joined_are_the_text_and_the_record_counts(tiny: Loaded) -> None:
    stream = Session(tiny).stream([{"role": "user", "content": "what is one?"}], max_tokens=30)
    pieces = list(stream)
    answer = stream.answer()
    assert "".join(piece.text for piece in pieces) == stream.text
    assert answer.question == "what is one?"
    assert 0 < answer.tokens <= 30
    assert answer.tokens_per_s > 0
    assert list(answer.as_json()) == ["question", "reasoning", "answer", "checked", "check", "tokens", "tokens_per_s"]


def test_a_batch_says_what_each_says_alone(tiny: Loaded) -> None:
    session, questions = Session(tiny), ["what is one?", "one plus two", "3"]
    assert session.ask_all(questions, 20) == [session.ask_all([question], 20)[0] for question in questions]


def test_bad_questions_are_named(tiny: Loaded) -> None:
    session = Session(tiny)
    with pytest.raises(InputError, match="the question is empty"):
        session.ask("  ")
    with pytest.raises(InputError, match=r"tokens, and this model holds 96"):
        session.ask("one " * 200)
    with pytest.raises(InputError, match=r"role 'robot'(.|\n)*user"):
        session.stream([{"role": "robot", "content": "x"}])


def test_a_tokenizer_of_another_model_is_refused(tiny_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(tiny_folder, tmp_path / "mixed")
    train_bpe(["a quite different text with many more words in it " * 3], 330).save(tmp_path / "mixed")
    with pytest.raises(WeightsError, match="the tokenizer has 3"):
        load(str(tmp_path / "mixed"))


def told(loaded: Loaded, text: str, monkeypatch: pytest.MonkeyPatch, question: str = "Write f(n). f(3) -> 9") -> Stream:
    """A stream of which the model says `text`."""

    def generate(*_: object) -> Iterator[list[int]]:
        yield from ([token] for token in loaded.tokenizer.encode(text, special=True))

    monkeypatch.setattr("openmimo.engine.session.generate", generate)
    stream = Session(loaded).stream([{"role": "user", "content": question}])
    assert list(stream)
    assert stream.text == text
    return stream


@pytest.mark.parametrize(
    "reasoning, body, checked, check",
    [
        ("3 * 3 = 9", "n * n", True, "code checked: the example of the question held"),
        ("It is the square.", "n * n", True, "code checked: the example of the question held"),
        ("3 * 3 = 8", "n * n", False, "a step of the reasoning is wrong; code checked: the example of the question held"),
        ("3 * 3 = 9", "n + n", False, "code fails: f(3) should give 9 (6, not 9)"),
        ("3 * 3 = 9", "n +", False, "code fails: SyntaxError: invalid syntax"),
    ],
)
def test_code_of_an_answer_is_run(
    tiny: Loaded, monkeypatch: pytest.MonkeyPatch, reasoning: str, body: str, checked: bool, check: str
) -> None:
    text = f"<think>\n{reasoning}\n</think>\n```python\ndef f(n):\n    return {body}\n```"
    answer = told(tiny, text, monkeypatch).answer()
    assert (answer.checked, answer.check) == (checked, check)
    assert answer.answer.startswith("```python\ndef f(n):")


def test_code_without_an_example_is_unchecked_whatever_the_reasoning(tiny: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = told(tiny, "<think>\n1 + 1 = 2\n</think>\n```python\nprint(2)\n```", monkeypatch)
    assert stream.answer().checked is None
    assert "states no example" in stream.answer().check
    unchecked = stream.answer(check=False)
    assert (unchecked.checked, unchecked.check) == (True, "")


def test_an_answer_without_code_starts_no_judge(tiny: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openmimo.verify.judge.judge.Judge", None)
    answer = told(tiny, "<think>\n1 + 1 = 2\n</think>\n2", monkeypatch).answer()
    assert (answer.checked, answer.check) == (True, "")


def test_a_session_is_there_without_the_judge() -> None:
    code = "import sys, openmimo.engine.session; assert not {'openmimo.verify.judge.judge', 'sympy'} & set(sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
