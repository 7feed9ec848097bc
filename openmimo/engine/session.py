"""Where text meets ids: a question in, reasoning and answer out, whole or as they come.

Joins template, tokenizer, engine, detokeniser, stop strings and reasoning parser for ask,
chat and eval. What is computed when is in `engine.py`, which knows no text.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from openmimo.core.errors import InputError
from openmimo.core.records import Answer
from openmimo.engine.config import EngineConfig
from openmimo.engine.engine import TorchEngine
from openmimo.engine.generate import rows_of
from openmimo.engine.load import Loaded
from openmimo.engine.probe import probed
from openmimo.engine.readers import Readers
from openmimo.engine.request import Request, Thinking
from openmimo.engine.sample import Sampling
from openmimo.text.detokenise import StreamDetokeniser
from openmimo.text.reasoning import Piece, ReasoningParser, parse
from openmimo.text.special import THINK, THINK_END
from openmimo.text.stops import StopStrings
from openmimo.verify.code_answers import check_code
from openmimo.verify.steps import check_steps

Messages = Sequence[Mapping[str, Any]]
MAX_TOKENS = 1024
TRIAL = 8  # questions, and
TRIAL_TOKENS = 24  # tokens of each answer, that show whether drafts pay
WORTH_A_TRIAL = 32  # questions at once from which finding that out costs little beside them


class Session:
    """A loaded model to talk to. It keeps no conversation: `chat` is given all messages each time.

    What was computed for earlier messages is kept while there is room. Without a
    `config` drafts are used from the first large `ask_all` on, if they pay.

    `thinking` is after how many tokens of an answer reasoning is ended for the model, 0 for
    none; `InputError` if the model has no tags of reasoning.
    """

    def __init__(self, loaded: Loaded, config: EngineConfig | None = None):
        self.loaded = loaded
        self._readers = Readers(TorchEngine(loaded.model, config))
        self._tried = config is not None or not loaded.model.config.num_nextn_predict_layers

    def ask(
        self,
        question: str,
        max_tokens: int = MAX_TOKENS,
        sampling: Sampling | None = None,
        stop: Sequence[str] = (),
        thinking: int | None = None,
    ) -> Answer:
        """Answer one question; `InputError` if it is empty or longer than the model's context."""
        stream = self.stream([{"role": "user", "content": question}], max_tokens, sampling, stop, thinking)
        for _ in stream:
            pass
        return stream.answer()

    def stream(
        self,
        messages: Messages,
        max_tokens: int = MAX_TOKENS,
        sampling: Sampling | None = None,
        stop: Sequence[str] = (),
        thinking: int | None = None,
    ) -> "Stream":
        """The answer to `messages` as an iterator of pieces, to be read to its end once; it ends before any string of `stop`."""
        return Stream(self._readers, self.loaded, messages, max_tokens, sampling or Sampling(), stop, thinking)

    def ask_all(
        self,
        questions: Sequence[str],
        max_tokens: int = MAX_TOKENS,
        sampling: Sampling | None = None,
        stop: Sequence[str] = (),
        thinking: int | None = None,
    ) -> list[str]:
        """The whole text of the model's turn for each question, generated together; question r draws with the seed + r."""
        requests = [
            _request(self.loaded, [{"role": "user", "content": question}], max_tokens, row, thinking)
            for question, row in zip(questions, rows_of(sampling, len(questions)), strict=True)
        ]
        if not self._tried and len(requests) >= WORTH_A_TRIAL:
            self._tried = True
            trial = [replace(request, max_tokens=min(max_tokens, TRIAL_TOKENS)) for request in requests[:TRIAL]]
            self._readers = Readers(TorchEngine(self.loaded.model, probed(self.loaded.model, EngineConfig(), trial)))
        texts = ["" for _ in requests]
        letters = [Letters(self.loaded, stop) for _ in requests]
        for place, news in self._readers.follow(requests):
            texts[place] += letters[place].feed(news.ids)
            if news.finished:
                texts[place] += letters[place].flush()
            elif letters[place].ended:
                self._readers.engine.cancel(news.id)
        return texts

    def prompt(self, messages: Messages) -> list[int]:
        """The ids of a conversation, ready for the model's turn."""
        return prompt_ids(self.loaded, messages)


class Stream(Iterator[Piece]):
    """One answer under way. Iterate it, then ask for `answer()`."""

    def __init__(
        self,
        readers: Readers,
        loaded: Loaded,
        messages: Messages,
        max_tokens: int,
        sampling: Sampling,
        stop: Sequence[str] = (),
        thinking: int | None = None,
    ):
        request = _request(loaded, messages, max_tokens, sampling, thinking)
        self.question = str(messages[-1]["content"])
        self.text, self.tokens, self.started, self.seconds = "", 0, time.perf_counter(), 0.0
        self._pieces = self._read(Letters(loaded, stop), answer_ids(readers, request))

    def __next__(self) -> Piece:
        return next(self._pieces)

    def answer(self, check: bool = True) -> Answer:
        """The finished answer as a record. With `check`, Python code in it is run in the sandbox, which may take seconds."""
        parsed = parse(self.text)
        checked, said = check_steps(parsed.reasoning, parsed.answer), ""
        if check and (code := check_code(self.question, parsed.answer)):
            said = code.reason if checked is not False else f"a step of the reasoning is wrong; {code.reason}"
            checked = code.checked if checked is not False else False
        return Answer(
            question=self.question,
            reasoning=parsed.reasoning,
            answer=parsed.answer,
            checked=checked,
            check=said,
            tokens=self.tokens,
            tokens_per_s=round(self.tokens / max(self.seconds, 1e-9), 1),
        )

    def _read(self, letters: "Letters", ids: Iterator[int]) -> Iterator[Piece]:
        parser = ReasoningParser()
        for token in ids:
            self.tokens += 1
            self.seconds = time.perf_counter() - self.started
            yield from self._feed(parser, letters.feed([token]))
            if letters.ended:
                break
        yield from self._feed(parser, letters.flush())
        yield from parser.end()

    def _feed(self, parser: ReasoningParser, text: str) -> list[Piece]:
        self.text += text
        return parser.feed(text)


class Letters:
    """The text of one answer from its tokens as they come, up to a stop string."""

    def __init__(self, loaded: Loaded, stop: Sequence[str]):
        self._silent = loaded.stop_ids
        self._letters, self._stops = StreamDetokeniser(loaded.tokenizer), StopStrings(stop)

    @property
    def ended(self) -> bool:
        return self._stops.hit

    def feed(self, ids: Sequence[int]) -> str:
        return "".join(self._stops.feed(self._letters.feed(token)) for token in ids if token not in self._silent)

    def flush(self) -> str:
        return self._stops.feed(self._letters.flush()) + self._stops.flush()


def answer_ids(readers: Readers, request: Request) -> Iterator[int]:
    """The tokens of one answer as they come."""
    for _, news in readers.follow([request]):
        yield from news.ids


def prompt_ids(loaded: Loaded, messages: Messages) -> list[int]:
    """The ids of a conversation under the model's template; `InputError` if there is nothing to answer."""
    if not messages or not str(messages[-1].get("content") or "").strip():
        raise InputError("the question is empty", "ask something")
    return loaded.template.encode(loaded.tokenizer, messages)


def thinking_of(loaded: Loaded, tokens: int) -> Thinking:
    """A budget of `tokens` in the model's own ids; `InputError` if its tokenizer has no tags of reasoning."""
    begin, end = loaded.tokenizer.id_of(THINK), loaded.tokenizer.id_of(THINK_END)
    if begin is None or end is None:
        raise InputError(
            f"{loaded.name} has no tokens {THINK} and {THINK_END}, so its reasoning cannot be ended for it",
            "leave the thinking budget out, or bound the whole answer with max_tokens",
        )
    return Thinking(tokens, begin, end, tuple(loaded.tokenizer.encode(loaded.template.reasoning_end, special=True)))


def _request(loaded: Loaded, messages: Messages, max_tokens: int, sampling: Sampling, thinking: int | None) -> Request:
    budget = None if thinking is None else thinking_of(loaded, thinking)
    return Request(prompt_ids(loaded, messages), max_tokens, loaded.stop_ids, sampling, thinking=budget)
