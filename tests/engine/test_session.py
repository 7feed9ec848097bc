"""Text in, text out: pieces joined are the answer, the batch equals one by one, and bad inputs are named."""

import shutil
from pathlib import Path

import pytest

from openmimo.core.errors import InputError, WeightsError
from openmimo.engine.load import Loaded, load
from openmimo.engine.session import Session
from openmimo.text.bpe import train_bpe


def test_pieces_joined_are_the_text_and_the_record_counts(tiny: Loaded) -> None:
    stream = Session(tiny).stream([{"role": "user", "content": "what is one?"}], max_tokens=30)
    pieces = list(stream)
    answer = stream.answer()
    assert "".join(piece.text for piece in pieces) == stream.text
    assert answer.question == "what is one?"
    assert 0 < answer.tokens <= 30
    assert answer.tokens_per_s > 0
    assert list(answer.as_json()) == ["question", "reasoning", "answer", "checked", "tokens", "tokens_per_s"]


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
