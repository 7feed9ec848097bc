"""How likely a continuation is, out of the log-probabilities that a server echoes of a whole prompt.

Servers have tokens of their own, so which of them are the continuation's has to be found
out by spelling the prompt with them. Knows no connection; read `speech.py` next.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from openmimo.eval.endpoint.failure import Failed
from openmimo.eval.endpoint.form import JSON, record, rows

Span = tuple[int, int]
BROKEN = "\ufffd"  # for the bytes of a token that are no whole character
NEEDED = "likelihoods need a server whose /completions takes echo with logprobs, such as vLLM"


@dataclass(frozen=True)
class Likelihood:
    """Of a continuation: its log-probability in nats, how many tokens it has, whether each was the likeliest (None: not said)."""

    logprob: float
    tokens: int
    greedy: bool | None


def likelihood(choice: dict[str, JSON], text: str, continuation: str, generated: int = 1) -> Likelihood:
    """Of a choice as /completions gives it for `text + continuation` with echo and logprobs; raises `Failed` for one without.

    `generated` is how many tokens come after the prompt's.

    A token is the continuation's if any of its characters is: one that begins in the text
    and ends in the continuation counts whole, for the model was never asked about a part of
    it, and without it two continuations might differ in nothing.
    """
    found = record(choice.get("logprobs"))
    tokens, logprobs, top = (rows(found.get(name)) for name in ("tokens", "token_logprobs", "top_logprobs"))
    if not tokens or len(tokens) != len(logprobs) or not all(isinstance(token, str) for token in tokens):
        raise Failed("the server gives no log-probabilities of tokens", NEEDED)
    prompt, begin = (text + continuation).encode("utf-8", "surrogatepass"), len(text.encode("utf-8", "surrogatepass"))
    spans = spelled(tokens, prompt, generated)
    if spans is None:
        spans = offset(tokens, rows(found.get("text_offset")), text + continuation, choice.get("text"))
        begin = len(text)
    if spans is None:
        raise Failed("the server does not echo the log-probabilities of the prompt: its tokens do not spell it", NEEDED)
    ours = next(place for place, (_, end) in enumerate(spans) if end > begin)
    while ours > 1 and spans[ours - 1][0] == spans[ours - 1][1]:  # an empty one is the beginning of what follows it
        ours -= 1
    values = logprobs[ours : len(spans)]
    if not all(isinstance(value, int | float) and not math.isnan(value) for value in values):
        raise Failed(
            "the server gives no log-probability for each token of the continuation", "begin with a text: the first token has none"
        )
    greedy = _greedy(values, [record(likeliest) for likeliest in top[ours : len(spans)]]) if len(top) == len(tokens) else None
    return Likelihood(float(sum(values)), len(values), greedy)


def spelled(tokens: Sequence[str], prompt: bytes, generated: int) -> list[Span] | None:
    """From which byte to which each token of the prompt reaches; None if they do not spell it.

    Servers write tokens in several ways: part of a character as U+FFFD, or as an empty text
    until the token that completes it; before all others a mark of the beginning that is not
    in the prompt; and without the space it begins with. The plain ones are tried first. Two
    spellings of one kind are possible only where characters that are all cut up follow each
    other, or are followed by the `generated` ones: so these are told how many they are, and
    are believed to be more or fewer only where nothing is spelled otherwise.
    """
    for spaces_lost in (False, True):
        for marks in (0, 1):
            spans = _path(tokens[marks:], prompt, generated, spaces_lost)
            if spans is not None:
                return [(0, 0)] * marks + spans
    return None


def _path(tokens: Sequence[str], prompt: bytes, generated: int, spaces_lost: bool) -> list[Span] | None:
    steps: list[dict[int, int]] = []  # of each token: where it may end, and where it then began
    ends = {0: 0}
    for token in tokens:
        ends = {end: start for start in ends for end in _ends(token, prompt, start, spaces_lost)}
        steps.append(ends)
    counts = [count for count, step in enumerate(steps, start=1) if len(prompt) in step]
    if not counts:
        return None
    expected = len(tokens) - generated
    end, spans = len(prompt), []
    for step in reversed(steps[: expected if expected in counts else counts[-1]]):
        spans.append((step[end], end))
        end = step[end]
    return spans[::-1]


def _ends(token: str, prompt: bytes, start: int, spaces_lost: bool) -> Iterator[int]:
    """Where a token that begins at `start` may end."""
    spelling = token.encode("utf-8", "surrogatepass")
    if prompt.startswith(spelling, start):
        yield start + len(spelling)
    elif spaces_lost and prompt.startswith(b" " + spelling, start):
        yield start + 1 + len(spelling)
    if BROKEN in token:  # each stands for one to three bytes, and has three itself
        for end in range(start + 1, min(start + len(spelling), len(prompt)) + 1):
            if prompt[start:end].decode("utf-8", errors="replace") == token:
                yield end


def offset(tokens: Sequence[str], offsets: Sequence[JSON], prompt: str, echoed: JSON) -> list[Span] | None:
    """From which character to which each token reaches, by the server's word; None if that cannot be.

    Believed only where the prompt came back, and a token ends just where it does: servers
    count a mark of the beginning, or the bytes of a character, and are then off.
    """
    counted = len(offsets) == len(tokens) and all(isinstance(place, int) for place in offsets)
    if not counted or not isinstance(echoed, str) or not echoed.startswith(prompt):
        return None
    spans = list(pairwise([*offsets, offsets[-1] + len(tokens[-1])]))
    if offsets[0] != 0 or any(start > end for start, end in spans) or all(end != len(prompt) for _, end in spans):
        return None
    return [(start, end) for start, end in spans if start < len(prompt)]


def _greedy(values: Sequence[float], top: Sequence[dict[str, float]]) -> bool | None:
    """Whether no token was likelier, by value: two tokens may have one text."""
    if not all(top):
        return None
    return all(value >= max(likeliest.values()) for value, likeliest in zip(values, top, strict=True))
