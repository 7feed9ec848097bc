"""The embedded engine as an `Answerer`: texts in and out of a model in this process. `endpoint/` is the same for a server."""

import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from openmimo.core.errors import InputError
from openmimo.engine.config import EngineConfig
from openmimo.engine.engine import TorchEngine
from openmimo.engine.load import Loaded
from openmimo.engine.request import Ending as Ended
from openmimo.engine.request import Finished, Request
from openmimo.engine.sample import Sampling
from openmimo.engine.session import Letters, prompt_ids, thinking_of
from openmimo.eval.ask import Ask, Ending, Said
from openmimo.text.reasoning import parse

ENDINGS: dict[Ended, Ending] = {Ended.STOP: "stop", Ended.LENGTH: "length", Ended.CANCELLED: "cancelled"}


@dataclass
class _UnderWay:
    ask: Ask
    letters: Letters
    prompt: int  # tokens
    continued: int = 0  # of them those of the continuation
    text: str = ""
    started: float = field(default_factory=time.perf_counter)


class Embedded:
    """A loaded model that answers asks; used from one thread."""

    def __init__(self, loaded: Loaded, config: EngineConfig | None = None, thinking: int | None = None):
        """`thinking` ends the reasoning of dialogues after so many tokens; `InputError` if the model has no tags of it."""
        self.loaded, self._thinking = loaded, None if thinking is None else thinking_of(loaded, thinking)
        self._engine = TorchEngine(loaded.model, config)
        self._under_way: dict[int, _UnderWay] = {}
        self._failed: deque[Said] = deque()
        self._refused = -1  # numbers of asks that the engine never saw go down from here

    def submit(self, ask: Ask) -> int:
        """Queue an ask; one that the model can never answer comes out as failed."""
        try:
            prompt, continued = self._ids(ask)
            sampling = Sampling(ask.drawing.temperature, ask.drawing.top_p, ask.drawing.seed)
            wanted = 1 if ask.continuation else ask.max_tokens
            number = self._engine.submit(
                Request(
                    prompt,
                    wanted,
                    self.loaded.stop_ids,
                    sampling,
                    prompt_logprobs=bool(ask.continuation),
                    thinking=self._thinking if ask.messages else None,
                )
            )
        except InputError as error:
            number, self._refused = self._refused, self._refused - 1
            self._failed.append(Said(number, ending="failed", error=str(error)))
            return number
        self._under_way[number] = _UnderWay(ask, Letters(self.loaded, ask.stop), len(prompt), continued)
        return number

    def finished(self) -> Iterator[Said]:
        """What was said, as it ends, until nothing is under way."""
        while self._failed or self._engine.busy:
            while self._failed:
                yield self._failed.popleft()
            for news in self._engine.step() if self._engine.busy else ():
                work = self._under_way.get(news.id)
                if work is None:
                    continue
                work.text += work.letters.feed(news.ids)
                if news.finished:
                    del self._under_way[news.id]
                    work.text += work.letters.flush()
                    yield _said(work, news.finished)
                elif work.letters.ended:
                    self._engine.cancel(news.id)

    def cancel(self, number: int) -> None:
        """End an ask before the next step."""
        if number in self._under_way:
            self._engine.cancel(number)

    def close(self) -> None:
        """Cancel what is under way."""
        for number in list(self._under_way):
            self.cancel(number)

    def _ids(self, ask: Ask) -> tuple[list[int], int]:
        """The ids to go on from, and how many of them at the end are the continuation's.

        A token that straddles the edge is the continuation's, as it is behind an address (`endpoint/likelihood.py`).
        """
        tokenizer = self.loaded.tokenizer
        if ask.messages:
            return prompt_ids(self.loaded, ask.messages), 0
        if not ask.text:
            raise InputError("there is no text to go on from", "give the model at least one word")
        before = tokenizer.encode(ask.text)
        if not ask.continuation:
            return before, 0
        # By bytes and not by the first id that differs: what follows may have other tokens made of the text itself, too.
        edge = sum(len(tokenizer.token_bytes(token)) for token in before)
        whole = tokenizer.encode(ask.text + ask.continuation)
        ends = accumulate(len(tokenizer.token_bytes(token)) for token in whole)
        ours = next((place for place, end in enumerate(ends) if end > edge), len(whole) - 1)
        if ours == 0:
            raise InputError("the continuation shares the first token of all, which has no probability", "begin with a longer text")
        return whole, len(whole) - ours


def _said(work: _UnderWay, finished: Finished) -> Said:
    seconds = time.perf_counter() - work.started
    if work.ask.continuation:
        logprobs = finished.prompt_logprobs
        assert logprobs is not None
        prompt = work.prompt - work.continued
        return Said(finished.id, tokens=work.continued, prompt_tokens=prompt, seconds=seconds, logprob=sum(logprobs[-work.continued :]))
    parsed = parse(work.text)
    # What goes on from a text is kept as it is: the indentation of code is a part of it.
    answer, reasoning = (parsed.answer, parsed.reasoning) if work.ask.messages else (work.text, "")
    ending: Ending = "stop" if work.letters.ended else ENDINGS[finished.ending]
    return Said(finished.id, answer, reasoning, ending, len(finished.ids), work.prompt, seconds)
