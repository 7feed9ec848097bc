"""The benchmark of rollouts: its sides select the same groups, its rows say what the steps were, and its problems are always the same."""

import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future

import pytest

from openmimo.bench import rollout as bench
from openmimo.bench import rollout_work as work
from openmimo.bench.processor_time import processor_times
from openmimo.engine.request import Ending, Finished, News, Request
from openmimo.engine.sample import Sampling
from openmimo.rl.problem_set import Problem
from openmimo.rollout.config import RolloutConfig
from openmimo.verify.verdict import Verdict

SMALL = RolloutConfig(groups=3, group_size=4, slots=8)
TASKS = [Problem(f"task/{number}", ({"role": "user", "content": str(number)},)) for number in range(60)]


class Writing:
    """An engine of eight slots that writes a token a step; an answer is as long as its seed says, or as it may be without stop tokens."""

    slots = SMALL.slots

    def __init__(self) -> None:
        self.requests: dict[int, Request] = {}
        self.written: dict[int, int] = {}
        self.seeds: dict[int, int] = {}
        self.forgotten = 0

    def submit(self, request: Request) -> int:
        number = len(self.seeds)
        self.requests[number], self.seeds[number], self.written[number] = request, request.sampling.seed, 0
        return number

    def step(self) -> list[News]:
        news = []
        for number in list(self.requests)[: self.slots]:
            self.written[number] += 1
            request = self.requests[number]
            natural = random.Random(request.sampling.seed).randint(2, 9) if request.stop_ids else request.max_tokens
            if self.written[number] >= natural:
                news.append(self.end(number, Ending.STOP))
        return news

    def end(self, number: int, ending: Ending) -> News:
        del self.requests[number]
        ids = (5,) * self.written[number]
        return News(number, (), (), (), (), Finished(number, ids, (-1.0,) * len(ids), ending, (0,) * len(ids)))

    @property
    def busy(self) -> bool:
        return bool(self.requests)

    def finished(self) -> Iterator[Finished]:
        while self.busy:
            yield from (news.finished for news in self.step() if news.finished)

    def cancel(self, number: int) -> None:
        self.requests.pop(number, None)

    def forget(self) -> None:
        assert not self.busy
        self.forgotten += 1


def asked() -> tuple[Writing, bench.Asked]:
    engine = Writing()

    def request(problem: Problem, seed: int) -> Request:
        return Request((1,), 20, frozenset({5}), Sampling(1.0, seed=seed))

    def judge(problem: Problem, said: Finished) -> "Future[Verdict]":
        right = random.Random(engine.seeds[said.id] + 1).random() < (0.0, 0.4, 0.6)[int(problem.question) % 3]
        done: Future[Verdict] = Future()
        done.set_result(Verdict("right" if right else "wrong", float(right), "test", ""))
        return done

    return engine, bench.Asked(engine, engine.forget, request, judge)


def both() -> tuple[bench.Turns, bench.Turns]:
    _, sampled = asked()
    rounds = [TASKS[:30], TASKS[30:]]
    level = bench.without_gain(sampled)
    return bench.in_turns(bench.sides(sampled, SMALL), rounds), bench.in_turns(bench.sides(level, SMALL), rounds)


def test_every_side_selects_the_same_groups_of_every_round() -> None:
    turns, _ = both()
    assert list(turns) == ["naive", "continuous", "async", "seamless"]
    assert bench.same_selection(turns) == 1
    names = [[group.problem.name for group in turn.outcome.selected] for turn in turns["seamless"]]
    assert all(len(found) == SMALL.groups for found in names)
    assert set(names[0]).isdisjoint(names[1])
    assert bench.same_selection({**turns, "async": turns["async"][::-1]}) == pytest.approx(2 / 3)


def test_the_control_has_equal_answers_and_no_group_without_a_signal() -> None:
    _, control = both()
    for side in control.values():
        for turn in side:
            assert {len(one.finished.ids) for one in turn.outcome.samples if one.finished and one.finished.ending == Ending.STOP} == {
                work.EQUAL
            }
            assert turn.outcome.settled == SMALL.groups
    assert all(turn.outcome.waste == 0 for turn in control["naive"])


def test_rows_say_what_the_steps_were() -> None:
    turns, control = both()
    rows = {row.name: row for row in bench.rows_of(turns, control)}
    wanted = {name: (row.target, row.at_most) for name, row in rows.items() if row.target is not None}
    assert wanted == {
        "seamless.vs_naive": (1.8, False),
        "seamless.waste": (0.13, True),
        "control.seamless_vs_naive": (0.95, False),
        "control.seamless_vs_naive.most": (1.1, True),
        "pass_rate": (0.35, False),
        "pass_rate.most": (0.45, True),
        "judge_cpu": (0.3, True),
    }
    naive = [turn.outcome for turn in turns["naive"]]
    answers = [one for outcome in naive for one in outcome.samples]
    assert rows["pass_rate"].value == sum(one.reward == 1 for one in answers) / len(answers)
    valid = [rewards for outcome in naive for rewards in bench._rewards(outcome) if 0 < sum(rewards) < SMALL.group_size]
    assert rows["valid_share"].value == pytest.approx(len(valid) * SMALL.group_size / len(answers))
    seconds = [sum(turn.outcome.seconds for turn in turns[name]) for name in ("naive", "seamless")]
    assert rows["seamless.vs_naive"].value == pytest.approx(seconds[0] / seconds[1])
    assert rows["naive.waste"].value > 0
    assert all(0 < rows[f"{name}.occupancy"].value <= 1 and rows[f"{name}.tokens"].value > 0 for name in turns)


def test_sides_take_turns_at_going_first_and_find_nothing_of_each_other() -> None:
    engine, sampled = asked()
    order: list[str] = []

    def noted(name: str, side: bench.Side) -> bench.Side:
        def turn(number: int, problems: Sequence[Problem]) -> bench.Turn:
            order.append(name)
            return side(number, problems)

        return turn

    bench.in_turns({name: noted(name, side) for name, side in bench.sides(sampled, SMALL).items()}, [TASKS[:30], TASKS[30:]])
    assert order == ["naive", "continuous", "async", "seamless", "continuous", "async", "seamless", "naive"]
    assert engine.forgotten == len(order)


def test_the_problems_suffice_are_different_and_always_the_same() -> None:
    found = work.problems()
    assert found == work.problems()
    assert len({problem.name for problem in found}) == len(found) >= work.WARM + work.ROUNDS * work.IN_ROUND
    families = [problem.task.family for problem in found if problem.task]
    assert families.count("functions") / len(families) == pytest.approx(0.15, abs=0.02)


def work_for(seconds: float) -> None:
    since = time.thread_time()
    while time.thread_time() - since < seconds:
        pass


def gained(do: Callable[[], object]) -> list[float]:
    before = processor_times()
    do()
    return [later - sooner for sooner, later in zip(before, processor_times(), strict=True)]


def in_a_process() -> None:
    subprocess.run([sys.executable, "-c", "import time\nwhile time.process_time() < 0.2: pass"], check=True)


def in_a_process_that_goes_on() -> None:
    code = "import time\nwhile time.process_time() < 0.2: pass\nprint(flush=True)\ninput()"
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout
    process.stdout.readline()
    GOING_ON.append(process)


def in_a_thread_that_goes_on() -> None:
    ready = threading.Event()

    def beside() -> None:
        work_for(0.2)
        ready.set()
        LEAVE.wait()

    threading.Thread(target=beside).start()
    ready.wait()


GOING_ON: list[subprocess.Popen[bytes]] = []
LEAVE = threading.Event()


@pytest.fixture
def ended() -> Iterator[None]:
    yield
    LEAVE.set()
    while GOING_ON:
        GOING_ON.pop().communicate()


@pytest.mark.skipif(not os.path.exists("/proc/self/task"), reason="processor times are read from /proc")
def test_processor_time_is_told_apart_by_who_used_it(ended: None) -> None:
    own, others = gained(lambda: work_for(0.2))
    assert own > 0.15
    assert others < 0.1
    for elsewhere in (in_a_process, in_a_process_that_goes_on, in_a_thread_that_goes_on):
        own, others = gained(elsewhere)
        assert others > 0.15
        assert own < 0.1
