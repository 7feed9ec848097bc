"""A token mask binds exactly the same with drafts as without, and is asked only what it said it would be.

The twin draws token by token from the plain model with the mask laid on its logits.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
import torch
from torch import Tensor

from openmimo.engine.config import EngineConfig
from openmimo.engine.engine import TorchEngine
from openmimo.engine.request import Ending, Finished, Mask, Request, Thinking
from openmimo.engine.sample import Sampling, choose, knobs
from openmimo.model.config import ModelConfig
from openmimo.model.mimo import MiMo

V, STOP, BEGIN, END = 24, 21, 22, 23
WAYS: dict[str, dict[str, Any]] = {
    "without drafts": {},
    "drafted by one layer": {"draft": "mtp", "drafted": 1},
    "drafted by three layers": {"draft": "mtp", "drafted": 3, "chunk": 17},
    "drafted from the past": {"draft": "suffix", "drafted": 4},
    "pre-empted with drafts": {"cache_tokens": 112, "block": 4, "draft": "suffix", "drafted": 2},
}


@pytest.fixture(scope="module")
def model() -> MiMo:
    model = MiMo(ModelConfig(V, 16, 24, 1, 2, 1, 8, 64, num_nextn_predict_layers=3))
    model.start(3)
    return model.eval()


@dataclass(frozen=True)
class Rule:
    """A mask that depends on what was said: after it only two thirds of the words may come, at every fifth place all."""

    prompt: Sequence[int]
    thinking: Thinking | None

    def __call__(self, ids: Sequence[int]) -> Tensor | None:
        put_in = self.thinking.close if self.thinking else ()
        for place, token in enumerate(ids):
            allowed_V = _allowed(ids[:place])
            assert token in put_in or allowed_V is None or allowed_V[token], "asked about what it forbids"
        assert STOP not in ids, "asked what comes after the end"
        assert not due(self.prompt, self.thinking, ids), "asked about a place that is not the model's"
        return _allowed(ids)


def _allowed(ids: Sequence[int]) -> Tensor | None:
    return None if len(ids) % 5 == 4 else torch.arange(V) % 3 != sum(ids) % 3


def due(prompt: Sequence[int], thinking: Thinking | None, said: Sequence[int]) -> bool:
    """Whether reasoning has had its tokens and goes on."""
    marks = [token for token in (*prompt, *said) if token in (STOP, BEGIN, END)]
    return thinking is not None and len(said) >= thinking.tokens and marks[-1:] == [BEGIN]


def requests(count: int) -> list[Request]:
    rng, made = random.Random(5), []
    for number in range(count):
        prompt = [rng.randrange(20) for _ in range(rng.randint(1, 12))]
        thinking = Thinking(rng.choice([0, 2, 6]), BEGIN, END, rng.choice([(END,), (END, 4)])) if number % 3 == 2 else None
        bias = ((BEGIN, 2.0), (3, 2.0), (4, 2.5), (5, 2.0))  # few words, said again and again: drafts will hold
        made.append(
            Request(
                prompt,
                rng.randint(15, 40),
                frozenset({STOP}),
                Sampling(0.0 if number % 2 else 0.8, seed=number, logit_bias=bias),
                mask=Rule(prompt, thinking) if number % 5 else None,
                group="all",
                thinking=thinking,
            )
        )
    return made


@torch.inference_mode()
def alone(model: MiMo, request: Request) -> list[int]:
    """Token by token from whole rows, with what a budget puts in."""
    said: list[int] = []
    while len(said) < request.max_tokens and said[-1:] != [STOP]:
        if request.thinking and due(request.prompt, request.thinking, said):
            said += request.thinking.close[: request.max_tokens - len(said)]
            continue
        logits_1V = model(torch.tensor([[*request.prompt, *said]]))[0, -1:]
        allowed_V = request.mask(said) if request.mask else None
        settings, after = knobs([request.sampling], logits_1V.device), torch.tensor([len(request.prompt) + len(said)])
        said.append(int(choose(logits_1V, settings, after, None if allowed_V is None else allowed_V[None])))
    return said


def run(engine: TorchEngine, asked: Sequence[Request]) -> list[Finished]:
    numbers = [engine.submit(request) for request in asked]
    ended = {sample.id: sample for sample in engine.finished()}
    assert engine.pool.used == 0
    return [ended[number] for number in numbers]


@pytest.mark.parametrize("kernels", ["native", "torch"])
@pytest.mark.parametrize("way", WAYS)
def test_every_way_under_a_mask_says_what_the_twin_says(model: MiMo, way: str, kernels: str) -> None:
    engine = TorchEngine(model, EngineConfig(**{"cache_tokens": 1024, **WAYS[way]}, kernels=kernels))
    samples = run(engine, asked := requests(20))
    assert [list(sample.ids) for sample in samples] == [alone(model, request) for request in asked]
    assert any(sample.forced for sample in samples)
    assert any(sample.ending is Ending.STOP for sample in samples)
    assert any(sample.preempted for sample in samples) == way.startswith("pre-empted")


@pytest.mark.parametrize("draft", ["mtp", "suffix"])
def test_drafts_hold_under_a_mask_and_save_steps(model: MiMo, draft: str) -> None:
    masked = [request for request in requests(20) if request.mask]
    engine = TorchEngine(model, EngineConfig(cache_tokens=1024, draft=draft, drafted=3))
    samples = run(engine, masked)
    longest = max(len(sample.ids) for sample in samples)
    statistics = engine.statistics
    assert statistics.accepted[0] > 20
    assert statistics.accepted[0] < statistics.drafted[0], "no draft was turned down"
    assert statistics.steps < statistics.tokens
    assert longest > 30


def counting(ids: Sequence[int]) -> Tensor:
    """Lets only 2, 3, 4, 2, 3, 4 ... be said."""
    return torch.arange(V) == 2 + len(ids) % 3


def test_drafts_that_a_mask_forbids_are_not_computed(model: MiMo) -> None:
    engine = TorchEngine(model, EngineConfig(cache_tokens=256, draft="suffix", drafted=3))
    engine.submit(Request([2, 3, 5] * 4, 9, mask=counting))
    engine.step()
    (live,) = engine.scheduler.running
    assert live.drafts == [3, 5, 2], "what came after 5 2 when it last came"
    engine.step()
    assert engine.statistics.drafted == engine.statistics.accepted == (1, 0, 0)
    assert live.answer == [2, 3, 4]


def _allows_nothing_after_4(ids: Sequence[int]) -> Tensor:
    return torch.full((V,), 4 not in ids)


def _breaks_after_4(ids: Sequence[int]) -> None:
    assert 4 not in ids, "a bug of the mask"


@pytest.mark.parametrize("mask, said", [(_allows_nothing_after_4, "allows no token"), (_breaks_after_4, "a bug of the mask")])
def test_a_draft_at_which_the_mask_fails_is_an_error_only_once_it_is_said(model: MiMo, mask: Mask, said: str) -> None:
    def engine() -> TorchEngine:
        return TorchEngine(model, EngineConfig(cache_tokens=256, draft="suffix", drafted=3))

    prompt, never, always = [2, 3, 4] * 4, Sampling(logit_bias=((2, 99.0), (4, -99.0))), Sampling(logit_bias=((4, 99.0),))
    (sample,) = run(engine(), [Request(prompt, 20, sampling=never, mask=mask)])
    assert (len(sample.ids), sample.ending, sample.failure) == (20, Ending.LENGTH, None)
    (sample,) = run(engine(), [Request(prompt, 20, sampling=always, mask=mask)])
    assert (sample.ids, sample.ending) == ((4,), Ending.FAILED)
    assert said in str(sample.failure)


@pytest.mark.parametrize("way", WAYS)
def test_a_mask_that_breaks_ends_its_own_request_and_no_other(model: MiMo, way: str) -> None:
    def breaking(after: int) -> Mask:
        def mask(ids: Sequence[int]) -> None:
            if len(ids) >= after:
                raise ZeroDivisionError(after)

        return mask

    sound, bad = requests(8), [replace(request, mask=breaking(place), stop_ids=frozenset()) for place, request in enumerate(requests(8))]
    samples = run(TorchEngine(model, EngineConfig(**{"cache_tokens": 1024, **WAYS[way]})), [*bad, *sound])
    assert [list(sample.ids) for sample in samples[8:]] == [alone(model, request) for request in sound]
    for place, sample in enumerate(samples[:8]):
        assert (sample.ending, str(sample.failure)) == (Ending.FAILED, str(place))
        assert len(sample.ids) - len(sample.forced) <= place <= len(sample.ids)
