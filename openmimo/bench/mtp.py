"""`openmimo bench mtp`: how often nano's MTP layers guess its own reasoning, and what that gains.

The questions are those that `openmimo eval` measures with, new ones each round; the answers are greedy and end by
themselves, so that they are the same with drafts and without. Knows no peer.
"""

import sys
from collections.abc import Sequence
from functools import partial
from itertools import chain

from openmimo.bench.ours import rate
from openmimo.bench.report import Row
from openmimo.bench.turns import Rates, Side, in_turns, middle, ratio
from openmimo.core.log import Progress
from openmimo.engine.config import EngineConfig
from openmimo.engine.engine import TorchEngine
from openmimo.engine.load import Loaded, load
from openmimo.engine.request import Request
from openmimo.engine.session import prompt_ids
from openmimo.eval.heldout import heldout_tasks
from openmimo.model.mimo import MiMo
from openmimo.recipes.nano import DATA
from openmimo.tasks.families import family_of

FAMILIES = DATA.families  # what nano has learnt
BATCHES = (1, 4, 16)
ROUNDS = 5
QUICK = 4  # takes one question of so many, and one round
MOST = 600  # tokens of an answer, as in `openmimo eval`
LAYERS = 3  # as many as the report speaks of (2.2): an acceptance that cannot be measured is named


def measure(quick: bool) -> list[Row]:
    """The rows of this benchmark, measured now."""
    nano = load("nano")
    layers = nano.model.config.num_nextn_predict_layers
    if layers < LAYERS:
        print(f"acceptance is measured of layers 1 to {layers}: nano has no more of the {LAYERS}", file=sys.stderr)
    rounds = [requests[:: QUICK if quick else 1] for requests in rounds_of(nano, 1 if quick else ROUNDS)]
    with Progress("passes over the questions", 1 + len(BATCHES) * len(rounds) * (1 + layers)) as progress:
        passes = iter(range(1, progress.total + 1))
        accepted = acceptance(nano.model, layers, list(chain(*rounds)))
        progress.update(next(passes))
        rates = {batch: in_turns(_sides(nano.model, batch, layers), rounds, lambda _: progress.update(next(passes))) for batch in BATCHES}
    return [
        *(Row(f"accept.layer{layer}", share, "share", 0.85 if layer == 1 else None) for layer, share in enumerate(accepted, 1)),
        *chain(*(_rows(batch, of_batch) for batch, of_batch in rates.items())),
    ]


def rounds_of(nano: Loaded, rounds: int) -> list[list[Request]]:
    """For each round a question of every family and level that nano has learnt, none of them twice."""
    kinds = [(family_of(name), level) for name in FAMILIES for level in family_of(name).levels]
    questions = [heldout_tasks(family, level, rounds, held_out_phrasings=False) for family, level in kinds]
    return [[_request(nano, tasks[round_].problem) for tasks in questions] for round_ in range(rounds)]


def acceptance(model: MiMo, layers: int, requests: Sequence[Request]) -> tuple[float, ...]:
    """For each MTP layer, how often the token that it drafted was the one that came, which takes that those before it were."""
    engine = TorchEngine(model, EngineConfig(rows=max(BATCHES), draft="mtp", drafted=layers))
    rate(engine, requests)
    return engine.statistics.acceptance


def _sides(model: MiMo, batch: int, layers: int) -> dict[str, Side]:
    """Without drafts, and with those of one layer or more."""
    ways = {"plain": EngineConfig(rows=batch)}
    for drafted in range(1, layers + 1):
        ways["mtp" if drafted == 1 else f"mtp{drafted}"] = EngineConfig(rows=batch, draft="mtp", drafted=drafted)
    return {name: partial(rate, TorchEngine(model, config)) for name, config in ways.items()}


def _rows(batch: int, rates: Rates) -> list[Row]:
    drafting = [name for name in rates if name != "plain"]
    return [
        *(Row(f"b{batch}.{name}", middle(rates, name), "tokens/s") for name in rates),
        *(Row(f"b{batch}.{name}_gain", ratio(rates, name, "plain"), "x") for name in drafting),
    ]


def _request(nano: Loaded, question: str) -> Request:
    return Request(prompt_ids(nano, [{"role": "user", "content": question}]), MOST, nano.stop_ids)
