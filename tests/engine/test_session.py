"""Text in, text out: pieces joined are the answer, the batch equals one by one, and bad inputs are named."""

import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from tokenizers import Tokenizer as Engine
from tokenizers.models import BPE

from openmimo.core.errors import InputError, WeightsError
from openmimo.engine.config import EngineConfig
from openmimo.engine.generate import complete
from openmimo.engine.load import Loaded, load
from openmimo.engine.request import Request
from openmimo.engine.sample import Sampling
from openmimo.engine.session import Session, Stream, thinking_of
from openmimo.model.mimo import MiMo
from openmimo.text.bpe import train_bpe
from openmimo.text.reasoning import Parsed, parse
from openmimo.text.tokenizer import Tokenizer


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


def test_a_session_says_what_the_plain_twin_says(tiny: Loaded) -> None:
    session, wild = Session(tiny), Sampling(1.0, seed=3)
    prompts = [session.prompt([{"role": "user", "content": question}]) for question in ("one?", "two plus")]
    rows = complete(tiny.model, prompts, 20, tiny.stop_ids, wild)
    expected = [tiny.tokenizer.decode([token for token in row if token not in tiny.stop_ids]) for row in rows]
    assert session.ask_all(["one?", "two plus"], 20, wild) == expected
    stream = session.stream([{"role": "user", "content": "one?"}], 20, wild)
    list(stream)
    assert (stream.text, stream.tokens) == (expected[0], len(rows[0]))


def test_a_stop_string_ends_the_answer_before_it(tiny: Loaded) -> None:
    session, wild = Session(tiny), Sampling(1.0, seed=5)
    (whole,) = session.ask_all(["what is one?"], 40, wild)
    stop = whole[len(whole) // 2 :][:2]
    before = whole[: whole.index(stop)]
    assert 0 < len(before) < len(whole)
    assert session.ask_all(["what is one?", "3"], 40, wild, [stop])[0] == before
    stream = session.stream([{"role": "user", "content": "what is one?"}], 40, wild, [stop])
    list(stream)
    assert stream.text == before
    assert stream.tokens < 40
    assert list(session._readers.engine.finished()) or not session._readers.engine.busy
    assert session._readers.engine.pool.used == 0, "what comes after the stop is not computed"


def test_a_budget_ends_the_reasoning_and_the_answer_comes() -> None:
    session, question = Session(load("nano")), "What is 15% of 80?"
    free, bound, none = (session.ask(question, thinking=tokens) for tokens in (None, 12, 0))
    assert bound.reasoning
    assert free.reasoning.startswith(bound.reasoning)
    assert none.reasoning == ""
    assert all(answer.answer and "<" not in answer.answer for answer in (free, bound, none))
    assert free.tokens > bound.tokens > none.tokens
    texts = session.ask_all([question, "What is 7 + 5?"], thinking=12)
    assert parse(texts[0]) == Parsed(bound.reasoning, bound.answer, [], [], True)
    stream = session.stream([{"role": "user", "content": question}], thinking=12)
    assert "".join(piece.text for piece in stream if piece.kind == "reasoning").strip() == bound.reasoning
    assert stream.text == texts[0]


def test_a_budget_needs_tags_and_is_no_negative_number(tiny: Loaded) -> None:
    tags = thinking_of(tiny, 5)
    assert tiny.tokenizer.decode([tags.begin, *tags.close]) == "<think>\n</think>\n"
    with pytest.raises(InputError, match="thinking: -1 is not a number of tokens"):
        Session(tiny).ask("one?", thinking=-1)
    plain = replace(tiny, tokenizer=Tokenizer(Engine(BPE())))
    with pytest.raises(InputError, match=r"has no tokens <think> and </think>(.|\n)*max_tokens"):
        Session(plain).ask_all(["one?"], thinking=5)


def test_a_conversation_is_not_read_again_from_its_beginning(tiny: Loaded) -> None:
    session = Session(tiny, EngineConfig(block=4))
    first = [{"role": "user", "content": "what is one plus two?"}]
    list(session.stream(first, 6))
    reader = session._readers.follow([Request(session.prompt([*first, {"role": "assistant", "content": "3"}, first[0]]), 2)])
    (finished,) = [news.finished for _, news in reader if news.finished]
    assert finished.cached >= 4 * (len(session.prompt(first)) // 4) - 8


def test_drafts_are_tried_out_once_where_there_is_much_to_say(tiny: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []

    def probed(model: MiMo, config: EngineConfig, trial: Sequence[Request]) -> EngineConfig:
        tried.append(len(trial))
        return replace(config, draft="mtp")

    monkeypatch.setattr("openmimo.engine.session.probed", probed)
    session, questions = Session(tiny), ["one", "two", "three", "1 2 3"] * 10
    few = session.ask_all(questions[:4], 10)
    assert tried == []
    assert session.ask_all(questions, 10) == few * 10
    assert session.ask_all(questions, 10) == few * 10
    assert tried == [8]
    assert sum(session._readers.engine.statistics.drafted)
    Session(tiny, EngineConfig()).ask_all(questions, 2)
    assert tried == [8], "what was asked for is not tried out"


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

    def answer_ids(*_: object) -> Iterator[int]:
        yield from loaded.tokenizer.encode(text, special=True)

    monkeypatch.setattr("openmimo.engine.session.answer_ids", answer_ids)
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
