"""`openmimo bench serve`: SmolLM2-135M behind HTTP, ours beside vLLM and `transformers serve`, with 1, 8 and 32 clients.

All serve the same folder in bf16 on as many threads, with what they do by themselves (prefix caches, batching). Chats of mixed
lengths are streamed to their last token, greedy, ends of turns ignored; that all sides read and wrote as many tokens is checked
in every round. `transformers serve` has two ways, one request after another and continuous batching; ours is compared with the faster.
The first takes part with one client only, the second with up to eight, for with 32 it needs most of an hour. Read `serve_work.py`, `servers.py` and `clients.py` for the parts.
"""

import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import torch

from openmimo.bench.clients import Answer, Chat
from openmimo.bench.decode import model_file
from openmimo.bench.peers import python_of
from openmimo.bench.report import Row
from openmimo.bench.serve_work import ANSWERS, chats, need_same_work, rate, waits
from openmimo.bench.servers import server
from openmimo.bench.turns import middle, ratio
from openmimo.core.log import Progress
from openmimo.engine.load import held_in
from openmimo.model.folder import write_folder
from openmimo.model.gguf import read_gguf
from openmimo.text.gguf_vocabulary import tokenizer_from_gguf
from openmimo.text.template import CHATML, ChatTemplate

Side = Callable[[Sequence[Chat], int], list[Answer]]
"""Whoever answers chats, asked by so many clients at once."""

Rounds = Mapping[str, Sequence[Sequence[Answer]]]
"""The answers of every side, round by round."""

CLIENTS = (1, 8, 32)
SIDES = ("ours", "vllm", "transformers", "transformers_cb")
MOST = {"transformers": 1, "transformers_cb": 8}  # clients: the first is no faster with more, the second far slower
TARGETS = {(1, "transformers"): 1.3, (8, "vllm"): 1.0, (32, "vllm"): 0.9}


@dataclass(frozen=True)
class _Sizes:
    """Rounds and chats of a round for each number of clients, and the fewest and most tokens of an answer."""

    rounds: tuple[int, ...]
    chats: tuple[int, ...]
    answers: tuple[int, int]


FULL = _Sizes((5, 3, 3), (4, 16, 64), ANSWERS)
QUICK = _Sizes((1, 1, 1), (2, 8, 32), (4, 16))


def measure(quick: bool) -> list[Row]:
    """The rows of this benchmark, measured now; `InputError` if a peer or the model is not installed."""
    source, threads, sizes = model_file(), torch.get_num_threads(), QUICK if quick else FULL
    for name in ("vllm", "transformers"):
        python_of(name)
    with tempfile.TemporaryDirectory() as place, ExitStack() as stack:
        folder = Path(place) / "model"
        write_served(source, folder)
        sides: dict[str, Side] = {}
        for name in SIDES:
            print(f"starting {name}, {threads} threads", file=sys.stderr, flush=True)
            sides[name] = stack.enter_context(server(name, folder, threads)).answers
        return _rows(_measured(sides, sizes))


def write_served(source: Path, folder: Path) -> None:
    """Write a GGUF file as a folder in bf16 that all sides read: weights, tokenizer and chat template."""
    model = read_gguf(source, torch.bfloat16)
    tokenizer, template = tokenizer_from_gguf(source)
    write_folder(model, folder, layout="llama", generation_config={"eos_token_id": sorted(tokenizer.eos_ids)})
    tokenizer.save(folder)
    ChatTemplate(template or CHATML).save(folder)
    if (dtype := held_in(folder, model.config)) != torch.bfloat16:
        print(f"ours holds the model in {dtype}, which is quicker on this processor, the peers in bf16", file=sys.stderr)


def _measured(sides: Mapping[str, Side], sizes: _Sizes) -> dict[int, Rounds]:
    """Every side's answers, by the number of clients."""
    plan = [
        (clients, _taking_part(sides, clients), [chats(round_, count, sizes.answers) for round_ in range(rounds)])
        for clients, rounds, count in zip(CLIENTS, sizes.rounds, sizes.chats, strict=True)
    ]
    for clients, taking, _ in plan:
        for side in taking.values():
            side(chats(-clients, clients, (4, 8)), clients)  # what is done once, is done
    with Progress("answers", sum(len(taking) * sum(map(len, rounds)) for _, taking, rounds in plan)) as progress:
        ended = iter(range(1, progress.total + 1))

        def seen(answers: Sequence[Answer]) -> None:
            progress.update([next(ended) for _ in answers][-1])

        return {clients: compared(taking, clients, rounds, seen) for clients, taking, rounds in plan}


def _taking_part(sides: Mapping[str, Side], clients: int) -> dict[str, Side]:
    return {name: side for name, side in sides.items() if clients <= MOST.get(name, clients)}


def compared(
    sides: Mapping[str, Side], clients: int, rounds: Sequence[Sequence[Chat]], seen: Callable[[Sequence[Answer]], None]
) -> dict[str, list[list[Answer]]]:
    """What every side answers to the chats of each round; the side that goes first is another in the next round.

    `OpenMimoError` if one did other work than ours.
    """
    names, said = list(sides), dict[str, list[list[Answer]]]((name, []) for name in sides)
    for round_, asked in enumerate(rounds):
        first = round_ % len(names)
        for name in names[first:] + names[:first]:
            said[name].append(sides[name](asked, clients))
            seen(said[name][-1])
        for name in names:
            need_same_work(name, asked, said[name][-1], said["ours"][-1])
    return said


def _rows(by_clients: Mapping[int, Rounds]) -> list[Row]:
    return [
        *chain(*(_ratios(clients, rounds) for clients, rounds in by_clients.items())),
        *chain(*(_values(clients, name, answers) for clients, rounds in by_clients.items() for name, answers in rounds.items())),
    ]


def _ratios(clients: int, rounds: Rounds) -> Iterable[Row]:
    rates = {name: [rate(answers) for answers in of_side] for name, of_side in rounds.items()}
    for peer in ("vllm", "transformers"):
        if not (sides := [name for name in rates if name.startswith(peer)]):
            continue
        best = min(ratio(rates, "ours", name) for name in sides)
        yield Row(f"c{clients}.vs_{peer}", best, "x", TARGETS.get((clients, peer)))


def _values(clients: int, name: str, rounds: Sequence[Sequence[Answer]]) -> Iterable[Row]:
    median, most, between = waits(chain(*rounds))
    yield Row(f"c{clients}.{name}", middle({name: [rate(answers) for answers in rounds]}, name), "tokens/s")
    yield Row(f"c{clients}.{name}.ttft", median, "ms")
    yield Row(f"c{clients}.{name}.ttft_p95", most, "ms")
    yield Row(f"c{clients}.{name}.itl", between, "ms")
