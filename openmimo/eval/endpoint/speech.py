"""An ask in the words of an OpenAI-compatible server, and what its reply says.

Knows no connection. Read `endpoint.py` next.
"""

import re
from dataclasses import replace

from openmimo.core.errors import InputError
from openmimo.eval.ask import Ask, Ending, Said
from openmimo.eval.endpoint.failure import Failed
from openmimo.eval.endpoint.form import JSON, first, record
from openmimo.eval.endpoint.likelihood import NEEDED, likelihood
from openmimo.text.reasoning import parse
from openmimo.text.special import THINK, THINK_END

Body = dict[str, JSON]
CHAT, TEXT = "/chat/completions", "/completions"
UNKNOWN = re.compile(r"unsupported|not supported|unknown|unrecognized|unexpected|max_completion_tokens", re.IGNORECASE)
FIX = "check that the address is that of an OpenAI-compatible server"
# "abort" and "error" are vLLM's.
WITHHELD = {"content_filter": "the server's filter withheld it", "abort": "the server broke it off", "error": "the server broke it off"}


def check(ask: Ask) -> None:
    """`InputError` for an ask that no server could answer."""
    if ask.continuation and ask.messages:
        raise InputError("a continuation goes on from a text, and this ask has a dialogue", "put the dialogue into `text`")
    if not (_spoken(ask) or ask.text or ask.continuation):
        raise InputError("the ask is empty: it has no message and no text", "ask something")
    if ask.max_tokens < 1 and not ask.continuation:
        raise InputError(f"an answer of {ask.max_tokens} tokens is none", "allow at least one")


def request(ask: Ask, model: str, limit: str, streaming: bool) -> tuple[str, Body]:
    """Where to send an ask, and as what; `limit` is the name that the server has for a chat's number of tokens.

    A likelihood asks for one token beside the echo, and not for none: llama-cpp-python takes
    0 for "as many as there is room for". It is drawn as the model has it, since some servers
    bend the log-probabilities by how they draw.
    """
    body: Body = {"model": model}
    if ask.continuation:
        body |= {"prompt": ask.text + ask.continuation, "echo": True, "logprobs": 1, "max_tokens": 1, "temperature": 1.0, "top_p": 1.0}
        return TEXT, body
    if messages := _spoken(ask):
        body |= {"messages": messages, limit: ask.max_tokens}
    else:
        body |= {"prompt": ask.text, "max_tokens": ask.max_tokens}
    body |= {"temperature": ask.drawing.temperature, "top_p": ask.drawing.top_p, "seed": ask.drawing.seed}
    if ask.stop:
        body["stop"] = list(ask.stop)
    if streaming:
        body |= {"stream": True, "stream_options": {"include_usage": True}}
    return CHAT if messages else TEXT, body


def wants_other_limit(failed: Failed) -> bool:
    """Whether the server refused `max_tokens` for its name; a number too high is another matter, and no name helps it."""
    return failed.status == 400 and "max_tokens" in failed.cause and bool(UNKNOWN.search(failed.cause))


def explained(failed: Failed, ask: Ask) -> Failed:
    """The same, with what a server lacks that refuses a likelihood."""
    lacks = failed.status == 404 or any(word in failed.cause.lower() for word in ("echo", "logprobs"))
    return replace(failed, fix=NEEDED) if ask.continuation and failed.status and lacks else failed


def said(number: int, ask: Ask, reply: JSON, seconds: float, ending: Ending | None = None) -> Said:
    """What a reply says; raises `Failed` for one of another form. `ending` is known of one that was cut short."""
    choice = first(record(reply).get("choices"))
    if not choice:
        raise Failed("the reply has no choices", FIX)
    prompt_tokens, tokens = (_count(reply.get("usage"), name) for name in ("prompt_tokens", "completion_tokens"))
    if ask.continuation:
        found = likelihood(choice, ask.text, ask.continuation, 1 if tokens is None else tokens)
        before = None if prompt_tokens is None else prompt_tokens - found.tokens  # the server counts the continuation as prompt
        return Said(number, "", "", "stop", found.tokens, before, seconds, found.logprob, found.greedy)
    reasoning, text = _of_dialogue(choice) if _spoken(ask) else ("", choice.get("text"))
    if not isinstance(text, str):
        raise Failed("the reply has no text where it should be", FIX)
    reason = str(choice.get("finish_reason"))
    if ending is None:
        ending = "failed" if reason in WITHHELD else "length" if reason == "length" else "stop"
    return Said(number, text, reasoning, ending, tokens, prompt_tokens, seconds, error=WITHHELD.get(reason, ""))


def _spoken(ask: Ask) -> list[dict[str, str]]:
    """The messages, without an empty system prompt: the report's setting, for which templates want no message at all."""
    return [dict(message) for message in ask.messages if message.get("role") != "system" or message.get("content")]


def _of_dialogue(choice: JSON) -> tuple[str, str | None]:
    """Reasoning and answer, which a server tells apart, or else the model's tags do."""
    message = record(choice.get("message"))
    content = message.get("content")
    if content is None and message:
        content = ""  # all of it is reasoning or a call
    if not isinstance(content, str):
        return "", None
    # vLLM's `reasoning` was `reasoning_content` before, as it still is with others.
    reasoning = message.get("reasoning_content") or message.get("reasoning")
    if isinstance(reasoning, str) and reasoning:
        return reasoning.strip(), content.strip()
    # A prompt may have opened the reasoning, and then only its end is seen; of one cut short before, nothing is.
    opened = THINK_END in content and THINK not in content[: content.index(THINK_END)]
    parsed = parse(content, starts_in_reasoning=opened)
    return parsed.reasoning, parsed.answer


def _count(usage: JSON, name: str) -> int | None:
    count = record(usage).get(name)
    return count if isinstance(count, int) else None
