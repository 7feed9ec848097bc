"""Cached, batched generation says what a model without a cache says, one prompt at a time."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.core.errors import InputError
from openmimo.engine.generate import complete
from openmimo.engine.sample import Sampling
from openmimo.model.config import ModelConfig
from openmimo.model.mimo import MiMo

CONFIG = ModelConfig(40, 32, 48, 2, 4, 2, 8, 48)
MODEL = MiMo(CONFIG)
MODEL.start(4)
NOTHING: frozenset[int] = frozenset()


@torch.inference_mode()
def naive(prompt: list[int], tokens: int) -> list[int]:
    """No cache: the whole text through the model for every token."""
    ids = list(prompt)
    for _ in range(tokens):
        ids.append(int(MODEL(torch.tensor([ids]))[0, -1].argmax()))
    return ids[len(prompt) :]


@settings(max_examples=15, deadline=None)
@given(st.lists(st.lists(st.integers(0, 39), min_size=1, max_size=12), min_size=1, max_size=4))
def test_equals_the_naive_twin_for_any_batch(prompts: list[list[int]]) -> None:
    assert complete(MODEL, prompts, 8, NOTHING) == [naive(prompt, 8) for prompt in prompts]


def test_a_row_ends_at_its_stop_token_and_the_others_go_on() -> None:
    first, second = naive([1, 2, 3], 10), naive([5], 10)
    stop = first[2]
    rows = complete(MODEL, [[1, 2, 3], [5]], 10, frozenset([stop]))
    assert rows[0] == first[: first.index(stop) + 1]
    assert rows[1] == (second[: second.index(stop) + 1] if stop in second else second)


def test_a_full_context_ends_an_answer() -> None:
    rows = complete(MODEL, [[1] * 40], 100, NOTHING)
    assert len(rows[0]) == CONFIG.max_position_embeddings - 40 + 1


@pytest.mark.parametrize(
    "prompt, message", [([], "the prompt is empty"), ([1] * 48, "48 tokens, and this model holds 48"), ([40], "token id 40")]
)
def test_bad_prompts_are_named(prompt: list[int], message: str) -> None:
    with pytest.raises(InputError, match=message):
        complete(MODEL, [prompt], 4, NOTHING)


def test_sampling_is_the_same_for_the_same_seed_and_varies_otherwise() -> None:
    def sampled(seed: int) -> list[int]:
        return complete(MODEL, [[1, 2]], 20, NOTHING, Sampling(temperature=1.0, seed=seed))[0]

    assert sampled(1) == sampled(1)
    assert len({tuple(sampled(seed)) for seed in range(5)}) > 1
