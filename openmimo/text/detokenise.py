"""Token ids to text while they come: only whole characters leave, however tokens cut them.

All pieces joined are what decoding all the ids at once gives, broken bytes as U+FFFD.
"""

import codecs

from openmimo.text.tokenizer import Tokenizer


class StreamDetokeniser:
    """Feed ids one by one; constant work for each. With `skip_special` special tokens leave no text."""

    def __init__(self, tokenizer: Tokenizer, skip_special: bool = False):
        self._tokenizer = tokenizer
        self._skipped = tokenizer.special_ids if skip_special else frozenset()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def feed(self, token: int) -> str:
        """The characters that are whole now; bytes of one that is not are held back."""
        return "" if token in self._skipped else self._decoder.decode(self._tokenizer.token_bytes(token))

    def flush(self) -> str:
        """What is still held back, as U+FFFD; the detokeniser is as new afterwards."""
        rest = self._decoder.decode(b"", final=True)
        self._decoder.reset()
        return rest
