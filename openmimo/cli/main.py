"""`openmimo VERB ...`: finds the verb's file, runs it, and turns errors into messages and exit codes.

Exit codes: 0 done; 1 it could not be done; 2 it was asked for wrongly; 130 interrupted.
Knows no verb's arguments. Each verb is a module of this folder with a `main` function
whose signature is its command line.
"""

import importlib
import os
import sys
from collections.abc import Sequence

from openmimo.core.errors import OpenMimoError

VERBS = {
    "tour": "a small reasoning model from nothing to an answer, in minutes",
    "ask": "answer one question, showing the reasoning",
    "chat": "a conversation in the terminal",
    "serve": "a model behind HTTP, for OpenAI's and Ollama's clients, with a chat page",
    "eval": "measure a model on held-out tasks, family by family",
    "compare": "two evaluations over the same questions",
    "contamination": "which questions of benchmarks stand in a training file",
    "verify": "is this mathematical answer the gold one, and why",
    "judge": "run a program against its tests, in the sandbox",
    "curate": "of a file of problems those that reinforcement learning can learn from",
    "check-problems": "gold answers and solutions through their own verifiers",
    "pretrain": "the pre-training stage of a recipe",
    "sft": "the fine-tuning stage of a recipe",
    "rl": "reinforcement learning on problems that can be checked, a recipe's or yours",
    "convert": "a model folder or GGUF file to a folder in another layout",
    "models": "the models of this machine, their disk use, adding and removing",
    "show": "what a model, a recipe or a run is",
    "simulate": "the scheduler of the rollouts on a simulated cluster, beside the report's tables",
    "bench": "comparisons with other programs, measured here and now",
    "doctor": "what this machine can do, and what is missing",
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit the process."""
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: list[str]) -> int:
    """Run the command line and give its exit code."""
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(overview())
        return 0
    if arguments[0] in ("-V", "--version"):
        from openmimo import __version__

        print(f"openmimo {__version__}")
        return 0
    verb = arguments[0]
    if verb not in VERBS:
        print(f"openmimo: there is no verb {verb!r}\n  fix: choose one of {', '.join(VERBS)}", file=sys.stderr)
        return 2
    return _run_verb(verb, arguments[1:])


def overview() -> str:
    """The text of `openmimo --help`."""
    width = max(map(len, VERBS))
    lines = [f"  {verb:{width}}  {about}" for verb, about in VERBS.items()]
    return "\n".join(
        [
            "usage: openmimo VERB ...",
            "",
            "Makes reasoning models and runs them.",
            "",
            *lines,
            "",
            "`openmimo VERB --help` tells the rest. A MODEL is a name (nano), a folder, or a .gguf file.",
            'Try:  openmimo ask "What is 15% of 80?"',
            "",
            "Data goes to stdout, logs to stderr. Exit codes: 0 done, 1 failed, 2 asked wrongly, 130 interrupted.",
        ]
    )


def _run_verb(verb: str, arguments: list[str]) -> int:
    try:
        # Within the `try`, because most of a short command's time is this, and Ctrl-C may come here, too.
        import tyro

        module = importlib.import_module(f"openmimo.cli.{verb.replace('-', '_')}")
        code = tyro.cli(module.main, prog=f"openmimo {verb}", args=arguments, config=(tyro.conf.FlagCreatePairsOff,))
        sys.stdout.flush()
        return code or 0
    except OpenMimoError as error:
        print(f"openmimo {verb}: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print(f"\nopenmimo {verb}: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output has gone; what is still buffered must not raise again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
