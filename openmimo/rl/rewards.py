"""What an answer earns, as a verdict to come: by the verifier of its task, or by reward code of a user.

Every answer is judged beside the writing, in threads and processes. An answer that was cut off has not been given, and is wrong;
reward code gets the whole text whatever ended it, as in TRL and verl. Code that passes some of its tests may earn a part
(`code_levels.py`); it is right only if it passes all. Knows neither scheduler nor advantages.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from types import TracebackType

from openmimo.engine.request import Ending, Finished
from openmimo.rl.language import penalised
from openmimo.rl.problem_set import Problem
from openmimo.tasks.checking import Checker
from openmimo.text.document import end_of_document
from openmimo.text.reasoning import parse
from openmimo.verify.difficulty import Levels, Passed, Scheme
from openmimo.verify.slots import cores
from openmimo.verify.user.verifier import UserVerifier
from openmimo.verify.verdict import Verdict


class Rewards:
    """The judge of a run, used from one thread; to be closed.

    `reward` is FILE.py:name of a user's code, or nothing. `language_weight` is that of the penalty of `language.py`. With `base`
    answers are the ends of texts, and of turns otherwise. Raises `InputError` for reward code that cannot be used.
    """

    def __init__(self, reward: str = "", language_weight: float = 0.0, base: bool = False):
        self._user = UserVerifier(reward) if reward else None
        self._weight = language_weight
        self._answer = end_of_document if base else _answer_of_turn
        self._checker = Checker()
        self._scheme: Scheme = "all"
        self._levels: Mapping[str, Levels] = {}
        # Threads of code answers wait for the judge's processes; twice as many keep these busy.
        self._pool = ThreadPoolExecutor(2 * cores(), thread_name_prefix="rewards")

    def __enter__(self) -> "Rewards":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._checker.close()
        if self._user:
            self._user.close()

    def try_out(self, problem: Problem) -> None:
        """Have nothing judged as an answer, once: `InputError` where reward code asks for a column that the rows lack."""
        if self._user:
            self._user.verify([problem.row], [""], [[]])

    def pay(self, scheme: Scheme, levels: Mapping[str, Levels]) -> None:
        """From now on pay for code by a scheme of `verify/difficulty.py`, where a problem's name is among `levels`."""
        self._scheme, self._levels = scheme, levels

    def passed(self, problem: Problem, text: str, said: Finished) -> "Future[Passed]":
        """Begin to run an answer to a problem with tests against all of them."""
        task = problem.task
        assert task, "a problem without a task has no tests"
        answer = self._answer(text) if said.ending is Ending.STOP else ""
        return self._pool.submit(self._checker.passed, task, answer)

    def judge(self, problem: Problem, text: str, said: Finished) -> "Future[Verdict]":
        """Begin to judge an answer, whose `text` is the model's whole turn."""
        if self._user:
            return _first(self._user.submit([problem.row], [text], [said.ids]), lambda verdict: self._penalised(verdict, problem, text))
        return self._pool.submit(self._verdict, problem, text, said.ending)

    def _verdict(self, problem: Problem, text: str, ending: Ending) -> Verdict:
        task = problem.task
        assert task, "a problem without a task needs reward code"
        if ending is not Ending.STOP:
            return Verdict("wrong", 0.0, "length", "cut off before its end", task.answer)
        verdict = self._checker.verdict(task, self._answer(text), self._levels.get(problem.name), self._scheme)
        return self._penalised(verdict, problem, text)

    def _penalised(self, verdict: Verdict, problem: Problem, text: str) -> Verdict:
        score = penalised(verdict.score, problem.question, text, self._weight)
        return verdict if score == verdict.score else replace(verdict, score=score, reason=f"{verdict.reason}; less for mixed languages")


def _answer_of_turn(text: str) -> str:
    return parse(text).answer


def _first(many: "Future[list[Verdict]]", then: Callable[[Verdict], Verdict]) -> "Future[Verdict]":
    """The only verdict of a batch of one as a future of its own; cancelled, it cancels the batch."""
    one: Future[Verdict] = Future()

    def done(_: "Future[list[Verdict]]") -> None:
        if many.cancelled():
            one.cancel()
        elif one.set_running_or_notify_cancel():
            try:
                one.set_result(then(many.result()[0]))
            except BaseException as error:  # it is the waiting thread's, whatever it is
                one.set_exception(error)

    one.add_done_callback(lambda _: many.cancel() and None if one.cancelled() else None)
    many.add_done_callback(done)
    return one
