"""The engine serves, refuses, cancels, reloads and forgets nothing."""

import threading
from collections.abc import Sequence
from typing import Any

import pytest
import torch
from torch import Tensor

from openmimo.core.errors import ConfigError, InputError, WeightsError
from openmimo.core.memory import resident_bytes
from openmimo.engine.config import EngineConfig
from openmimo.engine.engine import TorchEngine
from openmimo.engine.generate import complete
from openmimo.engine.request import Ending, Finished, Request, Thinking
from openmimo.engine.sample import Sampling
from openmimo.model.config import ModelConfig
from openmimo.model.logprob import logprobs
from openmimo.model.mimo import MiMo

CONFIG = ModelConfig(40, 32, 48, 2, 4, 2, 8, 64)
NOTHING: frozenset[int] = frozenset()


def fresh(seed: int = 4) -> MiMo:
    model = MiMo(CONFIG)
    model.start(seed)
    return model


def engine(model: MiMo | None = None, **config: int) -> TorchEngine:
    return TorchEngine(model or fresh(), EngineConfig(**{"cache_tokens": 256, "block": 4, **config}))


def served(where: TorchEngine, *requests: Request) -> list[Finished]:
    numbers = [where.submit(request) for request in requests]
    ended = {sample.id: sample for sample in where.finished()}
    assert where.pool.used == 0
    return [ended[number] for number in numbers]


@torch.inference_mode()
def scored(model: MiMo, ids: Sequence[int]) -> Tensor:
    """The log-probability of every token but the first, in one plain forward pass."""
    return logprobs(model(torch.tensor([ids]))[0, :-1], torch.tensor(ids[1:]))


def test_a_sample_has_the_models_own_log_probabilities_of_answer_and_prompt() -> None:
    model, prompt = fresh(), [3, 1, 4, 1, 5, 9, 2, 6]
    wild = Sampling(1.3, top_k=9, seed=2, logit_bias=((7, 2.0),))
    (sample,) = served(engine(model, chunk=3), Request(prompt, 12, sampling=wild, prompt_logprobs=True))
    expected = scored(model, [*prompt, *sample.ids])
    assert sample.prompt_logprobs is not None
    assert torch.allclose(torch.tensor([*sample.prompt_logprobs, *sample.logprobs]), expected, atol=1e-5)
    assert (len(sample.prompt_logprobs), len(sample.logprobs), sample.ending) == (7, 12, Ending.LENGTH)


def test_an_answer_ends_at_a_stop_token_or_with_the_context() -> None:
    model = fresh()
    (plain,) = complete(model, [[1, 2]], 10, NOTHING)
    stop = plain[3]
    first, second = served(engine(model), Request([1, 2], 10, frozenset([stop])), Request([1] * 60, 100))
    assert (list(first.ids), first.ending) == (plain[: plain.index(stop) + 1], Ending.STOP)
    assert (len(second.ids), second.ending) == (64 - 60 + 1, Ending.LENGTH)


@pytest.mark.parametrize(
    "prompt, cache, message",
    [
        ([], 256, "the prompt is empty"),
        ([1] * 64, 256, "64 tokens, and this model holds 64"),
        ([40], 256, "token id 40"),
        ([-1], 256, "token id -1"),
        ([1] * 30, 32, r"needs 39 tokens of cache, and the engine has 32(.|\n)*cache_tokens"),
    ],
)
def test_what_can_never_be_served_is_refused_at_once(prompt: list[int], cache: int, message: str) -> None:
    where = engine(cache_tokens=cache)
    with pytest.raises(InputError, match=message):
        where.submit(Request(prompt, 10))
    assert not where.busy


@pytest.mark.parametrize(
    "wish, name",
    [({"sampling": Sampling(logit_bias=((40, 1.0),))}, "logit_bias"), ({"thinking": Thinking(0, 1, 2, (2, 40))}, "thinking")],
)
def test_tokens_that_the_model_does_not_have_are_refused_at_once(wish: dict[str, Any], name: str) -> None:
    where = engine()
    with pytest.raises(InputError, match=f"{name} has token id 40, and the model's vocabulary has 40"):
        where.submit(Request([1], 10, **wish))
    assert not where.busy


@pytest.mark.parametrize("bad", [{"chunk": 0}, {"rows": 0}, {"block": 0}, {"cache_tokens": 3}])
def test_bad_sizes_are_named(bad: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match=next(iter(bad))):
        EngineConfig(**bad)
    with pytest.raises(ConfigError, match="max_tokens"):
        Request([1], 0)


def test_a_cancelled_request_ends_before_the_next_step_with_what_there_is() -> None:
    where = engine(rows=2)
    gone, stays, queued = (where.submit(Request([number], 20)) for number in (1, 2, 3))
    told = [news.ids for _ in range(4) for news in where.step() if news.id == gone]
    where.cancel(gone)
    where.cancel(queued)
    where.cancel(gone)  # a second time is no matter
    samples = {news.id: news.finished for news in where.step() if news.finished}
    assert list(samples) == [gone, queued]
    assert where.pool.used == where.pool.needed(5), "blocks are free at once"
    samples |= {sample.id: sample for sample in where.finished()}
    assert samples[gone].ending == samples[queued].ending == Ending.CANCELLED
    assert samples[gone].ids == tuple(token for ids in told for token in ids)
    assert (len(samples[gone].ids), len(samples[stays].ids)) == (4, 20)
    assert where.pool.used == 0


def test_statistics_say_what_there_is_to_do() -> None:
    def now() -> tuple[int, int, float]:
        statistics = where.statistics
        return statistics.running, statistics.waiting, statistics.cache_used

    where = engine(rows=2)  # and 64 blocks of 4
    numbers = [where.submit(Request([number] * 5, 20)) for number in range(5)]
    where.cancel(99)
    assert now() == (0, 5, 0.0), "submitted is as good as queued, and a cancel is no request"
    where.step()
    assert now() == (2, 3, 4 / 64)
    for number in numbers[2:]:
        where.cancel(number)
    for _ in range(4):
        where.step()
    assert now() == (2, 0, 6 / 64)
    assert len(list(where.finished())) == 2
    assert now() == (0, 0, 0.0), "what is only kept for others to find is not in use"


def test_requests_come_and_go_while_others_are_answered() -> None:
    model, where = fresh(), engine(fresh())
    where.submit(Request([1, 2, 3], 9))
    where.step()
    where.step()
    where.submit(Request([4], 3))
    order = [(sample.id, list(sample.ids)) for sample in where.finished()]
    assert order == [(1, complete(model, [[4]], 3, NOTHING)[0]), (0, complete(model, [[1, 2, 3]], 9, NOTHING)[0])]


def test_after_new_weights_nothing_old_is_left() -> None:
    """Those under way go on as if asked anew with what they have; prefixes of the old weights are not found."""
    where, other = engine(fresh(1)), fresh(2)
    served(where, Request([6] * 9, 2))
    where.submit(Request([5] * 9, 12))
    before = [token for _ in range(5) for news in where.step() for token in news.ids]
    where.load_weights(other.state_dict())
    (sample,) = where.finished()
    assert list(sample.ids[:5]) == before
    assert list(sample.ids[5:]) == complete(other, [[5] * 9 + before], 7, NOTHING)[0]
    assert sample.versions == (0,) * 5 + (1,) * 7
    (again,) = served(where, Request([6] * 9, 6))
    assert (list(again.ids), again.cached) == (complete(other, [[6] * 9], 6, NOTHING)[0], 0)


def test_weights_that_do_not_fit_change_nothing() -> None:
    where = engine(fresh(1))
    weights = {name: weight for name, weight in fresh(2).state_dict().items() if name != "model.norm.weight"}
    with pytest.raises(WeightsError, match=r"model\.norm\.weight"):
        where.load_weights(weights)
    assert torch.equal(where.model.lm_head.weight, fresh(1).lm_head.weight)


def test_a_mask_is_asked_with_the_answer_so_far() -> None:
    def counting(ids: Sequence[int]) -> Tensor | None:
        allowed = torch.zeros(40, dtype=torch.bool)
        allowed[len(ids) + 1] = True
        return allowed

    free, bound, half = served(
        engine(), Request([9], 6), Request([9], 6, mask=counting), Request([9], 6, mask=lambda ids: counting(ids) if len(ids) < 2 else None)
    )
    assert bound.ids == (1, 2, 3, 4, 5, 6)
    assert half.ids[:2] == (1, 2)
    assert free.ids == tuple(complete(fresh(), [[9]], 6, NOTHING)[0])


def test_a_mask_that_allows_nothing_ends_its_own_request_and_is_named() -> None:
    where = engine()
    bad = where.submit(Request([9], 6, mask=lambda ids: torch.zeros(40, dtype=torch.bool)))
    good = where.submit(Request([9], 6))
    samples = {sample.id: sample for sample in where.finished()}
    assert (samples[bad].ids, samples[bad].ending) == ((), Ending.FAILED)
    assert isinstance(samples[bad].failure, InputError)
    assert f"mask of request {bad} allows no token" in str(samples[bad].failure)
    assert list(samples[good].ids) == complete(fresh(), [[9]], 6, NOTHING)[0]


def test_other_threads_may_submit_and_cancel() -> None:
    where, numbers = engine(rows=4), []
    where.submit(Request([1], 60))

    def customer(start: int) -> None:
        for turn in range(10):
            numbers.append(where.submit(Request([start, turn], 5)))
            if turn % 3 == 0:
                where.cancel(numbers[-1])

    threads = [threading.Thread(target=customer, args=(start,)) for start in (1, 2, 3)]
    for thread in threads:
        thread.start()
    samples = list(where.finished())
    for thread in threads:
        thread.join()
    samples += list(where.finished())
    assert sorted(sample.id for sample in samples) == list(range(31))
    assert all(len(sample.ids) == 5 or sample.ending == Ending.CANCELLED for sample in samples if sample.id)


def test_room_for_much_costs_no_memory_until_it_is_used() -> None:
    grown, kept = [], []  # kept, for what one gives back the next would take
    for _ in range(3):  # the machine may take other pages of ours away meanwhile, and bring them back
        before = resident_bytes()
        where = engine(cache_tokens=1_000_000)
        assert where.cache.keys_LPw.nbytes > 100e6
        served(where, Request([1, 2], 3))
        grown.append(resident_bytes() - before)
        kept.append(where)
    assert min(grown) < 30e6
