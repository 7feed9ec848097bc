"""llama.cpp says the same tokens as we do, of the same weights in F32, up to ties.

Run by `make test-peers`. llama.cpp lives in an environment of its own; if it is not there, the
test fails and says how to make it.
"""

from pathlib import Path

import pytest
import torch

from openmimo.bench.decode import model_file
from openmimo.bench.peers import peer
from openmimo.bench.requantise import requantise
from openmimo.engine.config import EngineConfig
from openmimo.engine.engine import TorchEngine
from openmimo.engine.load import Loaded, load
from openmimo.engine.request import Request
from openmimo.engine.session import prompt_ids

TOKENS = 64
TIE = 1e-3  # logits nearer than this may change places: both add up in fp32, in another order
TIES = 1  # how many answers may part ways at one
QUESTIONS = [
    "What is the capital of France?",
    "Write a short poem about the sea.",
    "Explain why the sky is blue to a child.",
    "List three prime numbers above 100.",
    "def fibonacci(n):",
    "Übersetze ins Deutsche: good morning, my friend!",
]


@pytest.fixture(scope="module")
def smollm2() -> Loaded:
    return load(str(model_file()), dtype=torch.float32)


@torch.inference_mode()
def lead(loaded: Loaded, before: list[int], ours: int, theirs: int) -> float:
    """By how much our logits prefer our token to theirs."""
    logits_V = loaded.model(torch.tensor([before]))[0, -1]
    return (logits_V[ours] - logits_V[theirs]).item()


def test_greedy_tokens_are_the_same_up_to_ties(smollm2: Loaded, tmp_path: Path) -> None:
    prompts = [prompt_ids(smollm2, [{"role": "user", "content": question}]) for question in QUESTIONS]
    requests = [Request(prompt, TOKENS) for prompt in prompts]
    engine = TorchEngine(smollm2.model, EngineConfig(cache_tokens=4096))
    numbers = [engine.submit(request) for request in requests]
    ended = {sample.id: list(sample.ids) for sample in engine.finished()}
    exact = tmp_path / "exact.gguf"
    requantise(model_file(), exact, "F32")
    with peer("llamacpp", exact, torch.get_num_threads(), "F32") as started:
        theirs, _ = started.answer(requests)
    leads = []
    for prompt, number, said in zip(prompts, numbers, theirs, strict=True):
        ours = ended[number]
        assert len(ours) == len(said) == TOKENS
        if ours != said:
            place = next(place for place in range(TOKENS) if ours[place] != said[place])
            leads.append(lead(smollm2, prompt + ours[:place], ours[place], said[place]))
    assert max(leads, default=0.0) < TIE
    assert len(leads) <= TIES
