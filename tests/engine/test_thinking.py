"""A thinking budget ends reasoning where it says, for good, and leaves everything else alone.

What the model says is scripted with token masks; that budgets are exact under every
schedule is in `test_identity.py`.
"""

from collections.abc import Sequence
from typing import Any

import pytest
import torch
from torch import Tensor

from openmimo.core.errors import ConfigError, InputError
from openmimo.engine.config import EngineConfig
from openmimo.engine.engine import TorchEngine
from openmimo.engine.request import Ending, Finished, Request, Thinking
from openmimo.model.config import ModelConfig
from openmimo.model.logprob import logprobs
from openmimo.model.mimo import MiMo

CONFIG = ModelConfig(40, 32, 48, 2, 4, 2, 8, 64)
BEGIN, END, STOP, X, Y = 1, 2, 3, 20, 21
CLOSE = (9, END, 9)


def engine(**config: int) -> TorchEngine:
    model = MiMo(CONFIG)
    model.start(4)
    return TorchEngine(model, EngineConfig(**{"cache_tokens": 256, "block": 4, **config}))


def script(*words: int) -> Any:
    """A mask that makes the model say these words; the places of what is put in are never asked about."""

    def mask(answer: Sequence[int]) -> Tensor:
        allowed = torch.zeros(40, dtype=torch.bool)
        allowed[words[len(answer)]] = True
        return allowed

    return mask


def told(prompt: list[int], tokens: int, *words: int, most: int = 0, close: tuple[int, ...] = CLOSE) -> Finished:
    """The sample of a model that says `words`, with a budget of `tokens`."""
    where = engine()
    thinking = Thinking(tokens, BEGIN, END, close)
    number = where.submit(Request(prompt, most or len(words), frozenset({STOP}), mask=script(*words), thinking=thinking))
    heard = [news for _ in range(60) for news in where.step()]
    assert not where.busy
    (sample,) = [news.finished for news in heard if news.finished]
    assert sample.id == number
    assert sample.ids == tuple(token for news in heard for token in news.ids), "the news tell all of it, in order"
    assert len(sample.logprobs) == len(sample.versions) == len(sample.ids)
    return sample


def test_reasoning_ends_after_so_many_tokens_and_the_answer_follows() -> None:
    sample = told([5, 6], 4, BEGIN, X, X, X, *CLOSE, Y, STOP)
    assert sample.ids == (BEGIN, X, X, X, *CLOSE, Y, STOP)
    assert (sample.forced, sample.ending) == ((4, 5, 6), Ending.STOP)


def test_what_was_put_in_has_no_log_probability_and_the_rest_has_the_models_own() -> None:
    where, prompt = engine(), [5, 6, BEGIN]
    where.submit(Request(prompt, 12, thinking=Thinking(3, BEGIN, END, CLOSE), prompt_logprobs=True))
    (sample,) = where.finished()
    assert sample.forced[:3] == (3, 4, 5)
    text = [*prompt, *sample.ids]
    with torch.inference_mode():
        expected = logprobs(where.model(torch.tensor([text]))[0, :-1], torch.tensor(text[1:])).tolist()
    for place in sample.forced:
        expected[len(prompt) - 1 + place] = 0.0
    assert sample.prompt_logprobs is not None
    assert [*sample.prompt_logprobs, *sample.logprobs] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(
    "prompt, tokens, words",
    [
        ([5], 3, (BEGIN, X, END, X, X, STOP)),  # ended in time
        ([5], 4, (BEGIN, X, X, STOP)),  # the stop comes with the last token that reasoning may have
        ([5], 0, (X, X, X, STOP)),  # does not reason
        ([5, BEGIN, X, END, 6], 0, (X, X, STOP)),  # the prompt has ended it
        ([5, BEGIN, X, STOP, 6], 0, (X, X, STOP)),  # an earlier turn was cut off within its reasoning
        ([5, BEGIN], 9, (X, X, X)),  # max_tokens come first
    ],
)
def test_nothing_is_put_in_where_no_reasoning_is_overdue(prompt: list[int], tokens: int, words: tuple[int, ...]) -> None:
    sample = told(prompt, tokens, *words)
    assert (sample.ids, sample.forced) == (words, ())


@pytest.mark.parametrize(
    "prompt, words, forced",
    [
        ([5, BEGIN, 7], (*CLOSE, Y, STOP), (0, 1, 2)),  # the template has begun it: nothing is drawn before
        ([5], (BEGIN, *CLOSE, Y, STOP), (1, 2, 3)),
        ([5], (X, BEGIN, *CLOSE, Y, BEGIN, *CLOSE, STOP), (2, 3, 4, 7, 8, 9)),  # however often it begins
    ],
)
def test_a_budget_of_nothing_allows_no_reasoning(prompt: list[int], words: tuple[int, ...], forced: tuple[int, ...]) -> None:
    sample = told(prompt, 0, *words)
    assert (sample.ids, sample.forced) == (words, forced)


def test_what_is_put_in_counts_toward_max_tokens() -> None:
    sample = told([5, BEGIN], 2, X, X, *CLOSE, most=4)
    assert (sample.ids, sample.forced, sample.ending) == ((X, X, 9, END), (2, 3), Ending.LENGTH)
    context = told([5] * 61 + [BEGIN], 1, X, *CLOSE, most=30)
    assert (context.ids, context.forced, context.ending) == ((X, 9, END), (1, 2), Ending.LENGTH)


def test_no_room_for_an_answer_is_refused_at_once() -> None:
    where, thinking = engine(), Thinking(0, BEGIN, END, CLOSE)
    with pytest.raises(InputError, match=r"no room for an answer after the 3 tokens(.|\n)*max_tokens"):
        where.submit(Request([5, BEGIN], 3, thinking=thinking))
    with pytest.raises(InputError, match=r"no room for an answer"):
        where.submit(Request([5] * 61 + [BEGIN], 9, thinking=thinking))
    assert not where.busy
    where.submit(Request([5, BEGIN], 4, thinking=thinking))
    where.submit(Request([5], 3, thinking=thinking))
    assert sorted(len(sample.ids) for sample in where.finished()) == [3, 4]


def test_new_weights_and_a_cancel_find_what_was_put_in_kept() -> None:
    where = engine(chunk=2)
    number = where.submit(Request([5, 6, 7, BEGIN], 9, thinking=Thinking(0, BEGIN, END, CLOSE)))
    (first,) = where.step()
    assert (first.id, first.ids) == (number, CLOSE)
    where.load_weights(where.model.state_dict())
    where.cancel(number)
    (sample,) = where.finished()
    assert (sample.ids, sample.forced, sample.versions, sample.ending) == (CLOSE, (0, 1, 2), (0, 0, 0), Ending.CANCELLED)


@pytest.mark.parametrize(
    "tokens, close, message",
    [
        (-1, CLOSE, r"thinking: -1 is not a number of tokens(.|\n)*0 for no reasoning"),
        (4, (), r"close: there is no token(.|\n)*the end 2"),
        (4, (9, 9), r"close: does not end reasoning(.|\n)*the end 2"),
        (4, (END, BEGIN), "close: does not end reasoning"),
        (4, (END, STOP), "close: holds a stop token"),
    ],
)
def test_bad_budgets_are_named(tokens: int, close: tuple[int, ...], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Request([5], 9, frozenset({STOP}), thinking=Thinking(tokens, BEGIN, END, close))
