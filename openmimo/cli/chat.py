"""`openmimo chat`: a conversation in the terminal, kept until it ends."""

import sys

from openmimo.core.errors import InputError


def main(
    model: str = "nano",
    system: str = "",
    max_tokens: int = 1024,
    thinking_budget: int | None = None,
    int8: bool = False,
    temperature: float = 0.0,
    top_p: float = 1.0,
    seed: int = 0,
) -> int:
    """Talk with a model. An empty line or Ctrl-D ends it, Ctrl-C ends an answer; /new starts over.

    Args:
        model: A model's name, a folder, or a .gguf file.
        system: A system message; MiMo's authors recommend none.
        max_tokens: The most tokens of one answer, reasoning included.
        thinking_budget: End the reasoning after so many tokens; the model answers with what it has, so sooner and less often right. 0: none.
        int8: Hold the matrices in 8 bits, which on the CPU is quicker for a large model, for a small loss of accuracy.
        temperature: 0 always takes the likeliest token; higher is more varied.
        top_p: Sample only among the likeliest tokens that add up to this share.
        seed: Of the sampling.
    """
    from openmimo.cli.pieces import show_pieces
    from openmimo.engine.config import EngineConfig
    from openmimo.engine.load import load
    from openmimo.engine.sample import Sampling
    from openmimo.engine.session import Session

    session = Session(load(model), EngineConfig(int8=True) if int8 else None)
    start = [{"role": "system", "content": system}] if system else []
    messages = list(start)
    sampling = Sampling(temperature, top_p, seed)
    print(f"{model} is listening. An empty line ends the conversation, /new starts over.", file=sys.stderr)
    while question := _read():
        if question == "/new":
            messages = list(start)
            continue
        messages.append({"role": "user", "content": question})
        try:
            stream = session.stream(messages, max_tokens, sampling, thinking=thinking_budget)
            show_pieces(stream)
            messages.append({"role": "assistant", "content": stream.answer(check=False).answer})
        except KeyboardInterrupt:
            print("\n(stopped)", file=sys.stderr)
            messages.pop()
        except InputError as error:
            # A conversation that has grown too long, say: the question is taken back, the rest stays.
            print(f"openmimo chat: {error}", file=sys.stderr)
            messages.pop()
    return 0


def _read() -> str:
    """The next line typed, without the prompt in the way of a pipe; empty at the end of input."""
    if sys.stdin.isatty():
        print("> ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()
