"""One forward pass over a mixed batch: prompts in parts, answers, and drafts to be checked. Ids in, ids out.

Knows the cache and who computes the model, no queue and no text. A draft is right if it is the token
that is drawn at its position anyway (`sample.py` draws by seed and position), so
checking drafts is drawing as ever, at several positions at once. Shapes: N tokens of
the step, M places of them where a token is chosen, V vocabulary, D hidden.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from openmimo.core.errors import InputError
from openmimo.engine.forward import Forward
from openmimo.engine.paged import PagedCache, Span, Whole
from openmimo.engine.scheduler import Work
from openmimo.model.logprob import logprobs


@dataclass(frozen=True)
class Chosen:
    """What a step says to one piece of work.

    `ids` are drawn at its last places, one after each draft and one before the first;
    `given` are the log-probabilities of the known tokens after each of its places, if they
    were wished for.
    """

    ids: list[int]
    logprobs: list[float]
    given: list[float]


@torch.inference_mode()
def step(forward: Forward, cache: PagedCache, work: Sequence[Work]) -> list[Chosen]:
    """Compute the tokens of all work, which must come sorted by length, and choose what follows where it is ready."""
    layout = cache.layout([Span(piece.live.blocks, piece.start, piece.end) for piece in work])
    hidden_ND = forward.trunk(layout, [token for piece in work for token in _tokens(piece)])
    cache.keep(layout, hidden_ND)
    first, at, places = 0, [], []
    for piece in work:
        end = first + piece.end - piece.start
        wanted = list(range(end - 1 - len(piece.live.drafts) if piece.ready else end, end))
        at.append(wanted)
        places += wanted
        first = end
    ids, logs = (
        _choose(forward, work, hidden_ND if len(places) == first else hidden_ND[places], layout.positions_N[places] + 1)
        if places
        else ([], [])
    )
    given = _given(forward, work, hidden_ND)
    chosen, first = [], 0
    for wanted, known in zip(at, given, strict=True):
        part = slice(first, first + len(wanted))
        chosen.append(Chosen(ids[part], logs[part], known))
        first += len(wanted)
    return chosen


def _tokens(piece: Work) -> list[int]:
    live = piece.live
    return [*live.ids[piece.start : piece.end], *(live.drafts if piece.ready else ())]


def _choose(forward: Forward, work: Sequence[Work], hidden_MD: Tensor, positions_M: Whole) -> tuple[list[int], list[float]]:
    ready = [piece.live for piece in work if piece.ready]
    logits_MV = forward.logits(hidden_MD)
    samplings = [live.request.sampling for live in ready for _ in range(1 + len(live.drafts))]
    allowed_MV = None
    if any(live.request.mask for live in ready):
        allowed_MV = torch.ones_like(logits_MV, dtype=torch.bool)
        place = 0
        for live in ready:
            if live.request.mask and (mask_V := live.request.mask(live.answer)) is not None:
                if not mask_V.any():
                    raise InputError(
                        f"the token mask of request {live.id} allows no token",
                        "cancel it; let the grammar allow the stop token where it has ended",
                    )
                allowed_MV[place] = mask_V
            place += 1 + len(live.drafts)
    return forward.choose(logits_MV, samplings, positions_M, allowed_MV)


def _given(forward: Forward, work: Sequence[Work], hidden_ND: Tensor) -> list[list[float]]:
    """For work that wishes it, the log-probability of the prompt token after each place."""
    given, first = [], 0
    for piece in work:
        live, count = piece.live, piece.end - piece.start
        later = live.request.prompt[piece.start + 1 : piece.end + 1] if live.request.prompt_logprobs else ()
        if later:
            logits_TV = forward.logits(hidden_ND[first : first + len(later)])
            given.append(logprobs(logits_TV, torch.tensor(later, device=logits_TV.device)).tolist())
        else:
            given.append([])
        first += count
    return given
