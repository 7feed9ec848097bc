"""The benchmark of training gives all sides the same work, counts it right, and compares within rounds. Its peer is not run here."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch
from torch.nn import functional as F

from openmimo.bench import peers, train, train_ours, train_work
from openmimo.bench.trainers import Step, trainer
from openmimo.core.errors import InputError, OpenMimoError
from openmimo.model.config import ModelConfig
from openmimo.model.mimo import MiMo
from openmimo.train.batches import Batch
from openmimo.train.optimiser import adamw

TINY = ModelConfig(10, 4, 6, 2, 2, 1, 2, 64, qkv_bias=False, num_nextn_predict_layers=1)


def test_rows_are_seeded_full_and_of_mixed_documents() -> None:
    batch = train_work.packed(1, 40, 384, 1000)
    assert torch.equal(batch.ids_BT, train_work.packed(1, 40, 384, 1000).ids_BT)
    assert not torch.equal(batch.ids_BT, train_work.packed(2, 40, 384, 1000).ids_BT)
    assert batch.ids_BT.shape == batch.positions_BT.shape == (40, 384)
    assert 0 <= int(batch.ids_BT.min()) < int(batch.ids_BT.max()) < 1000
    assert bool(batch.learn_BT.all())
    lengths = []
    for positions, documents in zip(batch.positions_BT, batch.documents_BT, strict=True):
        of_row = documents.bincount().tolist()
        assert positions.tolist() == [place for length in of_row for place in range(length)]
        lengths += of_row[:-1]  # the last is cut where the row ends
    assert min(lengths) < 24
    assert max(lengths) > 200
    assert min(lengths) >= train_work.SHORTEST


def test_flops_are_those_counted_by_hand() -> None:
    # A block: q, o 4x4; k, v 4x2; gate, up, down 4x6; two norms of 4. Then the last norm and a head of 10x4.
    weights = 2 * (16 + 16 + 8 + 8 + 3 * 24 + 8) + 4 + 40
    # Documents of 3 tokens and 1: 1 + 2 + 3 + 1 pairs; q times k and weights times v, forward and twice that backward.
    pairs_times = 3 * 2 * (2 * 2 * 2) * 2 * (1 + 2 + 3 + 1)
    positions_BT = torch.tensor([[0, 1, 2, 0]])
    assert train_work.flops(TINY, positions_BT) == 6 * weights * 4 + pairs_times
    assert train_work.flops(TINY.with_(tie_word_embeddings=True), positions_BT) == 6 * weights * 4 + pairs_times


def test_the_machine_s_rate_is_its_best(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train_work, "SQUARES", (8, 16))
    monkeypatch.setattr(train_work, "REPEATS", 2)
    clock = iter([0.0, 1.0, 0.0, 4.0, 0.0, 4.0, 0.0, 2.0])
    monkeypatch.setattr("openmimo.bench.train_work.time.perf_counter", lambda: next(clock))
    assert train_work.matmul_rate() == 2 * 16**3 / 2.0


def test_the_big_model_has_the_sizes_of_smollm2() -> None:
    assert train.M135.with_(num_nextn_predict_layers=0, qkv_bias=False).parameters == 134_515_008


def test_our_step_is_a_training_step_that_leaves_the_weights() -> None:
    model = MiMo(ModelConfig(40, 16, 24, 1, 2, 1, 8, 64, num_nextn_predict_layers=1))
    model.start(1)
    before = [weight.clone() for weight in model.parameters()]
    batch, optimiser = train_work.packed(0, 2, 48, 40), adamw(model, 1.0)
    trunk, mtp = (train_ours.step(model, optimiser, batch, way) for way in ("trunk", "mtp"))
    assert all(torch.equal(one, other) for one, other in zip(before, model.parameters(), strict=True))
    assert all(optimiser.state(weight) for weight in model.parameters())
    assert trunk.loss == mtp.loss == pytest.approx(alone(model, batch), rel=1e-2)
    assert mtp.grad_norm > trunk.grad_norm > 0
    assert mtp.peak > 0.9 * mtp.resident > 2**26  # bytes both: torch alone is more


def alone(model: MiMo, batch: Batch) -> float:
    """The mean loss of the batch's documents, each by itself in fp32."""
    losses = []
    for ids, documents in zip(batch.ids_BT, batch.documents_BT, strict=True):
        for document in documents.unique():
            of_one = ids[documents == document]
            losses += F.cross_entropy(model(of_one[None])[0, :-1], of_one[1:], reduction="none").tolist()
    return sum(losses) / len(losses)


def test_a_process_is_given_the_very_tokens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "peers" / "transformers" / "train.py"
    program.parent.mkdir(parents=True)
    keep = "open(sys.argv[1] + '/' + sys.argv[2], 'w').write(input())"
    answer = json.dumps({"seconds": 1.5, "loss": 2.5, "grad_norm": 3.5, "peak": 4})
    program.write_text(f"import sys\nprint('{{}}', flush=True)\n{keep}\nprint('{answer}', flush=True)\n", encoding="utf-8")
    monkeypatch.setattr(peers, "ROOT", tmp_path)
    monkeypatch.setattr("openmimo.bench.trainers.ROOT", tmp_path)
    batch = train_work.packed(5, 2, 40, 100)
    with trainer("transformers", tmp_path, 3) as started:
        assert started.step("eager", batch) == Step(1.5, 2.5, 3.5, 4)
        with pytest.raises(OpenMimoError, match="transformers has ended"):
            started.step("eager", batch)
    asked = json.loads((tmp_path / "3").read_text(encoding="utf-8"))
    assert asked["way"] == "eager"
    ours = train_work.batch_of(torch.tensor(asked["ids"]), torch.tensor(asked["positions"]))
    for part in ("ids_BT", "positions_BT", "documents_BT", "learn_BT"):
        assert torch.equal(getattr(ours, part), getattr(batch, part))


class Fake:
    """A process whose steps take what `SECONDS` says, and which keeps what it was asked."""

    SECONDS = {"trunk": 2.0, "mtp": 2.5, "eager": 5.0, "compiled": 3.0}  # noqa: RUF012

    def __init__(self, asked: list[tuple[str, tuple[int, ...]]]):
        self.asked = asked

    def step(self, way: str, batch: Batch) -> Step:
        self.asked.append((way, tuple(batch.ids_BT.flatten().tolist())))
        norm = 9.0 if way == "mtp" else 1.0
        return Step(self.SECONDS[way], 7.0, norm, 3 * 2**30 + len(self.asked), 2**30)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, tuple[int, ...]]]:
    """What the fake processes are asked, which stand where the real ones would."""
    asked: list[tuple[str, tuple[int, ...]]] = []

    @contextmanager
    def fake(name: str, folder: Path, threads: int) -> Iterator[Fake]:
        assert (folder / "config.json").exists()
        yield Fake(asked)

    monkeypatch.setattr(train, "trainer", fake)
    monkeypatch.setattr(train, "has_compiler", lambda: True)
    monkeypatch.setattr(train, "matmul_rate", lambda: 1e6)
    monkeypatch.setattr(train, "MODELS", tuple(train._Model(name, TINY, 2, 128, 3) for name in ("nano", "m135")))
    return asked


def test_every_row_comes_from_its_sides(asked: list[tuple[str, tuple[int, ...]]]) -> None:
    rows = {row.name: row for row in train.measure(quick=True)}
    of_speed = ["vs_transformers", "compiled_peer", "mtp_on", "matmul_share", "matmul_rate", "ours", "mtp", "transformers", "compiled"]
    of_memory = ["peak_gib", "growth_mb", "peer_peak_gib"]
    assert list(rows) == [f"nano.{name}" for name in of_speed] + [f"m135.{name}" for name in of_speed + of_memory]
    targets = {"nano.vs_transformers": 1.2, "m135.vs_transformers": 1.2, "m135.peak_gib": 10, "m135.growth_mb": train.FLAT}
    assert {name: row.target for name, row in rows.items() if row.target} == targets
    for name in ("nano", "m135"):
        assert rows[f"{name}.vs_transformers"].value == 2.5
        assert rows[f"{name}.compiled_peer"].value == 1.5
        assert rows[f"{name}.mtp_on"].value == pytest.approx(0.8)
        assert rows[f"{name}.ours"].value == 128.0
        assert rows[f"{name}.matmul_rate"].value == 1e-3
        needed = train_work.flops(TINY, train_work.packed(0, 2, 128, TINY.vocab_size).positions_BT)
        assert rows[f"{name}.matmul_share"].value == needed / 2.0 / 1e6
    assert rows["m135.peak_gib"].value == pytest.approx(3.0)
    assert rows["m135.growth_mb"].value == 0.0
    mixed = [ids for way, ids in asked[-train.MIXED_QUICK :] if way == "mtp"]
    assert {len(ids) for ids in mixed} == {16, 32, 48, 64}
    assert len(set(mixed)) == train.MIXED_QUICK


def test_sides_take_turns_at_the_same_tokens(asked: list[tuple[str, tuple[int, ...]]]) -> None:
    fake = Fake(asked)
    sides = {side: (lambda batch, way=way: fake.step(way, batch)) for side, (_, way) in train.WAYS.items()}
    batches = [train_work.packed(seed, 1, 16, 10) for seed in range(3)]
    rates, peaks = train.compared(sides, batches, TINY, lambda: None)
    counted = asked[train.WARM * len(sides) :]
    ways = ["trunk", "mtp", "eager", "compiled"]
    assert [way for way, _ in counted] == ways + ways[1:] + ways[:1] + ways[2:] + ways[:2]
    assert [ids for _, ids in counted] == [tuple(batch.ids_BT[0].tolist()) for batch in batches for _ in ways]
    assert rates["ours"] == [8.0] * 3
    assert peaks["transformers"] > 3 * 2**30


@pytest.mark.parametrize("change", [{"loss": 7.005}, {"grad_norm": 1.01}])
def test_a_side_that_does_other_work_is_named(asked: list[tuple[str, tuple[int, ...]]], change: dict[str, float]) -> None:
    fake = Fake(asked)
    sides = {side: (lambda batch, way=way: fake.step(way, batch)) for side, (_, way) in train.WAYS.items()}
    sides["compiled"] = lambda batch: Step(**{"seconds": 1.0, "loss": 7.0, "grad_norm": 1.0, "peak": 1} | change)
    with pytest.raises(OpenMimoError, match="compiled did other work than ours"):
        train.compared(sides, [train_work.packed(0, 1, 16, 10)], TINY, lambda: None)


def test_a_leak_shows_as_growth_and_what_comes_early_does_not() -> None:
    def growth(resident: list[int]) -> float:
        rows = train._memory("m135", dict.fromkeys(train.WAYS, 0), [Step(1.0, 1.0, 1.0, held, held) for held in resident])
        return {row.name: row.value for row in rows}["m135.growth_mb"]

    assert growth([min(step, 40) * 10**8 for step in range(300)]) == 0.0
    assert growth([10**9 + step * 10**6 for step in range(300)]) == 180.0
    assert growth([10**9 + (step % 7) * 10**8 for step in range(300)]) == 0.0


def test_without_a_compiler_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train, "has_compiler", lambda: False)
    with pytest.raises(InputError, match="no C\\+\\+ compiler"):
        train.measure(quick=True)
