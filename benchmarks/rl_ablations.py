"""Questions to reinforcement learning, asked of nano with several seeds: each arm differs from the one it is held against in one thing.

Run: python benchmarks/rl_ablations.py [--seeds 3] [--together 2] [--tour DIR] (about 4 minutes a run on one core, 14 runs a seed).
What is finished in --out is not run again, and a run that was stopped goes on where it was. `--tour` names a folder that
`openmimo tour --out DIR` made; without it the arms that begin from a model less far in training are left out.

All arms that are held against each other see the same problems, and end after the same number of tokens of answers.
Measured before the first step and after the last: avg@4 and pass@4 on 200 held-out tasks at temperature 1.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from openmimo.bench.report import machine
from openmimo.bench.seeds import Difference
from openmimo.core.errors import ConfigError, OpenMimoError
from openmimo.core.files import read_json, write_json
from openmimo.core.log import span
from openmimo.recipes import nano
from openmimo.recipes.tour import Tour
from openmimo.rl.config import RLConfig

STEPS = 20  # that the baseline takes for the tokens of a family, about
LIGHT = 0.1  # of the tour's steps of SFT
LEVELS = "levels.json"
WATCHED = ("before", "after", "gain", "pass_before", "pass_after", "no_signal", "length", "entropy", "steps", "tokens", "seconds")


@dataclass(frozen=True)
class Work:
    """What arms that are held against each other have in common: the tasks, and how many tokens of answers are written."""

    families: tuple[str, ...]
    levels: tuple[int, ...]
    each: int  # problems of a level; few enough for all to come several times, or an easy one would never come again
    max_tokens: int
    tokens: int


CALENDAR = Work(("calendar",), (3, 4), 64, 96, 200_000)
SHORT = Work(("calendar",), (1, 2), 64, 128, 200_000)  # what the tour's models know
CODE = Work(("functions",), (), 48, 192, 300_000)


@dataclass(frozen=True, eq=False)
class Arm:
    """A way to train; `than` is the arm that it is held against, itself for one that others are held against."""

    name: str
    than: str
    work: Work
    about: str
    changes: Mapping[str, Any]


ARMS = (
    Arm("baseline", "baseline", CALENDAR, "a tenth of the draws from the easy pool, on-policy, one length budget, token-level", {}),
    Arm("drop", "baseline", CALENDAR, "what is solved in 90 % is dropped for good", {"easy_share": 0.0, "drop_at": 0.9}),
    Arm("neither", "baseline", CALENDAR, "all problems stay", {"easy_share": 0.0}),
    Arm("updates16", "baseline", CALENDAR, "16 updates a step, each on a sixteenth of it", {"updates": 16}),
    Arm("updates16_slow", "baseline", CALENDAR, "the same at a sixteenth of the rate", {"updates": 16, "rate": nano.rl().rate / 16}),
    Arm(
        "growing",
        "baseline",
        CALENDAR,
        "answers of up to 64 tokens, from a third of the steps on 80, in the last third 96",
        {"max_tokens": 64},
    ),
    Arm("sample", "baseline", CALENDAR, "each answer weighs the same, however long it is", {"aggregation": "sample"}),
    Arm("full", "full", SHORT, "from the tour's model after all of its SFT", {}),
    Arm("light", "full", SHORT, "from the tour's model after a tenth of its SFT", {}),
    Arm("base", "full", SHORT, "from the tour's model before SFT (RL-Zero)", {"base": True}),
    Arm("code_all", "code_all", CODE, "code is paid if all tests pass", {}),
    Arm("code_strict", "code_all", CODE, "a level of tests is paid if all easier ones pass too", {"code_reward": "strict"}),
    Arm("code_soft", "code_all", CODE, "a level of tests is paid by the share that passes", {"code_reward": "soft"}),
)
BY_NAME = {arm.name: arm for arm in ARMS}


@dataclass(frozen=True)
class Place:
    """Where everything is, and how long runs are: `scale` is a share of the tokens and steps."""

    out: Path
    tour: Path | None = None
    scale: float = 1.0

    def arms(self, only: Sequence[str] = ()) -> list[Arm]:
        """The arms that can be run, of those named if any are, and those that they are held against."""
        wanted = set(only or BY_NAME)
        wanted |= {BY_NAME[name].than for name in wanted}
        return [arm for arm in ARMS if arm.name in wanted and (arm.work is not SHORT or self.tour)]

    def folder(self, arm: Arm, seed: int) -> Path:
        """The folder of a run."""
        return self.out / "rl" / f"{arm.name}-{seed}"

    def model(self, arm: Arm) -> str:
        """What an arm begins from."""
        if arm.work is not SHORT:
            return nano.NAME
        assert self.tour, "the arm is left out otherwise"
        full = Tour(self.tour).mtp_again()
        folders = {
            "full": self.tour / "mtp" / full.name / "final",
            "light": self.out / "sft" / "light" / "final",
            "base": self.tour / "mtp" / Tour(self.tour).mtp().name / "final",
        }
        return str(folders[arm.name])

    def config(self, arm: Arm, seed: int) -> RLConfig:
        """The run of an arm with a seed: the recipe's with the sizes of its work, but for what the arm is about."""
        work, steps = arm.work, max(round(STEPS * self.scale), 1)
        own: dict[str, Any] = {
            "name": f"{arm.name}-{seed}",
            "model": self.model(arm),
            "families": work.families,
            "levels": work.levels,
            "between": None,  # what a model solves decides nothing here, or arms would see different problems
            "problems_each": work.each,
            "max_tokens": work.max_tokens,
            "row_length": 2 * work.max_tokens,
            "tokens": max(round(work.tokens * self.scale), 1),
            "steps": 8 * steps,  # tokens end it long before
            "decay": 0,
            "validate_every": 8 * steps,  # before the first step and after the last
            "seed": seed,
        }
        if arm.name == "growing":
            first = max(round(steps / 3), 1)
            own["longer"] = ((1 + first, 80), (1 + 2 * first, work.max_tokens))
        if arm.changes.get("code_reward"):
            own["code_levels"] = str(self.out / LEVELS)
        return nano.rl("default", **(own | dict(arm.changes)))


@dataclass(frozen=True)
class Outcome:
    """What came of a run.

    Scores are shares of right answers (avg@4) and of problems with one at least (pass@4); `no_signal` is the share of groups that
    teach nothing; `length` in tokens and `entropy` in nats a token are means over the last five steps; seconds are of writing and training.
    """

    arm: str
    seed: int
    before: float
    after: float
    gain: float
    pass_before: float
    pass_after: float
    no_signal: float
    length: float
    entropy: float
    steps: int
    tokens: int
    seconds: float


def outcome_of(arm: str, seed: int, lines: Sequence[Mapping[str, Any]]) -> Outcome:
    """The outcome of a run by the lines of its metrics, the first of which is of the validation before the first step."""
    first, last, steps = lines[0]["validation"], lines[-1]["validation"], lines[1:]
    groups = sum(line["groups"] for line in steps)
    return Outcome(
        arm=arm,
        seed=seed,
        before=first["avg@4"],
        after=last["avg@4"],
        gain=last["avg@4"] - first["avg@4"],
        pass_before=first["pass@4"],
        pass_after=last["pass@4"],
        no_signal=sum(line["zero_signal"] * line["groups"] for line in steps) / groups,
        length=statistics.fmean(line["length"] for line in steps[-5:]),
        entropy=statistics.fmean(line["entropy"] for line in steps[-5:]),
        steps=steps[-1]["step"],
        tokens=steps[-1]["tokens"],
        seconds=sum(line["rollout_seconds"] + line["training_seconds"] for line in steps),
    )


def prepare(place: Place, arms: Sequence[Arm]) -> None:
    """Make what several runs begin from, where it is not there: the model after little SFT, and how hard the tests of code are."""
    names = {arm.name for arm in arms}
    if "light" in names and not Path(place.model(BY_NAME["light"])).exists():
        _light(place)
    if names & {"code_strict", "code_soft"} and not (place.out / LEVELS).exists():
        _levels(place)


def _light(place: Place) -> None:
    """The tour's model after a short SFT on the first of the same dialogues."""
    from openmimo.sft.run import run

    assert place.tour
    scale = float(read_json(place.tour / "tour.json")["scale"])
    run(replace(Tour(place.tour, LIGHT * scale).sft(), name="light"), place.out)


def _levels(place: Place) -> None:
    """The levels of the tests, once: code that is paid differently is to be paid by the same."""
    import torch

    from openmimo.engine.load import load
    from openmimo.engine.sample import Sampling
    from openmimo.rl.code_levels import code_levels
    from openmimo.rl.policy import Policy
    from openmimo.rl.problem_set import kinds, of_families
    from openmimo.rl.rewards import Rewards

    config = replace(place.config(BY_NAME["code_strict"], 0), code_levels="")
    problems = of_families(kinds(config.families, config.levels), config.problems_each, config.validation_problems)
    with Rewards() as rewards:
        policy = Policy(load(config.model, dtype=torch.float32), config.rollout.slots, Sampling(config.temperature))
        code_levels(config, problems.training, policy, rewards, place.out)


def train(place: Place, arm: Arm, seed: int) -> None:
    """A run, here, with its outcome as a file beside it."""
    from openmimo.rl.run import run

    threading.Thread(target=_stop_without, args=(os.getppid(),), daemon=True).start()
    config = place.config(arm, seed)
    home = run(config, place.out).parent
    lines = [json.loads(line) for line in (home / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    write_json(home / "outcome.json", asdict(outcome_of(arm.name, seed, lines)))


def _stop_without(parent: int) -> None:
    """Stop this process where its parent is killed, or it would hold a run that a new parent wants to go on with."""
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGINT)


class Runs:
    """Runs as processes of their own, so many at a time, each with its share of the cores; `command` begins what runs one."""

    def __init__(self, place: Place, command: Sequence[str], together: int):
        self._place, self._command, self._together = place, command, together
        self._threads = max((os.cpu_count() or 1) // together, 1)
        self._failed: list[str] = []

    def all(self, wanted: Sequence[tuple[Arm, int]]) -> tuple[list[Outcome], list[str]]:
        """The outcomes of the runs in their order, from the folder where they are there, and what was said by those that failed.

        Ctrl-C has those under way write their checkpoints first.
        """
        left = [one for one in wanted if not self._path(*one).exists()]
        total, started, running = len(left), time.monotonic(), dict[tuple[Arm, int], subprocess.Popen[bytes]]()
        _say(f"{len(wanted) - total} of {len(wanted)} runs are there, {total} are to be run, {self._together} side by side")
        try:
            while left or running:
                while left and len(running) < self._together:
                    one = left.pop(0)
                    running[one] = self._start(*one)
                    _say(f"{_name(*one)} runs")
                for one in [one for one, process in running.items() if process.poll() is not None]:
                    self._ended(*one, running.pop(one).returncode)
                    done = total - len(left) - len(running)
                    ahead = (total - done) * (time.monotonic() - started) / done
                    _say(f"{done} of {total} done, about {span(ahead)} left")
                time.sleep(0.2)
        finally:
            for process in running.values():
                process.send_signal(signal.SIGINT)
            for process in running.values():
                process.wait()
        return [Outcome(**read_json(self._path(*one))) for one in wanted if self._path(*one).exists()], self._failed

    def _path(self, arm: Arm, seed: int) -> Path:
        return self._place.folder(arm, seed) / "outcome.json"

    def _start(self, arm: Arm, seed: int) -> "subprocess.Popen[bytes]":
        # In a session of its own, as Ctrl-C in a terminal would reach it twice: from there and from here.
        with self._log(arm, seed).open("ab") as log:
            return subprocess.Popen(
                [*self._command, "--run", arm.name, str(seed)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env={**os.environ, "OMP_NUM_THREADS": str(self._threads)},
            )

    def _log(self, arm: Arm, seed: int) -> Path:
        path = self._place.out / "logs" / f"{_name(arm, seed)}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def _ended(self, arm: Arm, seed: int, code: int) -> None:
        if code == 0 and self._path(arm, seed).exists():
            found = Outcome(**read_json(self._path(arm, seed)))
            _say(f"{_name(arm, seed)}: {found.before:.1%} -> {found.after:.1%} in {found.steps} steps, {span(found.seconds)}")
            return
        last = self._log(arm, seed).read_text(encoding="utf-8", errors="replace").strip().splitlines()[-3:]
        self._failed.append(f"{_name(arm, seed)}: exit code {code}: {' / '.join(last)}")
        _say(self._failed[-1])


def differences(outcomes: Sequence[Outcome]) -> dict[str, dict[str, Difference]]:
    """By arm that is held against another one, and by what is watched: how far it is from that one."""
    found: dict[str, dict[str, Difference]] = {}
    for arm in ARMS:
        ours, theirs = ({one.seed: one for one in outcomes if one.arm == name} for name in (arm.name, arm.than))
        if arm.name != arm.than and ours.keys() & theirs.keys():
            found[arm.name] = {
                field: Difference.of(*({seed: float(getattr(one, field)) for seed, one in side.items()} for side in (ours, theirs)))
                for field in WATCHED
            }
    return found


def table(outcomes: Sequence[Outcome]) -> str:
    """A row an arm, the means over its seeds, and then each that is held against another one."""
    head = f"{'arm':15} {'seeds':>5} {'before':>7} {'after':>7} {'gain':>6} {'pass@4':>15} {'no signal':>9} {'length':>6} {'steps':>6} {'tokens':>8} {'min':>5}"
    rows = []
    for arm in ARMS:
        if its := [one for one in outcomes if one.arm == arm.name]:
            mean = {field: statistics.fmean(getattr(one, field) for one in its) for field in WATCHED}
            passed = f"{mean['pass_before']:.1%} {mean['pass_after']:.1%}"
            rows.append(
                f"{arm.name:15} {len(its):5} {mean['before']:7.1%} {mean['after']:7.1%} {100 * mean['gain']:+6.1f} {passed:>15} "
                f"{mean['no_signal']:9.1%} {mean['length']:6.1f} {mean['steps']:6.1f} {mean['tokens']:8,.0f} {mean['seconds'] / 60:5.1f}"
            )
    found = [
        f"{name} minus {BY_NAME[name].than}, points of {field}: {its[field].words('+.1f', 100)}"
        for name, its in differences(outcomes).items()
        for field in ("gain", "after", "pass_after")
    ]
    return "\n".join([head, *rows, "", *found])


def as_json(place: Place, outcomes: Sequence[Outcome], failed: Sequence[str], left_out: Sequence[str]) -> str:
    """All of it as one line."""
    results = [
        {"name": f"{name} minus {BY_NAME[name].than}, {field}", **its[field].as_json(), "unit": field, "target": None, "holds": None}
        for name, its in differences(outcomes).items()
        for field in WATCHED
    ]
    facts = {"scale": place.scale, "failed": list(failed), "left_out": list(left_out), "arms": {arm.name: arm.about for arm in ARMS}}
    return json.dumps(
        {"bench": "rl_ablations", "machine": machine(), "results": results, **facts, "runs": [asdict(one) for one in outcomes]}
    )


def _settle(place: Place) -> None:
    """Begin in the folder, or make sure that what is there was begun with the same sizes."""
    path, tour = place.out / "ablations.json", str(place.tour.resolve()) if place.tour else None
    before = read_json(path) if path.exists() else {"scale": place.scale, "tour": None}
    for field, now in (("scale", place.scale), ("tour", tour)):
        if now is not None and before[field] not in (None, now):
            raise ConfigError(field, f"was {before[field]} when {place.out} was begun", "give the same, or choose another --out")
    place.out.mkdir(parents=True, exist_ok=True)
    write_json(path, {"scale": place.scale, "tour": tour or before["tour"]})


def _name(arm: Arm, seed: int) -> str:
    return f"{arm.name}-{seed}"


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=tuple(BY_NAME), default=[], help="these arms, and those that they are held against")
    parser.add_argument("--together", type=int, default=1, help="runs side by side, each with its share of the cores")
    parser.add_argument("--scale", type=float, default=1.0, help="a share of the tokens and steps")
    parser.add_argument("--tour", type=Path, help="a folder that `openmimo tour --out` made")
    parser.add_argument("--out", type=Path, default=Path("runs") / "rl_ablations")
    parser.add_argument("--json", action="store_true", help="print one line of JSON in place of the table")
    parser.add_argument("--run", nargs=2, metavar=("ARM", "SEED"), help=argparse.SUPPRESS)  # a process for one run
    return parser


def _stopped(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def main() -> int:
    """Run all arms seed by seed, and print the differences, seed by seed and in the mean."""
    asked = _parser().parse_args()
    place = Place(asked.out, asked.tour, asked.scale)
    try:
        if asked.run:
            train(place, BY_NAME[asked.run[0]], int(asked.run[1]))
            return 0
        _settle(place)
        arms = place.arms(asked.only)
        left_out = [arm.name for arm in ARMS if arm.work is SHORT and not place.tour and (not asked.only or arm.name in asked.only)]
        if left_out:
            _say(f"left out, for they need --tour: {', '.join(left_out)}")
        prepare(place, arms)
        signal.signal(signal.SIGTERM, _stopped)
        signal.signal(signal.SIGINT, _stopped)  # which a shell that put this in the background had it ignore
        sizes = ["--scale", str(asked.scale), "--out", str(asked.out), *(["--tour", str(asked.tour)] if asked.tour else [])]
        runs = Runs(place, [sys.executable, __file__, *sizes], asked.together)
        outcomes, failed = runs.all([(arm, seed) for seed in range(1, asked.seeds + 1) for arm in arms])
    except OpenMimoError as error:
        print(f"rl_ablations: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        _say("stopped; the same command goes on")
        return 130
    if asked.json:
        print(as_json(place, outcomes, failed, left_out))
    else:
        print(table(outcomes))
        for text in (*failed, *(f"{name}: left out, for it needs --tour" for name in left_out)):
            print(text)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
