"""`openmimo chat`: a conversation in the terminal, kept until it ends, with a model of this machine or one behind HTTP."""

import os
import sys
from collections.abc import Callable
from typing import Any

from openmimo.core.errors import InputError, OpenMimoError

Messages = list[dict[str, Any]]
Speak = Callable[[Messages], str]
"""Shows the answer to a conversation as it comes, and gives it without its reasoning."""


def main(
    model: str = "",
    url: str = "",
    api_key: str = "",
    system: str = "",
    max_tokens: int | None = None,
    thinking_budget: int | None = None,
    int8: bool = False,
    temperature: float | None = None,
    top_p: float | None = None,
    seed: int | None = None,
) -> int:
    """Talk with a model. An empty line or Ctrl-D ends it, Ctrl-C ends an answer; /new starts over.

    Try:
        openmimo chat
        openmimo chat --url http://127.0.0.1:8000

    Args:
        model: A model's name, a folder, or a .gguf file; nano if not said. With --url one of the server's, the first if not said.
        url: Talk to an OpenAI-compatible server at this address instead.
        api_key: The server's key. Others on this machine can see it here; prefer OPENMIMO_API_KEY.
        system: A system message; MiMo's authors recommend none.
        max_tokens: The most tokens of one answer, reasoning included: 1024, or what the server has for it.
        thinking_budget: End the reasoning after so many tokens; the model answers with what it has, so sooner and less often right. 0: none.
        int8: Hold the matrices in 8 bits, which on the CPU is quicker for a large model, for a small loss of accuracy.
        temperature: 0 always takes the likeliest token; higher is more varied. 0, or what the server has for it.
        top_p: Sample only among the likeliest tokens that add up to this share: 1, or what the server has for it.
        seed: Of the sampling: 0, or what the server has for it.
    """
    named = {"max_tokens": max_tokens, "thinking_budget": thinking_budget, "temperature": temperature, "top_p": top_p, "seed": seed}
    wishes = {name: value for name, value in named.items() if value is not None}
    if url and int8:
        raise InputError("--int8 is about a model of this machine, and --url about one elsewhere", "leave one of them out")
    name, speak = _there(url, api_key, model, wishes) if url else _here(model or "nano", int8, wishes)
    print(f"{name} is listening. An empty line ends the conversation, /new starts over.", file=sys.stderr)
    _converse(speak, [{"role": "system", "content": system}] if system else [])
    return 0


def _converse(speak: Speak, start: Messages) -> None:
    messages = list(start)
    while question := _read():
        if question == "/new":
            messages = list(start)
            continue
        messages.append({"role": "user", "content": question})
        try:
            messages.append({"role": "assistant", "content": speak(messages)})
        except KeyboardInterrupt:
            print("\n(stopped)", file=sys.stderr)
            messages.pop()
        except OpenMimoError as error:
            # A conversation that has grown too long, say: the question is taken back, the rest stays.
            print(f"openmimo chat: {error}", file=sys.stderr)
            messages.pop()


def _here(model: str, int8: bool, wishes: dict[str, Any]) -> tuple[str, Speak]:
    """A model of this machine."""
    from openmimo.cli.pieces import show_pieces
    from openmimo.engine.config import EngineConfig
    from openmimo.engine.load import load
    from openmimo.engine.sample import Sampling
    from openmimo.engine.session import MAX_TOKENS, Session

    session = Session(load(model), EngineConfig(int8=True) if int8 else None)
    most, budget = wishes.pop("max_tokens", MAX_TOKENS), wishes.pop("thinking_budget", None)
    sampling = Sampling(**wishes)

    def speak(messages: Messages) -> str:
        stream = session.stream(messages, most, sampling, thinking=budget)
        show_pieces(stream)
        return stream.answer(check=False).answer

    return model, speak


def _there(url: str, key: str, model: str, wishes: dict[str, Any]) -> tuple[str, Speak]:
    """A model behind HTTP."""
    from openmimo.cli.pieces import show_pieces
    from openmimo.cli.remote import Remote
    from openmimo.eval.endpoint.address import KEYS, key_of

    remote = Remote(url, key_of({KEYS[0]: key} if key else os.environ), model, wishes)

    def speak(messages: Messages) -> str:
        stream = remote.stream(messages)
        show_pieces(stream)
        return stream.answer

    return f"{remote.model} at {remote.base}", speak


def _read() -> str:
    """The next line typed, without the prompt in the way of a pipe; empty at the end of input."""
    if sys.stdin.isatty():
        print("> ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()
