"""Whole steps of RL beside TRL's GRPOTrainer: the same weights, problems, reward and settings, on the same processor (`benchmarks/rl_vs_trl.py`).

A step of TRL writes answers to 4 problems and trains on all; groups whose rewards are equal are among them and teach
nothing. A step of ours goes on until 4 groups have a signal, and trains on these. So what is compared is the time for each group
with a signal that was trained on. Both sides hold the model all the while, and take turns: one waits while the other works.

TRL has its weights in bf16. Ours are in fp32, with products in bf16 where the processor has them; answers are written by a
copy in bf16, and share their prompt in training, as with `openmimo rl --bf16 --share-prompts`. Read `rl_work.py` for what is
asked, `peers/trl/train.py` for the peer.
"""

import json
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain, cycle
from pathlib import Path

import torch

from openmimo.bench import rl_work as work
from openmimo.bench.decode import model_file
from openmimo.bench.peers import ROOT, Peer, python_of, running
from openmimo.bench.report import Row
from openmimo.core.errors import OpenMimoError
from openmimo.core.log import Progress
from openmimo.engine.load import load
from openmimo.engine.sample import Sampling
from openmimo.engine.save import save
from openmimo.rl.advantage import advantages
from openmimo.rl.batch import Selected, pack_groups
from openmimo.rl.policy import Policy
from openmimo.rl.problem_set import Problem
from openmimo.rl.rewards import Rewards
from openmimo.rl.update import update, with_old
from openmimo.rollout.config import RolloutConfig
from openmimo.rollout.predictor import Predictor
from openmimo.rollout.problems import Problems
from openmimo.rollout.record import Group, Outcome
from openmimo.rollout.rollout import roll_out
from openmimo.text.template import ChatTemplate
from openmimo.text.tokenizer import Tokenizer
from openmimo.train.optimiser import adamw
from openmimo.train.speed import has_bf16, keep_memory

ROW_LENGTH, ROWS = 512, 4  # tokens of a packed row, and rows in memory at a time
TARGET = 4.0


@dataclass(frozen=True)
class Turn:
    """A whole step of one side.

    `groups` are those that were written to their end and judged, `signals` those of them whose rewards differ and that were
    trained on; `right` of their `answers` earned something, and `tokens` is how long these were together. `updating` are the seconds of the
    step that were not writing and judging, where the side can tell.
    """

    seconds: float
    groups: int
    signals: int
    answers: int
    right: int
    tokens: int
    updating: float = 0.0


Turns = Mapping[str, Sequence[Turn]]
"""Every side's steps, round by round."""


def measure(quick: bool) -> tuple[list[Row], Turns]:
    """The rows of this comparison and the steps they come from, measured now; `InputError` if TRL or the model is not installed."""
    python_of("trl")
    with tempfile.TemporaryDirectory() as place, ExitStack() as stack:
        folder, problems = _folder(Path(place)), work.problems()
        theirs = stack.enter_context(trl(folder, Path(place), problems))
        ours = Ours(folder, problems, stack.enter_context(Rewards(f"{work.REWARD}:reward")))
        rounds = 1 if quick else work.ROUNDS
        sides = (("ours", ours.step), ("trl", theirs.step))
        turns: dict[str, list[Turn]] = {name: [] for name, _ in sides}
        with Progress("steps", 2 * (rounds + 1)) as progress:
            done = iter(range(1, progress.total + 1))
            for number in range(rounds + 1):
                for name, step in sides if number % 2 else reversed(sides):
                    turn = step()
                    if number:  # the first of each is not counted: kernels, memory, the optimiser's state
                        turns[name].append(turn)
                    progress.update(next(done))
        return rows_of(turns), turns


def _folder(place: Path) -> Path:
    """SmolLM2-135M-Instruct as a folder that both sides read."""
    folder, loaded = place / "model", load(str(model_file()), "cpu", torch.bfloat16)
    save(folder, loaded.model, loaded.tokenizer, loaded.template, "llama", torch.bfloat16, stop_ids=loaded.stop_ids)
    return folder


class Ours:
    """Our side: steps as those of `rl/run.py`, on problems in a circle."""

    def __init__(self, folder: Path, problems: Sequence[Problem], rewards: Rewards):
        keep_memory()
        loaded = load(str(folder), "cpu", torch.float32)
        self.sampling = Sampling(work.TEMPERATURE)
        self.policy, self.rewards = Policy(loaded, work.GROUPS * work.SIZE, self.sampling, torch.bfloat16), rewards
        self.config = RolloutConfig(groups=work.GROUPS, group_size=work.SIZE, slots=work.GROUPS * work.SIZE)
        self.predictor, self.optimiser = Predictor(), adamw(loaded.model, work.RATE, 0.0)
        self.bf16 = has_bf16(torch.device("cpu"))
        self.order: Iterator[Problem] = cycle(problems)
        self.number = 0

    def step(self) -> Turn:
        """Write and judge until enough groups have a signal, and train on these."""
        started = time.perf_counter()
        self.number += 1
        outcome = self._written()
        between = time.perf_counter()
        self._trained(outcome.selected)
        self.policy.moved()
        now = time.perf_counter()
        return _of(outcome, now - started, now - between)

    def _written(self) -> Outcome[Problem]:
        policy = self.policy
        asked = Problems(
            self.order,
            lambda problem: problem.name,
            lambda problem, seed: policy.request(problem, seed, work.TOKENS),
            lambda problem, said: self.rewards.judge(problem, policy.text(said), said),
        )
        outcome = roll_out(asked, policy.engine, self.config, self.predictor, work.SEED, self.number)
        self.order = chain(outcome.unused, self.order)
        return outcome

    def _trained(self, selected: Sequence[Group[Problem]]) -> None:
        worth = advantages([group.rewards for group in selected], work.ALGORITHM.advantage)
        groups = [
            [
                Selected(one.prompt, one.finished.ids, one.finished.logprobs, advantage, one.finished.forced)
                for one, advantage in zip(group.samples, advantages_S, strict=True)
                if one.finished
            ]
            for group, advantages_S in zip(selected, worth, strict=True)
        ]
        packed = [pack_groups(groups, work.ALGORITHM.aggregation, work.TOKENS, ROW_LENGTH, ROWS, f"step {self.number}", True)]
        for batches in with_old(self.policy.model, packed, work.ALGORITHM, self.sampling, self.bf16):
            update(self.policy.model, batches, self.optimiser, work.RATE, work.ALGORITHM, self.sampling, work.CLIP, self.bf16)


def _of(outcome: Outcome[Problem], seconds: float, updating: float) -> Turn:
    """What a step was; answers of groups that were cancelled count in its time alone."""
    settled = [one for one in outcome.samples if one.group < outcome.settled]
    return Turn(
        seconds,
        outcome.settled,
        len(outcome.selected),
        len(settled),
        sum(one.reward == 1 for one in settled),
        sum(len(one.finished.ids) for one in settled if one.finished),
        updating,
    )


class TRL(Peer):
    """TRL's trainer, under way."""

    def step(self) -> Turn:
        """A step of it; `OpenMimoError` if it has ended."""
        return Turn(**self.ask({}))


@contextmanager
def trl(folder: Path, place: Path, problems: Sequence[Problem]) -> Iterator[TRL]:
    """TRL's trainer over this model on these problems, ready; `place` is for its job. `OpenMimoError` if it reads other prompts than we."""
    tokenizer, template = Tokenizer.from_folder(folder), ChatTemplate.from_folder(folder)
    job = {
        "problems": [{"prompt": template.render(one.messages), "answer": one.row["answer"]} for one in problems],
        "groups": work.GROUPS,
        "size": work.SIZE,
        "tokens": work.TOKENS,
        "temperature": work.TEMPERATURE,
        "rate": work.RATE,
        "clip": work.CLIP,
        "clip_low": work.ALGORITHM.clip_low,
        "clip_high": work.ALGORITHM.clip_high,
        "seed": work.SEED,
    }
    (place / "job.json").write_text(json.dumps(job), encoding="utf-8")
    program: list[str | Path] = [python_of("trl"), ROOT / "peers" / "trl" / "train.py", folder]
    with running(TRL, "TRL", [*program, str(torch.get_num_threads()), place / "job.json"]) as started:
        if started.ready["prompts"] != [template.encode(tokenizer, one.messages) for one in problems]:
            raise OpenMimoError(
                "TRL reads other prompts than we", "steps on them cannot be compared; look at the tokenizer that was written"
            )
        yield started


def rows_of(turns: Turns) -> list[Row]:
    """How both sides compare: by the time of all steps for all groups with a signal, since a step may have none."""
    each = {name: _seconds(side) / max(_sum(side, "signals"), 1) for name, side in turns.items()}
    rows = [Row("valid_group.vs_trl", each["trl"] / each["ours"], "x", TARGET)]
    for name, side in turns.items():
        answers = _sum(side, "answers")
        rows += [
            Row(f"{name}.valid_group", each[name], "s"),
            Row(f"{name}.step", statistics.median(turn.seconds for turn in side), "s"),
            Row(f"{name}.no_signal", 1 - _sum(side, "signals") / _sum(side, "groups"), "share"),
            Row(f"{name}.right", _sum(side, "right") / answers, "share"),
            Row(f"{name}.length", _sum(side, "tokens") / answers, "tokens"),
        ]
    return [*rows, Row("ours.updating", statistics.median(turn.updating for turn in turns["ours"]), "s")]


def _seconds(side: Sequence[Turn]) -> float:
    return sum(turn.seconds for turn in side)


def _sum(side: Sequence[Turn], field: str) -> int:
    return sum(getattr(turn, field) for turn in side)
