"""Who computes what in the next step: queueing, chunked prompts, pre-emption when the cache is full.

Knows block numbers and token counts, no tensors and no sampling. Those who answer come
first, then prompts under way, then the queue, first come first served. If an answer
needs a block and there is none, the newest request gives its blocks up, waits at the
head of the queue and is computed again later. So the oldest always gets on, and a
request that fits the cache alone is never stuck. Read `step.py` next.
"""

from collections import deque
from dataclasses import dataclass

from openmimo.engine.blocks import ROOT, BlockPool
from openmimo.engine.config import EngineConfig
from openmimo.engine.request import Live


@dataclass(frozen=True)
class Work:
    """One request's share of a step: its tokens `start` to `end`, drafts included; `ready` if a token is to be chosen."""

    live: Live
    start: int
    end: int
    ready: bool


class Scheduler:
    """The queue and the requests under way, oldest first."""

    def __init__(self, pool: BlockPool, config: EngineConfig):
        self.pool, self.config = pool, config
        self.waiting: deque[Live] = deque()
        self.running: list[Live] = []
        self.preemptions = 0

    def plan(self) -> list[Work]:
        """The work of the next step, with blocks for all of it; empty only if there is nothing to do."""
        budget, work = self.config.chunk, list[Work]()
        # Who may need blocks comes before who has them, so that nobody has to give way whose work is already planned.
        answering = [live for live in self.running if self._grows(live)]
        reading = [live for live in self.running if not self._grows(live)]
        for live in answering:
            if budget and live in self.running and self._room_for_answer(live, budget):
                work.append(_work(live, min(budget, live.owed + len(live.drafts))))
                budget -= work[-1].end - work[-1].start
        for live in reading:
            if budget and live in self.running:
                work.append(_work(live, min(budget, live.owed)))
                budget -= work[-1].end - work[-1].start
        while budget and self.waiting and (admitted := self._admit()):
            work.append(_work(admitted, min(budget, admitted.owed)))
            budget -= work[-1].end - work[-1].start
        return work

    def computed(self, work: Work, tokens: int) -> None:
        """Count the first `tokens` of a piece of work as in the cache, and make blocks that are full known."""
        live, size = work.live, self.pool.size
        live.computed = work.start + tokens
        for number in range(len(live.chain), live.computed // size):
            before = live.chain[-1] if live.chain else ROOT
            live.chain.append(self.pool.seal(live.blocks[number], before, live.ids[number * size : (number + 1) * size]))

    def remove(self, live: Live) -> None:
        """Take a request out, wherever it is; its blocks stay known."""
        if live in self.running:
            self.running.remove(live)
            self.pool.release(live.blocks)
            live.blocks = []
        else:
            self.waiting.remove(live)

    def preempt_all(self) -> None:
        """Have everything under way computed again, as after new weights."""
        while self.running:
            self._preempt(self.running[-1])

    def _grows(self, live: Live) -> bool:
        """Whether a request answers, with tokens put in or not; one that is being read has all its blocks."""
        return live.owed == 1 or self.pool.needed(len(live.ids)) > len(live.blocks)

    def _room_for_answer(self, live: Live, budget: int) -> bool:
        """Blocks for the known tokens and, if there are some to spare, the drafts; False if `live` itself had to give way."""
        live.drafts = live.drafts[: budget - 1]
        while not self._extend(live, len(live.ids)):
            newest = self.running[-1]
            self._preempt(newest)
            if newest is live:
                return False
        if live.drafts and not self._extend(live, len(live.ids) + len(live.drafts)):
            live.drafts = []
        return True

    def _extend(self, live: Live, tokens: int) -> bool:
        more = self.pool.take(max(0, self.pool.needed(tokens) - len(live.blocks)))
        live.blocks += more or []
        return more is not None

    def _preempt(self, live: Live) -> None:
        self.running.remove(live)
        # As the report's engine: computed prefix blocks of a pre-empted request are dropped, not offered to others.
        self.pool.release(live.blocks, forget=True)
        live.blocks, live.chain, live.drafts, live.prompt_logprobs = [], [], [], []
        live.computed = live.shared = 0
        live.preempted += 1
        self.preemptions += 1
        self.waiting.appendleft(live)

    def _admit(self) -> Live | None:
        """Start the first in the queue, if there is room for all its tokens and one more."""
        live = self.waiting[0]
        alone = live.request.prompt_logprobs  # needs the logits of its whole prompt
        if len(self.running) >= self.config.rows or (not alone and self._is_being_read(live)):
            return None
        if not alone:
            # The last token is always computed: its logits are what comes next.
            live.blocks, live.chain = self.pool.match(live.ids[:-1])
        if not self._extend(live, min(len(live.ids) + 1, live.room - 1)):
            self.pool.release(live.blocks)
            live.blocks, live.chain = [], []
            return None
        live.computed = live.shared = len(live.chain) * self.pool.size
        live.cached = max(live.cached, min(live.computed, len(live.request.prompt)))
        self.waiting.popleft()
        self.running.append(live)
        return live

    def _is_being_read(self, live: Live) -> bool:
        """Whether a request under way is reading the very same prompt: then its blocks are worth waiting for."""
        full = (len(live.ids) - 1) // self.pool.size * self.pool.size
        return any(other.computed < full and other.ids[:full] == live.ids[:full] for other in self.running)


def _work(live: Live, tokens: int) -> Work:
    end = live.computed + tokens
    return Work(live, live.computed, end, end >= len(live.ids))
