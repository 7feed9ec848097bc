"""Where text meets ids: a question in, reasoning and answer out, whole or as they come.

Joins template, tokenizer, generation, detokeniser and reasoning parser for ask, chat and
eval. The arithmetic is in `generate.py`, which knows no text.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from openmimo.core.errors import InputError
from openmimo.core.records import Answer
from openmimo.engine.generate import complete, generate
from openmimo.engine.load import Loaded
from openmimo.engine.sample import Sampling
from openmimo.text.detokenise import StreamDetokeniser
from openmimo.text.reasoning import Piece, ReasoningParser, parse
from openmimo.verify.code_answers import check_code
from openmimo.verify.steps import check_steps

Messages = Sequence[Mapping[str, Any]]
MAX_TOKENS = 1024


class Session:
    """A loaded model to talk to. It keeps no conversation: `chat` is given all messages each time."""

    def __init__(self, loaded: Loaded):
        self.loaded = loaded

    def ask(self, question: str, max_tokens: int = MAX_TOKENS, sampling: Sampling | None = None) -> Answer:
        """Answer one question; `InputError` if it is empty or longer than the model's context."""
        stream = self.stream([{"role": "user", "content": question}], max_tokens, sampling)
        for _ in stream:
            pass
        return stream.answer()

    def stream(self, messages: Messages, max_tokens: int = MAX_TOKENS, sampling: Sampling | None = None) -> "Stream":
        """The answer to `messages` as an iterator of pieces, to be read to its end once."""
        return Stream(self.loaded, messages, max_tokens, sampling or Sampling())

    def ask_all(self, questions: Sequence[str], max_tokens: int = MAX_TOKENS, sampling: Sampling | None = None) -> list[str]:
        """The whole text of the model's turn for each question, generated as one batch."""
        prompts = [self.prompt([{"role": "user", "content": question}]) for question in questions]
        rows = complete(self.loaded.model, prompts, max_tokens, self.loaded.stop_ids, sampling)
        return [self.loaded.tokenizer.decode([token for token in row if token not in self.loaded.stop_ids]) for row in rows]

    def prompt(self, messages: Messages) -> list[int]:
        """The ids of a conversation, ready for the model's turn."""
        return prompt_ids(self.loaded, messages)


class Stream(Iterator[Piece]):
    """One answer under way. Iterate it, then ask for `answer()`."""

    def __init__(self, loaded: Loaded, messages: Messages, max_tokens: int, sampling: Sampling):
        prompt = prompt_ids(loaded, messages)
        self.question = str(messages[-1]["content"])
        self.text, self.tokens, self.started, self.seconds = "", 0, time.perf_counter(), 0.0
        self._pieces = self._read(loaded, generate(loaded.model, [prompt], max_tokens, loaded.stop_ids, sampling))

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

    def _read(self, loaded: Loaded, steps: Iterator[list[int | None]]) -> Iterator[Piece]:
        letters, parser = StreamDetokeniser(loaded.tokenizer), ReasoningParser()
        for (token,) in steps:
            assert token is not None
            self.tokens += 1
            self.seconds = time.perf_counter() - self.started
            if token not in loaded.stop_ids:
                yield from self._feed(parser, letters.feed(token))
        yield from self._feed(parser, letters.flush())
        yield from parser.end()

    def _feed(self, parser: ReasoningParser, text: str) -> list[Piece]:
        self.text += text
        return parser.feed(text)


def prompt_ids(loaded: Loaded, messages: Messages) -> list[int]:
    """The ids of a conversation under the model's template; `InputError` if there is nothing to answer."""
    if not messages or not str(messages[-1].get("content") or "").strip():
        raise InputError("the question is empty", "ask something")
    return loaded.template.encode(loaded.tokenizer, messages)
