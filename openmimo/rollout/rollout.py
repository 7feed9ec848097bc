"""One step of rollouts with the Seamless Rollout Engine (report 3.4): problems in, groups with a signal out, and a record of every answer.

The scheduler decides (`scheduler.py`), the engine writes, the judge's own processes judge;
here they are brought together, in one thread. Knows neither text nor training. Read
`record.py` for what comes out, `naive.py` for the plain twin.
"""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, Protocol, TypeVar

from openmimo.engine.request import News, Request
from openmimo.rollout.config import RolloutConfig
from openmimo.rollout.forecast import Forecast, Foresight
from openmimo.rollout.judging import Judgement, Judging
from openmimo.rollout.predictor import Predictor
from openmimo.rollout.problems import AHEAD, Problems, Taken
from openmimo.rollout.record import Group, Key, Outcome, Sample
from openmimo.rollout.scheduler import Action, Cancel, Done, Judge, Launch, NoSignal, Scheduler
from openmimo.rollout.seeds import Seeds
from openmimo.rollout.standing import Standing
from openmimo.rollout.watchdog import Watchdog

P = TypeVar("P")
NAMED = 4  # pending answers of a stage that are named one by one


class Writer(Protocol):
    """What is needed of an engine; `engine/engine.py` has it. During a step it writes for nobody else."""

    def submit(self, request: Request) -> int:
        """Queue a request and give its number."""
        ...

    def step(self) -> list[News]:
        """Go a step on with all that is under way, and say what came of it."""
        ...

    @property
    def busy(self) -> bool:
        """Whether a step would bring anything."""
        ...

    def cancel(self, number: int) -> None:
        """End a request before the next step, which gives what there is of it."""
        ...


def _to_stderr(text: str) -> None:
    print(f"rollout: {text}", file=sys.stderr, flush=True)


def roll_out(
    problems: Problems[P],
    engine: Writer,
    config: RolloutConfig,
    predictor: Predictor,
    seed: int = 0,
    step: int = 0,
    foresight: Foresight | None = None,
    clock: Callable[[], float] = time.perf_counter,
    say: Callable[[str], None] = _to_stderr,
    watch: Callable[[Standing], None] = lambda standing: None,
) -> Outcome[P]:
    """Have problems answered until `config.groups` groups have a signal.

    The selected groups are the first with a signal in the order of the problems, whatever the
    timing; an answer's seed is a function of `seed`, `step`, its problem and its number. The
    `predictor` learns from the groups that the selection was made from, at the end.
    `foresight` takes the place of our forecast, `say` gets the names of what hangs, `watch` is
    told how far the step is after each step of the engine, and is to take no time. Raises
    `NoSignal` for a step that cannot be filled, and passes on what the engine raises; either
    way what is under way is cancelled.
    """
    worth = (lambda problem: predictor.worth(problems.name(problem), config.group_size)) if config.choose_by_posterior else None
    taken = Taken(problems.order, worth, AHEAD * config.groups if worth else 1)
    foresight = foresight or Forecast(predictor, config)
    outcome = _Step(problems, taken, engine, config, foresight, Seeds(seed, step, config.group_size), clock, say, watch).run()
    learn(predictor, outcome, config.group_size)
    return outcome


def learn(predictor: Predictor, outcome: Outcome[P], size: int) -> None:
    """Tell the predictor of the groups that the selection was made from: the same ones whatever the timing was."""
    groups: dict[int, list[Sample]] = {}
    for sample in outcome.samples:
        if sample.group < outcome.settled and sample.reward is not None:
            groups.setdefault(sample.group, []).append(sample)
    for samples in groups.values():
        rewards = [sample.reward for sample in samples if sample.reward is not None]
        if len(rewards) == size:
            predictor.learn(samples[0].problem, rewards, [len(sample.finished.ids) for sample in samples if sample.finished])


class _Step(Generic[P]):
    """A step under way."""

    def __init__(
        self,
        problems: Problems[P],
        taken: Taken[P],
        engine: Writer,
        config: RolloutConfig,
        foresight: Foresight,
        seeds: Seeds,
        clock: Callable[[], float],
        say: Callable[[str], None],
        watch: Callable[[Standing], None],
    ):
        self.problems, self.taken, self.engine, self.config = problems, taken, engine, config
        self.started = clock()
        self.now = lambda: clock() - self.started
        names: Iterator[str] = (problems.name(problem) for problem in taken)
        self.scheduler = Scheduler(config, names, foresight, seeds)
        self.judging = Judging(config.stall_seconds, self.now, say)
        self.samples: dict[Key, Sample] = {}
        self.writing: dict[int, Sample] = {}  # by the engine's number
        self.numbers: dict[Key, int] = {}
        self.watch, self.written, self.verdicts = watch, 0, 0
        self.fault = ""  # what an error is to say of the judge
        self.watchdog = Watchdog(config.stall_seconds, self.pending, say)

    def run(self) -> Outcome[P]:
        try:
            with self.watchdog:
                self.act(self.scheduler.begin())
                while not self.scheduler.done:
                    self.judged(self.judging.arrived())
                    self.watch(self.standing())
                    if self.engine.busy:
                        self.write()
                    elif self.judging:
                        self.judged(self.judging.wait())
                    elif not self.scheduler.done:
                        raise RuntimeError(f"the engine has nothing to do, but never ended {self.pending()}")
                while self.writing and self.engine.busy:
                    self.write()  # gives what there is of those that were cancelled
        except NoSignal as error:
            raise NoSignal(error.problem + self.fault, error.fix) from None
        finally:
            for number in self.writing:
                self.engine.cancel(number)
            self.judging.cancel_all()
        return self.outcome()

    def write(self) -> None:
        """One step of the engine, and what follows from it."""
        for news in self.engine.step():
            self.watchdog.moved()
            sample = self.writing.get(news.id)
            if sample and news.finished:
                del self.writing[news.id]
                self.written += 1
                sample.finished, sample.ended = news.finished, self.now()
                self.act(self.scheduler.ended(*sample.key))
        if not self.config.asynchronous:
            while self.judging and not self.scheduler.done:
                self.judged(self.judging.wait())

    def judged(self, judgements: Sequence[Judgement]) -> None:
        """Take verdicts in."""
        for sample, verdict in judgements:
            self.watchdog.moved()
            sample.verdict, sample.judged = verdict, self.now()
            self.verdicts += 1
            if verdict.score is None:
                self.fault = f"; the judge last failed with: {verdict.reason}"
            self.act(self.scheduler.judged(*sample.key, verdict.score))

    def act(self, actions: Sequence[Action]) -> None:
        """Do what the scheduler says."""
        for action in actions:
            if isinstance(action, Launch):
                self.launch(action)
            elif isinstance(action, Judge):
                self.judge(self.samples[action.group, action.sample])
            elif isinstance(action, Cancel):
                key = action.group, action.sample
                if action.stage == "judging":
                    self.judging.cancel(self.samples[key])
                else:
                    self.engine.cancel(self.numbers[key])
            else:
                assert isinstance(action, Done)

    def launch(self, launch: Launch) -> None:
        """Have an answer written."""
        request = self.problems.request(self.taken[launch.group], launch.seed)
        sample = Sample(launch.group, launch.sample, launch.problem, launch.seed, tuple(request.prompt), self.now())
        number = self.engine.submit(request)
        self.samples[sample.key] = self.writing[number] = sample
        self.numbers[sample.key] = number

    def judge(self, sample: Sample) -> None:
        """Have an answer judged."""
        said = sample.finished
        assert said
        self.judging.begin(sample, lambda: self.problems.judge(self.taken[sample.group], said))

    def standing(self) -> Standing:
        """How far the step is."""
        begun, writing, judging = len(self.samples), len(self.writing), len(self.judging)
        return Standing(begun, self.written, self.verdicts, writing, judging, self.scheduler.signals, self.config.groups, self.config.slots)

    def pending(self) -> str:
        """What is under way, in words: the oldest of each stage."""
        stages = {
            "generation": [(sample, sample.launched) for sample in list(self.writing.values())],
            "judging": self.judging.pending(),
        }
        now, names = self.now(), list[str]()
        for stage, under_way in stages.items():
            under_way.sort(key=lambda one: one[1])
            names += [
                f"{stage} of group {sample.group} ({sample.problem}) sample {sample.sample} for {now - since:.0f} s"
                for sample, since in under_way[:NAMED]
            ]
            names += [f"{stage} of {len(under_way) - NAMED} more"] if len(under_way) > NAMED else []
        return "; ".join(names) or "nothing"

    def outcome(self) -> Outcome[P]:
        """What the step leaves."""
        fates = self.scheduler.fates()
        for sample in self.samples.values():
            sample.fate = fates[sample.group]
        samples = tuple(self.samples[key] for key in sorted(self.samples))
        selected = tuple(
            Group(self.taken[group], tuple(self.samples[group, one] for one in range(self.config.group_size)))
            for group in self.scheduler.selected
        )
        settled = self.scheduler.settled
        return Outcome(selected, samples, settled, self.taken.after(settled), self.now(), self.config.slots)
