"""Which block of the cache belongs to whom: counts, prefixes that can be shared, and what may be overwritten.

Knows block numbers and token ids, no tensors (`paged.py` has those) and no requests.
A full block is known by its content and by what came before it, so a prompt that
begins like an earlier one finds its blocks and need not compute them again.
"""

from collections import OrderedDict
from collections.abc import Sequence

Key = tuple[int, tuple[int, ...]]  # the content id of the block before, and the tokens of this one
ROOT = 0  # the content id before the first block


class BlockPool:
    """`blocks` blocks of `size` tokens. Each is free, in use by one or more, or idle: used by nobody and still known."""

    def __init__(self, blocks: int, size: int):
        self.blocks, self.size = blocks, size
        self._users = [0] * blocks
        self._free = list(range(blocks - 1, -1, -1))
        self._idle: OrderedDict[int, None] = OrderedDict()  # the longest unused first
        self._known: dict[Key, int] = {}
        self._keys: dict[int, Key] = {}
        self._contents: dict[int, int] = {}
        self._next_content = ROOT + 1

    @property
    def available(self) -> int:
        """Blocks that `take` could give now."""
        return len(self._free) + len(self._idle)

    @property
    def used(self) -> int:
        """Blocks in somebody's use."""
        return self.blocks - self.available

    def needed(self, tokens: int) -> int:
        """Blocks that so many tokens fill or begin."""
        return -(-tokens // self.size)

    def take(self, count: int) -> list[int] | None:
        """`count` blocks for one user, whose content is unknown; None if there are not as many."""
        if count > self.available:
            return None
        return [self._one() for _ in range(count)]

    def match(self, ids: Sequence[int]) -> tuple[list[int], list[int]]:
        """The longest run of known blocks that `ids` begin with, now used once more, and their content ids."""
        blocks: list[int] = []
        chain: list[int] = []
        for first in range(0, len(ids) - self.size + 1, self.size):
            block = self._known.get((chain[-1] if chain else ROOT, tuple(ids[first : first + self.size])))
            if block is None:
                break
            blocks.append(block)
            chain.append(self._contents[block])
        for block in blocks:
            self._users[block] += 1
            self._idle.pop(block, None)
        return blocks, chain

    def seal(self, block: int, before: int, ids: Sequence[int]) -> int:
        """Make a full, computed block known; gives the id of its content, which may be known from another block."""
        key = (before, tuple(ids))
        if (twin := self._known.get(key)) is not None:
            return self._contents[twin]
        content, self._next_content = self._next_content, self._next_content + 1
        self._known[key], self._keys[block], self._contents[block] = block, key, content
        return content

    def release(self, blocks: Sequence[int], forget: bool = False) -> None:
        """One user of these blocks, in the order of its tokens, is gone. `forget` what nobody else uses, or keep it idle."""
        # The last first: the beginning of a text is worth keeping longest.
        for block in reversed(blocks):
            self._users[block] -= 1
            if self._users[block]:
                continue
            if forget:
                self._forget(block)
            if block in self._keys:
                self._idle[block] = None
            else:
                self._free.append(block)

    def forget_all(self) -> None:
        """Know no content any more, as after new weights; what is in use stays in use."""
        for block in list(self._keys):
            self._forget(block)
        self._free += self._idle
        self._idle.clear()

    def _one(self) -> int:
        if self._free:
            block = self._free.pop()
        else:
            block, _ = self._idle.popitem(last=False)
            self._forget(block)
        self._users[block] = 1
        return block

    def _forget(self, block: int) -> None:
        if block in self._keys:
            del self._known[self._keys.pop(block)], self._contents[block]
