"""The likeliest tokens of every place are those of the plain model, however a request is run."""

import math
import random
from collections import defaultdict
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from openmimo.core.errors import ConfigError
from openmimo.engine.config import EngineConfig
from openmimo.engine.engine import TorchEngine
from openmimo.engine.request import Ending, Finished, News, Request, Thinking, Top
from openmimo.engine.sample import Sampling
from openmimo.engine.step import likeliest
from openmimo.model.config import ModelConfig
from openmimo.model.mimo import MiMo

BEGIN, END = 38, 39
WAYS: dict[str, dict[str, Any]] = {
    "batched": {},
    "in parts": {"chunk": 7},
    "drafted by three layers": {"draft": "mtp", "drafted": 3},
    "drafted from the past": {"draft": "suffix", "drafted": 3},
    "pre-empted with drafts": {"cache_tokens": 144, "block": 4, "chunk": 31, "draft": "mtp", "drafted": 2},
}


def fresh() -> MiMo:
    model = MiMo(ModelConfig(40, 24, 40, 2, 4, 2, 8, 96, num_nextn_predict_layers=3))
    model.start(1)
    return model.eval()


def asked(count: int) -> list[Request]:
    """Random requests for 0 to 20 tops, many with a beginning in common, half of them with their prompt scored, too."""
    rng = random.Random(count)
    common = [rng.randrange(38) for _ in range(20)]
    made = []
    for number in range(count):
        wild = Sampling(1.2, top_k=9, seed=number, logit_bias=((7, 3.0),))
        made.append(
            Request(
                common + [rng.randrange(38) for _ in range(number % 3)] + [BEGIN] * (number % 4 == 3),
                rng.randint(12, 40),
                frozenset({rng.randrange(10, 38)}),
                Sampling() if number % 2 else wild,
                mask=(lambda ids: torch.arange(40) % 3 != len(ids) % 3) if number % 5 == 4 else None,
                prompt_logprobs=number % 4 > 1,
                group="all",
                thinking=Thinking(2, BEGIN, END, (END, 7)) if number % 4 == 3 else None,
                top_logprobs=(0, 5, 1, 20, 3)[number % 5],
            )
        )
    return made


def run(engine: TorchEngine, requests: Sequence[Request]) -> tuple[list[Finished], dict[int, list[News]]]:
    numbers = [engine.submit(request) for request in requests]
    heard = defaultdict[int, list[News]](list)
    while engine.busy:
        for news in engine.step():
            heard[news.id].append(news)
    ended = [heard[number][-1].finished for number in numbers]
    return [sample for sample in ended if sample], heard


@torch.inference_mode()
def log_shares(model: MiMo, ids: Sequence[int]) -> Tensor:
    """The log-probabilities of all tokens after each of `ids` but the last, in one plain forward pass."""
    return torch.log_softmax(model(torch.tensor([ids]))[0, :-1].float(), -1)


def check(tops: Sequence[Top], logs_TV: Tensor, count: int) -> None:
    """Each is what sorting says; where tokens are as good as equal, either may come first."""
    for top, logs_V in zip(tops, logs_TV, strict=True):
        assert len(top) == count
        assert [log for _, log in top] == pytest.approx(logs_V.topk(count).values.tolist(), abs=1e-5)
        assert [log for _, log in top] == pytest.approx([float(logs_V[token]) for token, _ in top], abs=1e-5)
        assert len({token for token, _ in top}) == count


@pytest.mark.parametrize("kernels", ["native", "torch"])
@pytest.mark.parametrize("way", WAYS)
def test_every_way_gives_the_tops_of_the_plain_model(way: str, kernels: str) -> None:
    model, requests = fresh(), asked(12)
    engine = TorchEngine(model, EngineConfig(**{"cache_tokens": 2048, "block": 4, **WAYS[way]}, kernels=kernels))
    samples, heard = run(engine, requests)
    assert any(sample.preempted for sample in samples) == way.startswith("pre-empted"), "the way was not taken"
    assert any(engine.statistics.accepted) == ("draft" in way), "the way was not taken"
    assert any(sample.cached for sample in samples)
    assert any(sample.forced for sample in samples)
    for request, sample in zip(requests, samples, strict=True):
        logs_TV, before, count = log_shares(model, [*request.prompt, *sample.ids]), len(request.prompt) - 1, request.top_logprobs
        drawn = [place for place in range(len(sample.ids)) if place not in sample.forced]
        check([sample.top[place] for place in drawn], logs_TV[before:][drawn], count)
        assert all(sample.top[place] == () and sample.logprobs[place] == 0.0 for place in sample.forced)
        for token, logprob, top in zip(sample.ids, sample.logprobs, sample.top, strict=True):
            assert dict(top).get(token, logprob) == logprob, "the token's own number is one and the same"
        if request.prompt_logprobs and count:
            assert sample.prompt_top is not None
            check(sample.prompt_top, logs_TV[:before], count)
        else:
            assert sample.prompt_top is None
        told = heard[sample.id]
        assert sample.ids == tuple(token for news in told for token in news.ids)
        assert sample.logprobs == tuple(log for news in told for log in news.logprobs)
        assert sample.top == tuple(top for news in told for top in news.top)
        starts = accumulate((len(news.ids) for news in told), initial=0)
        assert sample.forced == tuple(start + place for start, news in zip(starts, told, strict=False) for place in news.forced)
        assert all(len(news.ids) == len(news.logprobs) == len(news.top) for news in told)


def test_native_tops_are_the_same_bits_alone_and_in_any_batch() -> None:
    model, requests = fresh(), asked(12)
    tight, alone = (
        run(TorchEngine(model, EngineConfig(**{"cache_tokens": 2048, **ways}, kernels="native")), requests)[0]
        for ways in (WAYS["pre-empted with drafts"], {"rows": 1})
    )
    assert [(sample.ids, sample.top, sample.prompt_top) for sample in tight] == [
        (sample.ids, sample.top, sample.prompt_top) for sample in alone
    ]


def test_a_prompt_that_the_cache_knows_is_scored_to_its_first_token() -> None:
    engine = TorchEngine(fresh(), EngineConfig(cache_tokens=256, block=4))
    prompt = list(range(20))
    wished = Request(prompt, 3, prompt_logprobs=True, top_logprobs=4)
    (first,), _ = run(engine, [wished])
    (plain,), _ = run(engine, [Request(prompt, 3)])
    (again,), _ = run(engine, [wished])
    assert (plain.cached, again.cached) == (16, 0), "it is in the cache, and is read for its scores nevertheless"
    assert first.prompt_logprobs is not None
    assert len(first.prompt_logprobs) == 19
    assert (again.prompt_logprobs, again.prompt_top, again.top) == (first.prompt_logprobs, first.prompt_top, first.top)


def test_new_weights_and_a_cancel_keep_what_was_told_aligned() -> None:
    engine = TorchEngine(fresh(), EngineConfig(cache_tokens=256, block=4, draft="suffix"))
    number = engine.submit(Request([5, BEGIN], 30, thinking=Thinking(0, BEGIN, END, (END, 7)), top_logprobs=2))
    heard = engine.step()
    assert [(news.ids, news.logprobs, news.top) for news in heard[:1]] == [((END, 7), (0.0, 0.0), ((), ()))]
    engine.load_weights(engine.model.state_dict())
    heard += engine.step()
    engine.cancel(number)
    heard += engine.step()
    sample = heard[-1].finished
    assert sample is not None
    assert (heard[-1].ids, heard[-1].top, sample.ending) == ((), (), Ending.CANCELLED)
    assert sample.top == tuple(top for news in heard for top in news.top)
    assert [len(top) for top in sample.top] == [0, 0] + [2] * (len(sample.ids) - 2)


@given(st.lists(st.tuples(st.lists(st.integers(-2, 2), min_size=6, max_size=6), st.integers(0, 9)), min_size=1, max_size=5))
def test_of_equals_the_smaller_id_comes_first(rows: list[tuple[list[int], int]]) -> None:
    logits_MV = torch.tensor([row for row, _ in rows], dtype=torch.float32)
    logs_MV = torch.log_softmax(logits_MV, -1)
    known = [place % 6 for place in range(len(rows))]
    own = logs_MV[torch.arange(len(rows)), known].tolist()
    for (row, count), place, top in zip(
        rows, range(len(rows)), likeliest(logits_MV, known, own, [count for _, count in rows]), strict=True
    ):
        assert [token for token, _ in top] == sorted(range(6), key=lambda token: (-row[token], token))[:count]
        assert all(math.isclose(log, float(logs_MV[place, token]), abs_tol=1e-6) for token, log in top)


@pytest.mark.parametrize("count", [-1, 21])
def test_a_bad_number_of_tops_is_named(count: int) -> None:
    with pytest.raises(ConfigError, match=f"top_logprobs: must be from 0 to 20, not {count}"):
        Request([1], 1, top_logprobs=count)
