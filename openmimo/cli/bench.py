"""`openmimo bench`: comparisons, ours and the peer in one run, with targets that stay in the output when they are missed."""

import importlib
import sys
from typing import Annotated, Literal

import tyro


def main(
    name: tyro.conf.Positional[Literal["decode", "eval", "judge", "mtp", "rollout", "serve", "train", "verify"]],
    json_: Annotated[bool, tyro.conf.arg(name="json")] = False,
    quick: bool = False,
) -> int:
    """Measure one part of OpenMiMo beside its peer, on this machine, now. Ratios are what carries over to other machines.

    Try:
        openmimo bench verify
        openmimo bench decode --json

    Args:
        name: decode: tokens a second beside transformers, vLLM and llama.cpp; eval: judging while others are
            still being written, beside judging afterwards; judge: running programs;
            mtp: what drafts gain nano; rollout: steps of seamless rollouts beside naive ones; serve: chats over HTTP
            beside vLLM and transformers; train: a training step beside transformers, and its memory;
            verify: mathematical answers.
        json_: Print one line of JSON on stdout, and the table on stderr.
        quick: Fewer rounds: to see that it works, not to quote.
    """
    from openmimo.bench.report import line, table

    rows = importlib.import_module(f"openmimo.bench.{name}").measure(quick)
    print(table(rows), file=sys.stderr if json_ else sys.stdout)
    print(line(name, rows))
    return 0
