"""Training a byte-level BPE: digits one by one, words with the space before them, special tokens first.

Single digits make numbers regular, which a small model needs for arithmetic. Source: ours
(the report uses Qwen2's vocabulary, whose digits are single, too).
"""

from collections.abc import Iterable

from tokenizers import AddedToken, Regex, decoders, models, pre_tokenizers, trainers
from tokenizers import Tokenizer as Engine

from openmimo.core.errors import ConfigError
from openmimo.text.special import SPECIAL
from openmimo.text.tokenizer import Tokenizer

# Contractions; a word with at most one other character before it; one digit; marks with a
# space before them; line ends; other white space, of which the last leaves itself to a word.
PIECES = r"'(?i:s|t|re|ve|m|ll|d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"


def train_bpe(texts: Iterable[str], vocab_size: int) -> Tokenizer:
    """A tokenizer of at most `vocab_size` tokens learnt from `texts`; the same for the same texts."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    if vocab_size < len(alphabet) + len(SPECIAL):
        raise ConfigError(
            "vocab_size",
            f"{vocab_size} is too small for the {len(alphabet)} bytes and {len(SPECIAL)} special tokens",
            f"use at least {len(alphabet) + len(SPECIAL)}",
        )
    engine = Engine(models.BPE())
    engine.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PIECES), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    engine.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        initial_alphabet=alphabet,
        special_tokens=[AddedToken(name, special=True, normalized=False) for name in SPECIAL],
        show_progress=False,
    )
    engine.train_from_iterator(texts, trainer)
    return Tokenizer(engine)
