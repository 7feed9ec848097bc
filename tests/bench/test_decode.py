"""The benchmark of decoding asks what it says it asks, and compares within rounds. Its peers are run by `make test-peers` only."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from openmimo.bench import decode, peers
from openmimo.bench.ours import rate
from openmimo.bench.turns import in_turns, middle, ratio
from openmimo.bench.workload import equal, mixed, static_batches
from openmimo.core.errors import InputError, OpenMimoError
from openmimo.engine.config import EngineConfig
from openmimo.engine.engine import TorchEngine
from openmimo.engine.request import Request
from openmimo.model.config import ModelConfig
from openmimo.model.mimo import MiMo


def test_the_mixed_workload_is_seeded_and_reaches_its_ends() -> None:
    requests = mixed(1, 2000, 500)
    assert mixed(1, 2000, 500) == requests != mixed(2, 2000, 500)
    prompts, answers = [len(request.prompt) for request in requests], [request.max_tokens for request in requests]
    assert (min(prompts), max(prompts), min(answers), max(answers)) == (20, 200, 16, 256)
    assert {token for request in requests for token in request.prompt} == set(range(500))
    assert not any(request.stop_ids for request in requests)


def test_equal_requests_are_equal_in_length_and_in_nothing_else() -> None:
    requests = [request for batch in (1, 8, 32) for seed in range(3) for request in equal(seed, batch, 16, 128, 49152)]
    assert {(len(request.prompt), request.max_tokens) for request in requests} == {(16, 128)}
    assert len({request.prompt[0] for request in requests}) > len(requests) / 2
    assert len({request.prompt for request in requests}) == len(requests)
    assert equal(2, 8, 16, 128, 49152) == equal(2, 8, 16, 128, 49152)


def test_static_batches_are_sorted_by_prompt_and_lose_nothing() -> None:
    requests = mixed(3, 70, 500)
    batches = static_batches(requests, 32)
    assert [len(batch) for batch in batches] == [32, 32, 6]
    lengths = [len(request.prompt) for batch in batches for request in batch]
    assert lengths == sorted(lengths)
    assert sorted(map(id, requests)) == sorted(id(request) for batch in batches for request in batch)


def test_sides_take_turns_at_the_same_work() -> None:
    said: list[tuple[str, int]] = []

    def side(name: str) -> decode.Side:
        def answer(requests: Sequence[Request]) -> float:
            said.append((name, requests[0].max_tokens))
            return 10.0 * len(said)

        return answer

    rounds = [[Request((1,), tokens)] for tokens in (5, 6, 7)]
    seen: list[Sequence[Request]] = []
    rates = in_turns({name: side(name) for name in "abc"}, rounds, seen.append)
    assert said == [("a", 5), ("b", 5), ("c", 5), ("b", 6), ("c", 6), ("a", 6), ("c", 7), ("a", 7), ("b", 7)]
    assert rates == {"a": [10.0, 60.0, 80.0], "b": [20.0, 40.0, 90.0], "c": [30.0, 50.0, 70.0]}
    assert seen == [rounds[0]] * 3 + [rounds[1]] * 3 + [rounds[2]] * 3


def test_ratios_are_of_rounds() -> None:
    rates = {"ours": [10.0, 90.0, 30.0], "theirs": [20.0, 30.0, 20.0]}
    assert ratio(rates, "ours", "theirs") == 1.5
    assert ratio(rates, "theirs", "ours") == pytest.approx(2 / 3)
    assert middle(rates, "ours") == 30.0


def test_a_peer_is_paid_for_what_was_asked_and_not_for_what_it_padded() -> None:
    class Slow:
        asked: list[int]

        def answer(self, requests: Sequence[Request]) -> tuple[list[list[int]], float]:
            self.asked.append(len(requests))
            return [[0] * 100 for _ in requests], 2.0

    slow = Slow()
    slow.asked = []
    requests = [Request((1,) * (5 - number), number + 1) for number in range(5)]
    assert decode._peer_rate(slow, 2, requests) == 15 / 6.0  # type: ignore[arg-type]
    assert decode._peer_rate(slow, None, requests) == 15 / 2.0  # type: ignore[arg-type]
    assert slow.asked == [2, 2, 1, 5]


def test_every_row_comes_from_its_sides() -> None:
    speeds = {"ours": 90.0, "int8": 120.0, "uncompiled": 30.0, "transformers": 40.0, "vllm": 60.0, "llamacpp": 150.0}
    asked: dict[str, list[int]] = {name: [] for name in speeds}

    def side(name: str) -> decode.Side:
        def answer(requests: Sequence[Request]) -> float:
            asked[name].append(len(requests))
            return speeds[name] * len(requests)

        return answer

    sizes = decode._Sizes(alone=2, batched=1, mixed=1, answer=4, answers=(2, 4), requests=5)
    rows = {row.name: row for row in decode._rows(*decode._rates({name: side(name) for name in speeds}, sizes, 100))}
    warming, alone, batched, of_mixed = [1, 8, 32], [1, 1], [8, 32], [5]
    assert asked["ours"] == asked["vllm"] == warming + alone + batched + of_mixed
    assert asked["uncompiled"] == warming + alone + batched
    assert asked["llamacpp"] == warming + alone
    assert {name: row.target for name, row in rows.items() if row.target} == {"b1.vs_transformers": 1.5, "mixed256.vs_transformers": 1.6}
    assert rows["b1.vs_transformers"].value == rows["mixed256.vs_transformers"].value == 2.25
    assert rows["b1.int8.vs_transformers"].value == rows["mixed256.int8.vs_transformers"].value == 3.0
    assert rows["b1.uncompiled.vs_transformers"].holds is None
    assert rows["b1.vs_llamacpp_q8"].value == 0.8
    assert rows["mixed256.vs_vllm"].value == 1.5
    assert rows["decode.32.vllm"].value == 32 * 60.0
    assert rows["llamacpp.q8.b1"].value == 150.0
    by_batch = {f"decode.{batch}.{name}" for batch in (1, 8, 32) for name in ("ours", "int8", "uncompiled", "transformers", "vllm")}
    assert by_batch == {name for name in rows if name.startswith("decode.")}


def test_our_rate_counts_every_token_of_every_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    model = MiMo(ModelConfig(40, 16, 24, 1, 2, 1, 8, 64))
    model.start(1)
    clock = iter([10.0, 12.0])
    engine = TorchEngine(model.eval(), EngineConfig(cache_tokens=256, kernels="torch"))
    monkeypatch.setattr("openmimo.bench.ours.time.perf_counter", lambda: next(clock))
    assert rate(engine, [Request((1, 2, 3), 5), Request((4,), 9)]) == 7.0


def test_what_is_missing_is_told_with_the_way_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "ROOT", tmp_path)
    with pytest.raises(InputError, match="make peers"):
        decode.measure(quick=True)


def test_a_peer_that_dies_is_an_error_and_not_a_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "peers" / "transformers" / "decode.py"
    program.parent.mkdir(parents=True)
    program.write_text("import os\nprint('{}', flush=True)\ninput()\nos.close(0)\nos._exit(1)\n", encoding="utf-8")
    monkeypatch.setattr(peers, "ROOT", tmp_path)
    with peers.peer("transformers", tmp_path, 1) as started:
        for _ in range(2):
            with pytest.raises(OpenMimoError, match="transformers has ended"):
                started.answer([Request((1, 2), 3)])
