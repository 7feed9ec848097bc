"""Minutes of random requests, cancels and new weights: no block is lost, nobody waits for ever, every word is right, memory is flat.

Eight seconds with each kind of draft; `OPENMIMO_SOAK=1` makes it forty minutes.
"""

import gc
import os
import random
import time
from collections import Counter
from collections.abc import Sequence
from statistics import median

import pytest
import torch
from torch import Tensor

from openmimo.core.memory import resident_bytes
from openmimo.engine.config import EngineConfig
from openmimo.engine.draft import SuffixDrafter
from openmimo.engine.engine import TorchEngine
from openmimo.engine.request import Ending, Finished, Request, Thinking
from openmimo.engine.sample import Sampling, choose, knobs
from openmimo.model.config import ModelConfig
from openmimo.model.logprob import logprobs
from openmimo.model.mimo import MiMo

SECONDS = 2400 if os.environ.get("OPENMIMO_SOAK") else 8
ROUNDS = 100  # between two inspections
CONFIG = ModelConfig(30, 8, 8, 1, 2, 1, 4, 48, num_nextn_predict_layers=2)
STOP, BEGIN, END = 0, 3, 4
FLAT = 1e6  # bytes that a third of the time may add


def fresh(seed: int) -> MiMo:
    model = MiMo(CONFIG)
    model.start(seed)
    return model.eval()


def thirds(ids: Sequence[int]) -> Tensor | None:
    """A mask that forbids a third of the tokens, another one at every place, and none at some."""
    return None if len(ids) % 5 == 4 else torch.arange(30) % 3 != len(ids) % 3


def asked(rng: random.Random) -> Request:
    prompt = [rng.choice([1, 2])] * rng.choice([0, 8, 16]) + [rng.randrange(30) for _ in range(rng.randint(1, 11))]
    thinking = Thinking(rng.choice([0, 2, 6]), BEGIN, END, rng.choice([(END,), (9, END, 9)])) if rng.random() < 0.3 else None
    bias = ((BEGIN, 3.0), (rng.randrange(30), -2.0)) if rng.random() < 0.3 else ()
    return Request(
        prompt + [BEGIN] * rng.randint(0, 1),
        rng.randint(4 if thinking else 1, 20),
        frozenset({STOP}),
        Sampling(rng.choice([0.0, 1.0, 1.0]), seed=rng.randrange(99), logit_bias=bias),
        mask=thirds if rng.random() < 0.2 else None,
        prompt_logprobs=rng.random() < 0.1,
        group=rng.choice([None, "one", "two"]),
        thinking=thinking,
        top_logprobs=rng.choice([0, 0, 3]),
    )


@pytest.mark.parametrize("draft", ["off", "mtp", "suffix"])
def test_random_requests_cancels_and_reloads(draft: str) -> None:
    models = {0: fresh(1)}  # by version
    engine = TorchEngine(fresh(1), EngineConfig(cache_tokens=120, block=4, chunk=24, rows=12, draft=draft, drafted=2))
    rng, submitted, ended = random.Random(1), dict[int, Request](), dict[int, Finished]()
    seen, memory, rounds, started = Counter[str](), list[int](), 0, time.monotonic()
    while len(memory) < 9 or time.monotonic() - started < SECONDS:
        rounds += 1
        for _ in range(rng.choice([0, 1, 1, 6])):
            request = asked(rng)
            submitted[engine.submit(request)] = request
        if rng.random() < 0.2 and (open_ := sorted(submitted.keys() - ended.keys())):
            engine.cancel(rng.choice(open_[-20:]))
        if rng.random() < 0.01:
            model = fresh(rounds)
            engine.load_weights(model.state_dict())
            models[engine.version] = model
        for _ in range(rng.randint(0, 4)):
            ended |= {news.id: news.finished for news in engine.step() if news.finished}
        if rounds % ROUNDS == 0:
            ended |= {sample.id: sample for sample in engine.finished()}
            assert (engine.pool.used, engine.pool.available) == (0, engine.pool.blocks)
            assert not isinstance(engine.drafter, SuffixDrafter) or not (engine.drafter._followed or engine.drafter._read)
            assert submitted.keys() == ended.keys()
            for number, sample in ended.items():
                check(submitted[number], sample)
                seen.update(kinds(submitted[number], sample))
                if len(set(sample.versions)) == 1:
                    check_words(models[sample.versions[0]], submitted[number], sample)
                    seen["compared"] += 1
            submitted, ended, models = {}, {}, {engine.version: models[engine.version]}
            gc.collect()
            memory.append(resident_bytes())
    third = len(memory) // 3
    assert all(seen[kind] > 9 for kind in ("compared", "cancelled", "cached", "preempted", "forced", "masked", "reloaded")), seen
    assert (sum(engine.statistics.accepted) > 99) == (draft != "off")
    assert median(memory[-third:]) - median(memory[third : 2 * third]) < FLAT, [now // 1000 for now in memory]


def check(request: Request, sample: Finished) -> None:
    """It ended as it should."""
    assert len(sample.logprobs) == len(sample.top) == len(sample.versions) == len(sample.ids)
    assert sample.ending != Ending.LENGTH or len(sample.ids) == request.max_tokens
    assert STOP not in sample.ids[:-1]
    assert sample.ending == Ending.CANCELLED or (sample.ids[-1] == STOP) == (sample.ending == Ending.STOP)
    assert (sample.prompt_logprobs is not None) == request.prompt_logprobs
    if sample.prompt_logprobs is not None and sample.ending != Ending.CANCELLED:
        assert len(sample.prompt_logprobs) == len(request.prompt) - 1


def kinds(request: Request, sample: Finished) -> list[str]:
    """What happened to it."""
    happened = {
        "cancelled": sample.ending == Ending.CANCELLED,
        "cached": sample.cached,
        "preempted": sample.preempted,
        "forced": sample.forced,
        "masked": request.mask,
        "reloaded": len(set(sample.versions)) > 1,
    }
    return [kind for kind, did in happened.items() if did]


@torch.inference_mode()
def check_words(model: MiMo, request: Request, sample: Finished) -> None:
    """Each token is what the plain model says after those before it: by induction what it says token by token."""
    text, asked_for = [*request.prompt, *sample.ids], len(request.prompt)
    logits_TV = model(torch.tensor([text[:-1]]))[0]
    expected = logprobs(logits_TV, torch.tensor(text[1:])).tolist()
    places = put_in(request, sample.ids)
    assert list(sample.forced) == places
    likely_T = torch.log_softmax(logits_TV, -1)[asked_for - 1 :].topk(request.top_logprobs).values.tolist()
    for place, (top, likely) in enumerate(zip(sample.top, likely_T, strict=True)):
        assert [log for _, log in top] == pytest.approx([] if place in places else likely, abs=1e-4)
    for place in places:
        expected[asked_for - 1 + place] = 0.0
    assert sample.logprobs == pytest.approx(expected[asked_for - 1 :], abs=1e-4)
    if sample.prompt_logprobs is not None and sample.ending != Ending.CANCELLED:
        assert sample.prompt_logprobs == pytest.approx(expected[: asked_for - 1], abs=1e-4)
    if drawn := [place for place in range(len(sample.ids)) if place not in places]:
        tokens = torch.tensor([sample.ids[place] for place in drawn])
        after = torch.tensor(drawn) + asked_for
        logits_MV = logits_TV[after - 1]
        # Steps of other shapes differ in the last bits: where two tokens are as good as equal, either is right.
        logits_MV[torch.arange(len(drawn)), tokens] += 1e-4
        allowed = [request.mask(sample.ids[:place]) if request.mask else None for place in drawn]
        allowed_MV = torch.stack([torch.ones(30, dtype=torch.bool) if some is None else some for some in allowed])
        settings = knobs([request.sampling] * len(drawn), logits_MV.device)
        assert choose(logits_MV, settings, after, allowed_MV).tolist() == tokens.tolist()


def put_in(request: Request, ids: Sequence[int]) -> list[int]:
    """The places where the budget ends reasoning, which must hold the tokens for that."""
    places: list[int] = []
    said = 0
    while request.thinking and said < len(ids):
        marks = [token for token in (*request.prompt, *ids[:said]) if token in (STOP, BEGIN, END)]
        if said >= request.thinking.tokens and marks[-1:] == [BEGIN]:
            close = request.thinking.close[: request.max_tokens - said]
            assert tuple(ids[said : said + len(close)]) == close
            places += range(said, said + len(close))
            said += len(close)
        else:
            said += 1
    return places
