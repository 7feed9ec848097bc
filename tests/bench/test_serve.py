"""The benchmark of serving asks what it says it asks, takes turns, and makes its rows of what was heard. No real server is started here."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import torch

from openmimo.bench import peers, serve
from openmimo.bench.clients import Answer, Chat
from openmimo.bench.decode import model_file
from openmimo.bench.serve_work import SYSTEM, chats, need_same_work, rate, waits
from openmimo.core.errors import InputError, OpenMimoError
from openmimo.engine.load import load
from openmimo.model.config import ModelConfig
from openmimo.model.mimo import MiMo
from openmimo.text.gguf_vocabulary import tokenizer_from_gguf
from openmimo.text.template import ChatTemplate
from openmimo.text.tokenizer import Tokenizer

Vocabulary = tuple[Tokenizer, str | None]
SYSTEM_MESSAGE = {"role": "system", "content": SYSTEM}


def test_chats_are_seeded_and_mixed_and_half_of_them_share_a_beginning() -> None:
    asked = chats(1, 400)
    assert asked == chats(1, 400) != chats(2, 400)
    assert {min(chat.tokens for chat in asked), max(chat.tokens for chat in asked)} == {16, 128}
    assert {chat.tokens for chat in chats(1, 50, (4, 6))} == {4, 5, 6}
    assert 150 < sum(chat.messages[0] == SYSTEM_MESSAGE for chat in asked) < 250
    assert all([message["role"] for message in chat.messages] in (["user"], ["system", "user"]) for chat in asked)
    questions = [chat.messages[-1]["content"] for chat in asked]
    assert len(set(questions)) == 400
    assert min(map(len, questions)) < 80
    assert max(map(len, questions)) > 800


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return tokenizer_from_gguf(model_file())


def test_the_common_beginning_fills_a_block_of_vllm_and_nobody_s_context_is_too_small(vocabulary: Vocabulary) -> None:
    tokenizer, _ = vocabulary
    assert 128 < len(tokenizer.encode(SYSTEM)) < 300
    longest = max(sum(len(tokenizer.encode(message["content"])) for message in chat.messages) for chat in chats(3, 400))
    assert longest + 256 < 2048 - 64  # of the template


def test_rates_and_waits_are_those_counted_by_hand() -> None:
    answers = [Answer(10.0, 10.5, 12.5, 7, 5), Answer(11.0, 11.1, 14.0, 7, 30), Answer(12.0, 14.0, 15.0, 7, 2)]
    assert rate(answers) == 37 / 5.0
    assert waits(answers) == (pytest.approx(500.0), pytest.approx(2000.0), pytest.approx(500.0))
    many = [Answer(0.0, place / 1000, 1.0, 7, 5) for place in range(1, 101)]
    assert waits(many)[:2] == (pytest.approx(50.5), pytest.approx(95.0))
    assert waits(many[:1])[:2] == (pytest.approx(1.0), pytest.approx(1.0))


def test_a_side_that_did_other_work_is_found() -> None:
    asked = [Chat((), 5), Chat((), 6)]
    ours = [Answer(0.0, 1.0, 2.0, 70, 5), Answer(0.0, 1.0, 2.0, 80, 6)]
    need_same_work("vllm", asked, ours, ours)
    for prompt, tokens in ((80, 5), (80, 7), (81, 6)):
        with pytest.raises(OpenMimoError, match=f"vllm read {prompt} tokens and wrote {tokens}"):
            need_same_work("vllm", asked, [ours[0], Answer(0.0, 1.0, 2.0, prompt, tokens)], ours)


def side(name: str, speed: float, calls: list[tuple[str, int, int]]) -> serve.Side:
    """Answers at `speed` tokens a second together, the first text of each after 1 / speed."""

    def answer(asked: Sequence[Chat], clients: int) -> list[Answer]:
        calls.append((name, clients, len(asked)))
        seconds = sum(chat.tokens for chat in asked) / speed
        return [Answer(0.0, 1 / speed, seconds, len(chat.messages), chat.tokens) for chat in asked]

    return answer


def test_every_row_comes_from_its_sides() -> None:
    calls: list[tuple[str, int, int]] = []
    speeds = {"ours": 100.0, "vllm": 80.0, "transformers": 50.0, "transformers_cb": 40.0}
    sizes = serve._Sizes((2, 1, 1), (3, 9, 33), (4, 8))
    rows = {
        row.name: row for row in serve._rows(serve._measured({name: side(name, speed, calls) for name, speed in speeds.items()}, sizes))
    }
    assert [call for call in calls if call[0] == "vllm"] == [
        ("vllm", *call) for call in [(1, 1), (8, 8), (32, 32), (1, 3), (1, 3), (8, 9), (32, 33)]
    ]
    assert [call for call in calls if call[0] == "transformers"] == [("transformers", *call) for call in [(1, 1), (1, 3), (1, 3)]]
    targets = {"c1.vs_transformers": 1.3, "c8.vs_vllm": 1.0, "c32.vs_vllm": 0.9}
    assert {name: row.target for name, row in rows.items() if row.target} == targets
    assert [rows[f"c{clients}.vs_vllm"].value for clients in (1, 8, 32)] == pytest.approx([1.25] * 3)
    assert [rows[f"c{clients}.vs_transformers"].value for clients in (1, 8)] == pytest.approx([2.0, 2.5])
    taking = {1: list(speeds), 8: [name for name in speeds if name != "transformers"], 32: ["ours", "vllm"]}
    of_sides = [
        f"c{clients}.{name}{what}" for clients, names in taking.items() for name in names for what in ("", ".ttft", ".ttft_p95", ".itl")
    ]
    ratios = [f"c{clients}.vs_{peer}" for clients in taking for peer in ("vllm", "transformers")]
    assert list(rows) == ratios[:-1] + of_sides
    assert rows["c8.vllm"].value == pytest.approx(80.0)
    assert rows["c8.vllm.ttft"].value == rows["c8.vllm.ttft_p95"].value == pytest.approx(12.5)


def test_sides_take_turns_and_are_seen() -> None:
    calls: list[tuple[str, int, int]] = []
    seen: list[int] = []
    sides = {name: side(name, 1.0, calls) for name in ("ours", "a", "b")}
    said = serve.compared(sides, 8, [chats(round_, 2 + round_) for round_ in range(3)], lambda answers: seen.append(len(answers)))
    assert [name for name, _, _ in calls] == ["ours", "a", "b", "a", "b", "ours", "b", "ours", "a"]
    assert seen == [2] * 3 + [3] * 3 + [4] * 3
    assert {name: [len(answers) for answers in rounds] for name, rounds in said.items()} == {name: [2, 3, 4] for name in sides}


def test_a_side_that_stops_early_ends_the_benchmark() -> None:
    def lazy(asked: Sequence[Chat], clients: int) -> list[Answer]:
        return [Answer(0.0, 1.0, 2.0, len(chat.messages), chat.tokens - 1) for chat in asked]

    with pytest.raises(OpenMimoError, match="lazy read"):
        serve.compared({"ours": side("ours", 1.0, []), "lazy": lazy}, 1, [chats(0, 2)], lambda answers: None)


def test_what_is_missing_is_told_with_the_way_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "ROOT", tmp_path)
    with pytest.raises(InputError, match="make peers"):
        serve.measure(quick=True)


def test_the_folder_that_is_served_is_the_model_of_the_file(
    vocabulary: Vocabulary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tokenizer, source = vocabulary
    model = MiMo(ModelConfig(tokenizer.vocab_size, 8, 8, 1, 1, 1, 8, 64, qkv_bias=False))  # a small one stands for that of the file
    model.start(1)
    model.bfloat16()
    monkeypatch.setattr(serve, "read_gguf", lambda path, dtype: model)
    monkeypatch.setattr(serve, "tokenizer_from_gguf", lambda path: vocabulary)
    serve.write_served(model_file(), tmp_path / "model")
    written = load(str(tmp_path / "model"), dtype=torch.bfloat16)
    weights = dict(model.named_parameters())
    assert all(weight.equal(weights[name]) for name, weight in written.model.named_parameters())
    assert written.stop_ids == tokenizer.eos_ids
    messages = list(chats(0, 1)[0].messages)
    assert written.template.encode(written.tokenizer, messages) == ChatTemplate(source or "").encode(tokenizer, messages)
    assert "ours holds the model in torch.float32" in capsys.readouterr().err  # as it does with models as small as this one
