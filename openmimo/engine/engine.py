"""The engine: requests in, finished samples out as they end. Ids only; `session.py` joins it with text.

`Engine` is the seam that rollouts, evaluation and the server see; `TorchEngine` is the
embedded one. Each step is planned (`scheduler.py`), computed (`step.py`) and booked here.
The plain twin is `generate.py`.
"""

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count
from typing import Protocol

import torch
from torch import Tensor

from openmimo.core.errors import InputError, WeightsError
from openmimo.core.memory import available_bytes
from openmimo.engine.blocks import BlockPool
from openmimo.engine.config import EngineConfig
from openmimo.engine.draft import Computed, drafter
from openmimo.engine.forward import forward
from openmimo.engine.generate import check_prompt
from openmimo.engine.memory import cache_blocks, cached_layers
from openmimo.engine.paged import PagedCache
from openmimo.engine.request import Ending, Finished, Live, News, Request, Statistics
from openmimo.engine.scheduler import Scheduler, Work
from openmimo.engine.step import Chosen, step
from openmimo.model.folder import weights_bytes
from openmimo.model.mimo import MiMo


class Engine(Protocol):
    """Whatever goes on from prompts: the embedded engine here, a cluster of others elsewhere."""

    def submit(self, request: Request) -> int:
        """Queue a request and give its number; `InputError` for one that could never be served."""
        ...

    def finished(self) -> Iterator[Finished]:
        """Samples as they end, until none is under way."""
        ...

    def cancel(self, number: int) -> None:
        """End a request within a step; its sample comes out with what there is. An ended one stays as it is."""
        ...

    def load_weights(self, weights: Mapping[str, Tensor]) -> None:
        """Go on with other weights from the next step on."""
        ...


class TorchEngine:
    """Continuous batching in this process. Any thread may submit and cancel; one drives `step` or `finished`, and loads weights."""

    def __init__(self, model: MiMo, config: EngineConfig | None = None):
        self.model, self.config = model, config or EngineConfig()
        weight = model.lm_head.weight
        free = available_bytes()
        # Weights that are mapped from their file count as free memory, even when they are in use.
        left = None if free is None else max(free - weights_bytes(model.config, weight.dtype), 0)
        blocks = cache_blocks(model.config, self.config, weight.dtype, left)
        self.pool = BlockPool(blocks, self.config.block)
        layers, mtp = cached_layers(model.config, self.config), self.config.draft == "mtp"
        self.cache = PagedCache(model.config, layers, blocks, self.config.block, weight.dtype, weight.device, stream=mtp)
        self.scheduler = Scheduler(self.pool, self.config)
        self.forward = forward(model, self.cache, self.config)
        self.drafter = drafter(self.forward, self.cache, self.config)
        self.version = 0
        self._steps, self._tokens = 0, 0
        self._drafted: Counter[int] = Counter()
        self._accepted: Counter[int] = Counter()
        self._lives: dict[int, Live] = {}
        self._numbers = count()
        # What other threads want, in order: a request that begins, or the number of one that is to end.
        self._inbox: deque[Live | int] = deque()

    def submit(self, request: Request) -> int:
        """Queue a request and give its number; `InputError` for one that the model or the cache could never hold."""
        check_prompt(self.model.config, request.prompt)
        _check_tokens(self.model.config.vocab_size, request)
        room = min(len(request.prompt) + request.max_tokens, self.model.config.max_position_embeddings + 1)
        if self.pool.needed(room - 1) > self.pool.blocks:
            raise InputError(
                f"the request needs {room - 1} tokens of cache, and the engine has {self.pool.blocks * self.pool.size}",
                "ask for fewer max_tokens, shorten the prompt, or give the engine more cache_tokens",
            )
        live = Live(next(self._numbers), request, list(request.prompt), room)
        if request.thinking and live.overdue() and room - len(live.ids) <= len(request.thinking.close):
            raise InputError(
                f"there is no room for an answer after the {len(request.thinking.close)} tokens that end its reasoning",
                "ask for more max_tokens, or shorten the prompt",
            )
        self._inbox.append(live)
        return live.id

    def finished(self) -> Iterator[Finished]:
        """Samples as they end, until none is under way; requests submitted meanwhile are served, too."""
        while self.busy:
            for news in self.step():
                if news.finished:
                    yield news.finished

    @property
    def busy(self) -> bool:
        """Whether a step would bring anything."""
        return bool(self._lives or self._inbox)

    def step(self) -> list[News]:
        """One forward pass for whoever's turn it is; what came of it, request by request."""
        news, work = self._open_inbox(), list[Work]()
        for piece in self.scheduler.plan():
            try:
                work.append(_lawful(piece))
            except Exception as failure:  # a mask is its request's own affair, and the others go on
                news.append(piece.live.news(len(piece.live.logprobs), self._end(piece.live, Ending.FAILED, failure)))
        if work:
            work.sort(key=lambda piece: piece.end - piece.start)
            chosen = step(self.forward, self.cache, work)
            news += [said for piece, says in zip(work, chosen, strict=True) if (said := self._book(piece, says))]
            self._steps += 1
            self._draft(work)
        return news

    @property
    def statistics(self) -> Statistics:
        """What the engine has done so far, and what it has to do now; any thread may look."""
        places = range(self.config.drafted if self.drafter else 0)
        # In one piece, because other threads add to it.
        submitted = sum(isinstance(wanted, Live) for wanted in self._inbox.copy())
        return Statistics(
            self._steps,
            self._tokens,
            self.scheduler.preemptions,
            tuple(self._drafted[place] for place in places),
            tuple(self._accepted[place] for place in places),
            len(self.scheduler.running),
            len(self.scheduler.waiting) + submitted,
            self.pool.used / self.pool.blocks,
        )

    def cancel(self, number: int) -> None:
        """End a request before the next step; its sample comes out with what there is. An ended one stays as it is."""
        self._inbox.append(number)

    @torch.no_grad()
    def load_weights(self, weights: Mapping[str, Tensor]) -> None:
        """Copy other weights in; `WeightsError` if they do not fit, and then nothing is changed.

        What was computed with the old weights is dropped: samples under way keep their
        tokens and go on as if they had just been asked to.
        """
        own = dict(self.model.named_parameters())
        if wrong := [name for name in own if name not in weights or weights[name].shape != own[name].shape] or [
            name for name in weights if name not in own and name != "lm_head.weight"
        ]:
            raise WeightsError(f"the new weights do not fit the model: {wrong[0]}", "load weights of a model with the same config")
        for name, weight in own.items():
            weight.copy_(weights[name])
        self.forward.reload()
        self.scheduler.preempt_all()
        self.pool.forget_all()
        self.version += 1

    def _open_inbox(self) -> list[News]:
        """Queue what was submitted and end what was cancelled since the last step."""
        news = []
        while self._inbox:
            wanted = self._inbox.popleft()
            if isinstance(wanted, Live):
                self._lives[wanted.id] = wanted
                self.scheduler.waiting.append(wanted)
                if self.drafter:
                    self.drafter.begin(wanted)
                # A budget of nothing where the prompt has begun to reason: what ends it is read with the prompt.
                if wanted.close(self.version):
                    news.append(wanted.news(0))
            elif live := self._lives.get(wanted):
                news.append(live.news(len(live.logprobs), self._end(live, Ending.CANCELLED)))
        return news

    def _book(self, piece: Work, says: Chosen) -> News | None:
        """Note what a step said to one request."""
        live = piece.live
        live.prompt_logprobs += says.given
        if not piece.ready:
            self.scheduler.computed(piece, piece.end - piece.start)
            return None
        since, tokens = len(live.logprobs), _accepted(live, says.ids)
        self._tokens += len(tokens)
        self._drafted.update(range(len(live.drafts)))
        self._accepted.update(range(len(tokens) - 1))
        live.say(tokens, says.logprobs[: len(tokens)], says.tops[: len(tokens)], self.version)
        self.scheduler.computed(piece, piece.end - piece.start - len(live.drafts) + len(tokens) - 1)
        live.drafts = []
        if tokens[-1] in live.request.stop_ids:
            return live.news(since, self._end(live, Ending.STOP))
        live.close(self.version)
        return live.news(since, self._end(live, Ending.LENGTH) if len(live.ids) >= live.room else None)

    def _draft(self, work: list[Work]) -> None:
        """Have the next tokens guessed for those of a step's requests that go on."""
        if not self.drafter:
            return
        done = [
            Computed(piece.live, piece.start, piece.live.computed, self._wanted(piece.live))
            for piece in work
            if piece.live.id in self._lives
        ]
        if done:
            for piece, drafts in zip(done, self.drafter.propose(done), strict=True):
                piece.live.drafts = drafts

    def _wanted(self, live: Live) -> int:
        if live.owed > 1:
            return 0
        return min(self.config.drafted, live.room - len(live.ids) - 1)

    def _end(self, live: Live, ending: Ending, failure: Exception | None = None) -> Finished:
        self.scheduler.remove(live)
        if self.drafter:
            self.drafter.end(live)
        del self._lives[live.id]
        return live.finish(ending, failure)


def _lawful(piece: Work) -> Work:
    """The work without the drafts that its request's mask does away with."""
    if not piece.ready:
        return piece
    drafted = len(piece.live.drafts)
    piece.live.ask_mask()
    return replace(piece, end=piece.end - drafted + len(piece.live.drafts))


def _check_tokens(vocabulary: int, request: Request) -> None:
    """Raise `InputError` for tokens, other than those of the prompt, that the model does not have."""
    named = {
        "logit_bias": [token for token, _ in request.sampling.logit_bias],
        "thinking": request.thinking.close if request.thinking else (),
    }
    for name, tokens in named.items():
        if wrong := [token for token in tokens if not 0 <= token < vocabulary]:
            raise InputError(
                f"{name} has token id {wrong[0]}, and the model's vocabulary has {vocabulary}", "take the ids from this model's tokenizer"
            )


def _accepted(live: Live, drawn: list[int]) -> list[int]:
    """The drawn tokens that hold: up to the first that is not what was drafted, a stop, or the last that reasoning may have."""
    for place, token in enumerate(drawn[:-1]):
        if token in live.request.stop_ids or live.drafts[place] != token or live.overdue(drawn[: place + 1]):
            return drawn[: place + 1]
    return drawn
