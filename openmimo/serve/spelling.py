"""Tokens and their log-probabilities as OpenAI spells them. Knows no request."""

from typing import Any

from openmimo.serve.turn import Token
from openmimo.text.tokenizer import Tokenizer

LEAST = -9999.0  # what stands for minus infinity, which JSON cannot hold


def text_of(token: int, tokenizer: Tokenizer) -> str:
    """A token's text; of one that is no whole characters, its bytes as `bytes:\\x..`."""
    spelt = tokenizer.token_bytes(token)
    try:
        return spelt.decode()
    except UnicodeDecodeError:
        return "bytes:" + "".join(f"\\x{byte:02x}" for byte in spelt)


def spelled(token: Token, tokenizer: Tokenizer) -> dict[str, Any]:
    """A token with its likeliest rivals, as chat completions have it."""
    rivals = [_alone(one, logprob, tokenizer) for one, logprob in token.top]
    return {**_alone(token.id, token.logprob, tokenizer), "top_logprobs": rivals}


def finite(logprob: float) -> float:
    """A log-probability that JSON can hold."""
    return max(logprob, LEAST)


def _alone(token: int, logprob: float, tokenizer: Tokenizer) -> dict[str, Any]:
    return {"token": text_of(token, tokenizer), "logprob": finite(logprob), "bytes": list(tokenizer.token_bytes(token))}
