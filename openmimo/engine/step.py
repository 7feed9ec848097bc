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

from openmimo.engine.forward import Forward
from openmimo.engine.paged import PagedCache, Span, Whole
from openmimo.engine.request import Top
from openmimo.engine.scheduler import Work
from openmimo.model.logprob import logprobs


@dataclass(frozen=True)
class Chosen:
    """What a step says to one piece of work.

    `ids` are drawn at its last places, one after each draft and one before the first, and
    `tops` are the likeliest tokens there, as many as wished for; `given` are the
    log-probabilities of the known tokens after each of its places, with the likeliest ones
    there, if they were wished for.
    """

    ids: list[int]
    logprobs: list[float]
    tops: list[Top]
    given: list[tuple[float, Top]]


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
    ids, logs, tops = (
        _choose(forward, work, hidden_ND if len(places) == first else hidden_ND[places], layout.positions_N[places] + 1)
        if places
        else ([], [], [])
    )
    given = _given(forward, work, hidden_ND)
    chosen, first = [], 0
    for wanted, known in zip(at, given, strict=True):
        part = slice(first, first + len(wanted))
        chosen.append(Chosen(ids[part], logs[part], tops[part], known))
        first += len(wanted)
    return chosen


def likeliest(logits_MV: Tensor, ids: Sequence[int], logs: Sequence[float], wanted: Sequence[int]) -> list[Top]:
    """The so many likeliest tokens of M places, `wanted` of each, best first and of equals the smaller id first.

    `logs` are the log-probabilities of one token of each place, `ids`: those of two tokens
    are as far apart as their logits, so this one is the same number here as there.
    """
    tops: list[Top] = [()] * len(wanted)
    asking = [place for place, count in enumerate(wanted) if count]
    if not asking:
        return tops
    logits_AV = logits_MV if len(asking) == len(wanted) else logits_MV[asking]
    known_A = torch.tensor([ids[place] for place in asking], device=logits_AV.device)
    own = logits_AV.gather(-1, known_A[:, None])[:, 0].tolist()
    # topk takes any of several equals, so it only says how likely the last one is.
    least_A1 = logits_AV.topk(min(max(wanted), logits_AV.shape[-1])).values[:, -1:]
    rows, tokens = (logits_AV >= least_A1).nonzero(as_tuple=True)
    near: list[list[tuple[int, float]]] = [[] for _ in asking]
    for row, token, logit in zip(rows.tolist(), tokens.tolist(), logits_AV[rows, tokens].tolist(), strict=True):
        near[row].append((token, logit))
    for row, place in enumerate(asking):
        best = sorted(near[row], key=lambda pair: -pair[1])[: wanted[place]]  # equals stay in the order of their ids
        tops[place] = tuple((token, logit - own[row] + logs[place]) for token, logit in best)
    return tops


def _tokens(piece: Work) -> list[int]:
    live = piece.live
    return [*live.ids[piece.start : piece.end], *(live.drafts if piece.ready else ())]


def _choose(forward: Forward, work: Sequence[Work], hidden_MD: Tensor, positions_M: Whole) -> tuple[list[int], list[float], list[Top]]:
    ready = [piece.live for piece in work if piece.ready]
    logits_MV = forward.logits(hidden_MD)
    samplings = [live.request.sampling for live in ready for _ in range(1 + len(live.drafts))]
    allowed_MV = None
    if any(mask_V is not None for live in ready for mask_V in live.masks):
        allowed_MV = torch.ones_like(logits_MV, dtype=torch.bool)
        place = 0
        for live in ready:
            for after, mask_V in enumerate(live.masks):
                if mask_V is not None:
                    allowed_MV[place + after] = mask_V
            place += 1 + len(live.drafts)
    ids, logs = forward.choose(logits_MV, samplings, positions_M, allowed_MV)
    wanted = [live.request.top_logprobs for live in ready for _ in range(1 + len(live.drafts))]
    return ids, logs, likeliest(logits_MV, ids, logs, wanted)


def _given(forward: Forward, work: Sequence[Work], hidden_ND: Tensor) -> list[list[tuple[float, Top]]]:
    """For work that wishes it, the log-probability of the prompt token after each place, and the likeliest tokens there."""
    given: list[list[tuple[float, Top]]] = []
    first = 0
    for piece in work:
        live, count = piece.live, piece.end - piece.start
        later = live.request.prompt[piece.start + 1 : piece.end + 1] if live.request.prompt_logprobs else ()
        if later:
            logits_TV = forward.logits(hidden_ND[first : first + len(later)])
            logs = logprobs(logits_TV, torch.tensor(later, device=logits_TV.device)).tolist()
            tops = likeliest(logits_TV, later, logs, [live.request.top_logprobs] * len(later))
            given.append(list(zip(logs, tops, strict=True)))
        else:
            given.append([])
        first += count
    return given
