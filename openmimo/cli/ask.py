"""`openmimo ask`: one question, one answer; the reasoning goes to stderr, dimmed, and the answer to stdout."""

import json
import sys
from typing import Annotated

import tyro


def main(
    question: tyro.conf.Positional[str],
    model: str = "nano",
    json_: Annotated[bool, tyro.conf.arg(name="json")] = False,
    max_tokens: int = 1024,
    thinking_budget: int | None = None,
    int8: bool = False,
    temperature: float = 0.0,
    top_p: float = 1.0,
    seed: int = 0,
) -> int:
    """Answer one question. The reasoning comes dimmed as it is thought (on stderr), then the answer (on stdout).

    Python code of the answer is run in the sandbox and held against the examples of the
    question, such as `f(3) -> 9`; what came of it is the last line on stderr.

    Try:
        openmimo ask "What is 15% of 80?"
        openmimo ask --json "Solve 3x + 4 = 19"
        echo "Is 91 prime?" | openmimo ask -

    Args:
        question: What to ask; - reads it from stdin.
        model: A model's name, a folder, or a .gguf file.
        json_: Print one JSON object: question, reasoning, answer, checked, check, tokens, tokens_per_s.
        max_tokens: The most tokens to generate, reasoning included.
        thinking_budget: End the reasoning after so many tokens; the model answers with what it has, so sooner and less often right. 0: none.
        int8: Hold the matrices in 8 bits, which on the CPU is quicker for a large model, for a small loss of accuracy.
        temperature: 0 always takes the likeliest token; higher is more varied.
        top_p: Sample only among the likeliest tokens that add up to this share.
        seed: Of the sampling; the same seed gives the same answer.
    """
    from openmimo.cli.pieces import show_pieces
    from openmimo.engine.config import EngineConfig
    from openmimo.engine.load import load
    from openmimo.engine.sample import Sampling
    from openmimo.engine.session import Session

    if question == "-":
        question = sys.stdin.read()
    sampling = Sampling(temperature, top_p, seed)
    session = Session(load(model), EngineConfig(int8=True) if int8 else None)
    stream = session.stream([{"role": "user", "content": question.strip()}], max_tokens, sampling, thinking=thinking_budget)
    if json_:
        for _ in stream:
            pass
    else:
        show_pieces(stream)
    answer = stream.answer()
    if json_:
        print(json.dumps(answer.as_json(), ensure_ascii=False))
    if answer.check:
        print(answer.check, file=sys.stderr)
    return 0
