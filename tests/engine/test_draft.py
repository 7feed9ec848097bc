"""Drafts are what they are said to be, and whatever they are the samples have exactly the model's distribution."""

from collections import Counter
from collections.abc import Sequence
from itertools import product

import pytest
import torch

from openmimo.core.errors import ConfigError, InputError
from openmimo.engine.config import EngineConfig
from openmimo.engine.draft import Computed, SuffixDrafter
from openmimo.engine.engine import TorchEngine
from openmimo.engine.generate import complete
from openmimo.engine.request import Live, Request
from openmimo.engine.sample import Sampling
from openmimo.model.config import ModelConfig
from openmimo.model.mimo import MiMo

DRAWS = 4000


def model_of(vocabulary: int, layers: int = 3, seed: int = 1) -> MiMo:
    model = MiMo(ModelConfig(vocabulary, 24, 40, 2, 4, 2, 6, 64, num_nextn_predict_layers=layers))
    model.start(seed)
    return model


@torch.inference_mode()
def defined(model: MiMo, ids: list[int], drafted: int) -> list[int]:
    """The naive twin: greedy drafts after `ids` from whole rows without a cache, as training computes them."""
    row, last = list(ids), len(ids) - 2
    for layer in range(drafted):
        row_1T = torch.tensor([row])
        ahead_1TD = model.ahead(layer, model.hidden(row_1T), row_1T, torch.arange(len(row))[None], model.sight(row_1T))
        row.append(int(model.head(ahead_1TD[0, last]).argmax()))
    return row[len(ids) :]


@pytest.mark.parametrize("chunk", [5, 100])
def test_the_layers_draft_what_training_taught_them(chunk: int) -> None:
    model = model_of(40)
    engine = TorchEngine(model, EngineConfig(cache_tokens=512, block=4, chunk=chunk, draft="mtp", drafted=3))
    for number in range(3):
        engine.submit(Request([number, 5, *range(number * 4)], 20))
    compared = 0
    while engine.busy:
        engine.step()
        for live in engine.scheduler.running:
            if live.drafts:
                assert live.drafts == defined(model, live.ids, len(live.drafts))
                compared += len(live.drafts) == 3
    assert compared > 10


@pytest.mark.parametrize("draft", ["mtp", "suffix"])
@pytest.mark.parametrize("narrow", [{}, {"top_p": 0.8}])
def test_samples_with_drafts_have_the_exact_distribution(draft: str, narrow: dict[str, float]) -> None:
    """Chi-square over the first three tokens, of which the second and third are drafted."""
    model, prompt, temperature = model_of(4), [1, 2, 1, 2, 1], 2.0
    engine = TorchEngine(model, EngineConfig(cache_tokens=2048, block=4, draft=draft, drafted=2))
    for seed in range(DRAWS):
        engine.submit(Request(prompt, 4, sampling=Sampling(temperature, seed=seed, **narrow), group="all"))
    found = Counter(sample.ids[:3] for sample in engine.finished())
    assert engine.statistics.accepted[0] > DRAWS / 10, "too few drafts held for the test to say anything"
    assert engine.statistics.accepted[0] < engine.statistics.drafted[0], "no draft was turned down"
    expected = {ids: chance(model, prompt, ids, temperature, **narrow) for ids in product(range(4), repeat=3)}
    assert all(expected[ids] > 0 for ids in found)
    cells = [(found[ids], DRAWS * share) for ids, share in expected.items() if share > 0]
    assert min(wanted for _, wanted in cells) > 5
    chi_square = sum((seen - wanted) ** 2 / wanted for seen, wanted in cells)
    assert chi_square < {64: 103.4}.get(len(cells), len(cells) * 2)  # one in a thousand with sixty-three degrees of freedom


@torch.inference_mode()
def chance(model: MiMo, prompt: list[int], ids: Sequence[int], temperature: float, top_p: float = 1.0) -> float:
    """The probability of `ids` after the prompt, token by token from the plain model."""
    share = 1.0
    for place in range(len(ids)):
        shares_V = torch.softmax(model(torch.tensor([[*prompt, *ids[:place]]]))[0, -1] / temperature, -1)
        order = shares_V.argsort(descending=True)
        kept = order[shares_V[order].cumsum(0) - shares_V[order] < top_p]
        share *= float(shares_V[ids[place]] / shares_V[kept].sum()) if ids[place] in kept else 0.0
    return share


def test_statistics_count_every_place_of_the_drafts() -> None:
    engine = TorchEngine(model_of(4), EngineConfig(cache_tokens=256, draft="mtp", drafted=3))
    engine.submit(Request([1, 2], 30))
    (sample,) = engine.finished()
    statistics = engine.statistics
    assert statistics.tokens == len(sample.ids) == statistics.steps + sum(statistics.accepted)
    assert list(statistics.accepted) == sorted(statistics.accepted, reverse=True)
    assert statistics.drafted[0] >= statistics.drafted[2] > 0
    assert statistics.acceptance[0] == statistics.accepted[0] / statistics.drafted[0]


def test_trunk_and_draft_share_their_luck() -> None:
    """Of four tokens nearly alike in probability, two that drew apart would agree one time in four."""
    engine = TorchEngine(model_of(4), EngineConfig(cache_tokens=1024, draft="mtp", drafted=3))
    for seed in range(10):
        engine.submit(Request([1, 2], 60, sampling=Sampling(3.0, seed=seed)))
    assert len(list(engine.finished())) == 10
    assert (
        min(held / max(reached, 1) for held, reached in zip(engine.statistics.accepted[1:], engine.statistics.accepted, strict=False)) > 0.5
    )
    assert engine.statistics.acceptance[0] > 0.5


def test_a_stop_token_within_the_drafts_ends_the_answer_there() -> None:
    model = model_of(4)
    (plain,) = complete(model, [[1, 2]], 20, frozenset())
    for stop in set(plain):
        engine = TorchEngine(model, EngineConfig(cache_tokens=256, draft="mtp", drafted=3))
        engine.submit(Request([1, 2], 20, frozenset({stop})))
        (sample,) = engine.finished()
        assert list(sample.ids) == plain[: plain.index(stop) + 1]


def test_what_cannot_be_drafted_is_refused() -> None:
    with pytest.raises(InputError, match=r"2 tokens cannot be drafted with 1 MTP layers(.|\n)*suffix"):
        TorchEngine(model_of(8, layers=1), EngineConfig(cache_tokens=64, draft="mtp", drafted=2))
    with pytest.raises(ConfigError, match="draft: there is no draft 'dice'"):
        EngineConfig(draft="dice")


def live(number: int, ids: list[int], group: str | None = None) -> Live:
    return Live(number, Request(ids, 50, group=group), ids, 99)


def test_a_suffix_is_looked_up_in_the_request_and_in_its_group() -> None:
    drafter = SuffixDrafter()
    first, second, stranger = live(0, [1, 2, 3, 4, 5], "a"), live(1, [9, 2, 3], "a"), live(2, [8, 2, 3])
    for one in (first, second, stranger):
        drafter.begin(one)
    done = [Computed(one, 0, len(one.ids) - 1, 2) for one in (first, second, stranger)]
    assert drafter.propose(done) == [[], [4, 5], []]
    first.ids += [1, 2]
    assert drafter.propose([Computed(first, 4, 6, 3)]) == [[3, 4, 5]]
    drafter.end(first)
    assert drafter.propose(done[1:2]) == [[4, 5]], "the group remembers while one of it is there"
    drafter.end(second)
    drafter.begin(second)
    assert drafter.propose(done[1:2]) == [[]]
