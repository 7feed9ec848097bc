"""Who guesses the next tokens: the model's MTP layers, or what was said before.

A draft changes no sample, only how many steps it takes: `step.py` checks each one. Knows
who computes the model, the cache and ids. Shapes: N places of a step, M requests that get drafts,
D hidden.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import torch

from openmimo.core.errors import InputError
from openmimo.engine.config import EngineConfig
from openmimo.engine.forward import Forward
from openmimo.engine.paged import PagedCache, Span
from openmimo.engine.request import Live

GRAMS = (4, 3, 2)  # how many last tokens must have come before, tried in this order


@dataclass(frozen=True)
class Computed:
    """Places `start` to `end` of a request that a step has just put in the cache, and how many drafts it can take."""

    live: Live
    start: int
    end: int
    wanted: int


class Drafter(Protocol):
    """Whatever guesses what comes next."""

    def propose(self, done: Sequence[Computed]) -> list[list[int]]:
        """For each request of a step at most `wanted` tokens that may come after its ids; it is called after every step."""
        ...

    def begin(self, live: Live) -> None:
        """Hear of a request that was submitted."""
        ...

    def end(self, live: Live) -> None:
        """Forget a request that has ended."""
        ...


def drafter(forward: Forward, cache: PagedCache, config: EngineConfig) -> Drafter | None:
    """The one that `config` asks for; `InputError` if the model has no layers for it."""
    if config.draft == "mtp":
        layers = cache.config.num_nextn_predict_layers
        if config.drafted > layers:
            raise InputError(
                f"{config.drafted} tokens cannot be drafted with {layers} MTP layers", f"draft at most {layers}, or use the draft suffix"
            )
        return MTPDrafter(forward, cache, config.drafted)
    return SuffixDrafter() if config.draft == "suffix" else None


class MTPDrafter:
    """Layer i guesses i + 1 tokens ahead of the last place (report 2.2); each has a layer of the cache to itself.

    The draft for a position is drawn with the request's own settings and the very draw
    that the trunk will make there, so that both agree as often as their distributions let
    them. Layer i at place s looks at token s + i. Where that was only a draft, the place is
    computed again when the token is known.
    """

    def __init__(self, forward: Forward, cache: PagedCache, drafted: int):
        self.forward, self.cache, self.drafted = forward, cache, drafted

    @torch.inference_mode()
    def propose(self, done: Sequence[Computed]) -> list[list[int]]:
        """Run the layers over the places just computed, and draft for those who answer."""
        drafts: list[list[int]] = [[] for _ in done]
        order = sorted(range(len(done)), key=lambda number: done[number].end - self._start(done[number]))
        spans = [Span(done[number].live.blocks, self._start(done[number]), done[number].end) for number in order]
        layout = self.cache.layout(spans)
        asking = [place for place, number in enumerate(order) if done[number].wanted]
        last_M = layout.counts_R.cumsum()[asking] - 1
        samplings = [done[order[place]].live.request.sampling for place in asking]
        hidden_ND = self.cache.kept(layout)
        for layer in range(self.drafted):
            later = [
                token
                for number, span in zip(order, spans, strict=True)
                for token in _later(done[number].live, drafts[number], span.start, span.end, layer + 1)
            ]
            ahead_ND = self.forward.ahead(layer, layout, hidden_ND, later)
            if not asking:
                continue
            logits_MV = self.forward.head(ahead_ND[last_M])
            drawn, _ = self.forward.choose(logits_MV, samplings, layout.positions_N[last_M] + layer + 2)
            for place, token in zip(asking, drawn, strict=True):
                drafts[order[place]].append(token)
        return [draft[: piece.wanted] for draft, piece in zip(drafts, done, strict=True)]

    def begin(self, live: Live) -> None:
        """Nothing is kept."""

    def end(self, live: Live) -> None:
        """Nothing was kept."""

    def _start(self, piece: Computed) -> int:
        # Not back into blocks that came from the prefix cache: others look at those.
        return max(piece.live.shared, piece.start - (self.drafted - 1))


class SuffixDrafter:
    """Whatever followed the last few tokens when they last came, in this request or one of its group. Needs no training."""

    def __init__(self) -> None:
        self._followed: dict[str | int, dict[tuple[int, ...], tuple[list[int], int]]] = {}
        self._members: Counter[str | int] = Counter()
        self._read: dict[int, int] = {}  # how far each request's ids are in the index

    def propose(self, done: Sequence[Computed]) -> list[list[int]]:
        """Learn what the requests have said since, then look up how each goes on."""
        for piece in done:
            self._learn(piece.live)
        return [self._lookup(piece.live, piece.wanted) if piece.wanted else [] for piece in done]

    def begin(self, live: Live) -> None:
        """Keep the history of the request's group from now on."""
        self._members[_history(live)] += 1

    def end(self, live: Live) -> None:
        """Forget the group's history with its last request."""
        self._read.pop(live.id, None)
        self._members[_history(live)] -= 1
        if not self._members[_history(live)]:
            del self._members[_history(live)]
            self._followed.pop(_history(live), None)

    def _learn(self, live: Live) -> None:
        followed, ids = self._followed.setdefault(_history(live), {}), live.ids
        for place in range(self._read.get(live.id, 1), len(ids)):
            for length in GRAMS:
                if length <= place:
                    followed[tuple(ids[place - length : place])] = (ids, place)
        self._read[live.id] = len(ids)

    def _lookup(self, live: Live, wanted: int) -> list[int]:
        followed = self._followed[_history(live)]
        for length in GRAMS:
            if found := followed.get(tuple(live.ids[-length:])):
                ids, place = found
                return ids[place : place + wanted]
        return []


def _history(live: Live) -> str | int:
    return live.id if live.request.group is None else live.request.group


def _later(live: Live, drafts: list[int], start: int, end: int, ahead: int) -> list[int]:
    """The tokens `ahead` of the places `start` to `end`, drafts counted in; 0 where none is known yet."""
    known = [*live.ids[start : end + ahead], *drafts][ahead:]
    return known + [0] * (end - start - len(known))
