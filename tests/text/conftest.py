"""A small tokenizer and the texts it learnt from."""

import pytest

from openmimo.text.bpe import train_bpe
from openmimo.text.tokenizer import Tokenizer


@pytest.fixture(scope="session")
def texts() -> list[str]:
    """Sums in words, a few hundred."""
    pairs = [(a, b) for a in range(20) for b in range(20)]
    return [f"What is the number of apples {a} and {b} together?\n{a} + {b} = {a + b}\nThe answer is {a + b}." for a, b in pairs]


@pytest.fixture(scope="session")
def tokenizer(texts: list[str]) -> Tokenizer:
    """400 tokens, of which the first nine are special."""
    return train_bpe(texts, 400)
