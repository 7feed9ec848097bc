"""Whoever answers, from the words of the command line: a model held here, or one behind an address."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from openmimo.core.errors import InputError
from openmimo.eval.ask import Answerer


@dataclass(frozen=True)
class Opened:
    """An `answerer`, to be closed; its `name`; what counts the `tokens` of a text (of a server, words and marks, which are fewer); and how many
    tokens a question and its answer may have together, what the template adds left out; None where a server does not say."""

    answerer: Answerer
    name: str
    tokens: Callable[[str], int]
    context: int | None = None


def is_address(model: str) -> bool:
    """Whether a model is behind an address, such as http://127.0.0.1:8000."""
    return bool(re.match(r"https?://", model))


def open_model(model: str, at_once: int, thinking: int | None = None, int8: bool = False, served_name: str = "") -> Opened:
    """Open a name, folder, .gguf file or address; `at_once` answers are under way at a time. Raises `InputError` for what cannot be opened.

    `thinking` ends the reasoning after so many tokens and `int8` holds the matrices in 8 bits, both only here; `served_name` is which
    model of an address.
    """
    if is_address(model):
        if int8 or thinking is not None:
            raise InputError(
                "int8 and a thinking budget are for models held here", "leave them out, and start the server with what it has for it"
            )
        from openmimo.eval.endpoint.endpoint import Endpoint

        endpoint = Endpoint(model, served_name, concurrency=at_once)
        return Opened(endpoint, endpoint.model, lambda text: len(re.findall(r"\w+|[^\w\s]", text)))
    from openmimo.engine.config import EngineConfig
    from openmimo.engine.load import load
    from openmimo.engine.session import prompt_ids
    from openmimo.eval.embedded import Embedded

    loaded = load(model)
    embedded = Embedded(loaded, EngineConfig(rows=at_once, int8=int8), thinking)

    def tokens(text: str) -> int:
        return len(loaded.tokenizer.encode(text))

    around = len(prompt_ids(loaded, ({"role": "user", "content": "0"},))) - tokens("0")
    return Opened(embedded, model, tokens, loaded.model.config.max_position_embeddings - around)
