"""Token ids in, token ids out: plain cached generation, a whole batch in step.

The simple twin that the engine (`engine.py`) is held equal to. Rows of different lengths are
padded on the left with a document of their own, which nothing looks at. Shapes: B rows,
T tokens of the longest prompt.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import torch

from openmimo.core.errors import InputError
from openmimo.engine.sample import Sampling, choose, knobs
from openmimo.model.cache import KVCache
from openmimo.model.config import ModelConfig
from openmimo.model.mimo import MiMo

PADDING, PROMPT = 0, 1  # document numbers


@torch.inference_mode()
def generate(
    model: MiMo,
    prompts: Sequence[Sequence[int]],
    max_tokens: int,
    stop_ids: frozenset[int],
    sampling: Sampling | Sequence[Sampling] | None = None,
) -> Iterator[list[int | None]]:
    """Yield the next token of every prompt, step by step; None for a row that has ended.

    A row ends after a token of `stop_ids` (which is yielded), after `max_tokens`, or when
    the model's context is full. `sampling` is of each row, or of all: then row r draws
    with its seed + r. Raises `InputError` for an empty or too long prompt and
    for ids outside the vocabulary.
    """
    for prompt in prompts:
        check_prompt(model.config, prompt)
    rows = rows_of(sampling, len(prompts))
    weight = model.lm_head.weight
    longest = max(len(prompt) for prompt in prompts)
    limit = min(longest + max_tokens - 1, model.config.max_position_embeddings)
    cache = KVCache(model.config, len(prompts), limit, weight.dtype, weight.device)
    settings = knobs(rows, weight.device)

    pads = [longest - len(prompt) for prompt in prompts]
    ids_BT = torch.tensor([[0] * pad + list(prompt) for pad, prompt in zip(pads, prompts, strict=True)], device=weight.device)
    place_BT = torch.arange(longest, device=weight.device) - torch.tensor(pads, device=weight.device)[:, None]
    documents_BT = torch.where(place_BT < 0, PADDING, PROMPT) if any(pads) else None
    positions_BT = place_BT.clamp(min=0)
    alive = [True] * len(prompts)
    while True:
        hidden_BTD = model.hidden(ids_BT, positions_BT, documents_BT, cache)
        chosen_B = choose(model.logits(hidden_BTD[:, -1:])[:, 0], settings, positions_BT[:, -1] + 1)
        tokens = chosen_B.tolist()
        yield [token if lives else None for token, lives in zip(tokens, alive, strict=True)]
        alive = [lives and token not in stop_ids for token, lives in zip(tokens, alive, strict=True)]
        if not any(alive) or cache.length >= limit:
            return
        ids_BT, positions_BT = chosen_B[:, None], positions_BT[:, -1:] + 1
        documents_BT = torch.full_like(ids_BT, PROMPT) if documents_BT is not None else None


def complete(
    model: MiMo,
    prompts: Sequence[Sequence[int]],
    max_tokens: int,
    stop_ids: frozenset[int],
    sampling: Sampling | Sequence[Sampling] | None = None,
) -> list[list[int]]:
    """The whole continuation of every prompt, the stop token included if one came."""
    rows: list[list[int]] = [[] for _ in prompts]
    for tokens in generate(model, prompts, max_tokens, stop_ids, sampling):
        for row, token in zip(rows, tokens, strict=True):
            if token is not None:
                row.append(token)
    return rows


def rows_of(sampling: Sampling | Sequence[Sampling] | None, rows: int) -> list[Sampling]:
    """The sampling of each row: greedy without one; a single one with its seed counted up from row to row."""
    if sampling is None or isinstance(sampling, Sampling):
        one = sampling or Sampling()
        return [replace(one, seed=one.seed + row) for row in range(rows)]
    return list(sampling)


def check_prompt(config: ModelConfig, prompt: Sequence[int]) -> None:
    """Raise `InputError` for a prompt that is empty, leaves no room for an answer, or has unknown ids."""
    most, vocabulary = config.max_position_embeddings, config.vocab_size
    if not prompt:
        raise InputError("the prompt is empty", "ask something")
    if len(prompt) >= most:
        raise InputError(f"the prompt has {len(prompt)} tokens, and this model holds {most} with its answer", "shorten the prompt")
    if not 0 <= min(prompt) <= max(prompt) < vocabulary:
        wrong = next(token for token in prompt if not 0 <= token < vocabulary)
        raise InputError(
            f"the prompt has token id {wrong}, and the model's vocabulary has {vocabulary}", "the tokenizer does not belong to this model"
        )
