"""vLLM loads the folders we write, MTP layers included: it says the same tokens, and as many of its drafts hold.

Run by `make test-peers`. vLLM lives in an environment of its own; if it is not there, the
test fails and says how to make it. Our side is the engine as it is used, vLLM's is
`vllm/generate.py`. Both go on past the end of an answer.
"""

import json
import random
import subprocess
from pathlib import Path
from typing import Any

import pytest
import torch

from openmimo.engine.config import EngineConfig
from openmimo.engine.engine import TorchEngine
from openmimo.engine.load import load
from openmimo.engine.request import Request, Statistics
from openmimo.engine.session import prompt_ids
from openmimo.eval.heldout import SEED
from openmimo.model.config import ModelConfig
from openmimo.model.folder import write_folder
from openmimo.model.mimo import MiMo
from openmimo.tasks.families import draw

ROOT = Path(__file__).parent.parent
PYTHON = ROOT / ".peers" / "vllm" / "bin" / "python"
PROMPTS, TOKENS = 50, 48
TIE = 1e-3  # how near two logits must be for a kernel's rounding in fp32 to decide between them
TIES = 2  # how many answers may part ways at one


def vllm(folder: Path, prompts: list[list[int]], speculate: bool) -> dict[str, Any]:
    assert PYTHON.exists(), "vLLM's environment is not there; make it with: make peers"
    job = json.dumps({"folder": str(folder), "prompts": prompts, "max_tokens": TOKENS, "speculate": speculate})
    done = subprocess.run([PYTHON, ROOT / "peers" / "vllm" / "generate.py"], input=job, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def ours(model: MiMo, prompts: list[list[int]], speculate: bool) -> tuple[list[list[int]], Statistics]:
    """Greedy answers, and what it took."""
    engine = TorchEngine(model, EngineConfig(draft="mtp" if speculate else "off"))
    # vLLM drafts even where one token is left to say, and counts the draft, and that it held, before it cuts the answer off.
    # We draft where a draft can be used. Asked for one token more we draft in the very same places.
    numbers = [engine.submit(Request(prompt, TOKENS + speculate)) for prompt in prompts]
    said = {sample.id: list(sample.ids) for sample in engine.finished()}
    return [said[number][:TOKENS] for number in numbers], engine.statistics


@torch.inference_mode()
def partings(model: MiMo, prompts: list[list[int]], ours: list[list[int]], theirs: list[list[int]]) -> list[float]:
    """For each pair of answers that differ: how far apart our logits of the first two tokens that do are."""
    gaps = []
    for prompt, own, other in zip(prompts, ours, theirs, strict=True):
        place = next((place for place, (a, b) in enumerate(zip(own, other, strict=True)) if a != b), None)
        if place is not None:
            logits_V = model(torch.tensor([[*prompt, *own[:place]]]))[0, -1]
            gaps.append(abs(float(logits_V[own[place]] - logits_V[other[place]])))
    return gaps


@pytest.mark.parametrize("speculate", [False, True])
def test_random_weights_say_the_same_tokens(tmp_path: Path, speculate: bool) -> None:
    model = MiMo(ModelConfig(128, 64, 96, 2, 2, 1, 32, 256, num_nextn_predict_layers=1))
    model.start(3)
    write_folder(model, tmp_path / "model", dtype=torch.float32, generation_config={"eos_token_id": [0]})
    prompts = [[1, 5, 9, 20], [7, 8, 9, 10, 11, 12, 100]]
    assert vllm(tmp_path / "model", prompts, speculate)["tokens"] == ours(model, prompts, speculate)[0]


@pytest.mark.parametrize("speculate", [False, True])
def test_nano_says_the_same_up_to_ties_and_as_many_drafts_hold(tmp_path: Path, speculate: bool) -> None:
    nano = load("nano", dtype=torch.float32)
    write_folder(nano.model, tmp_path / "nano", dtype=torch.float32, generation_config={"eos_token_id": sorted(nano.stop_ids)})
    rng = random.Random(SEED)
    prompts = [prompt_ids(nano, [{"role": "user", "content": draw(rng).problem}]) for _ in range(PROMPTS)]
    theirs = vllm(tmp_path / "nano", prompts, speculate)
    said, statistics = ours(nano.model, prompts, speculate)
    gaps = partings(nano.model, prompts, said, theirs["tokens"])
    assert max(gaps, default=0.0) < TIE
    assert len(gaps) <= TIES
    if speculate:
        counts = theirs["counts"]
        assert statistics.drafted[0] == pytest.approx(counts["vllm:spec_decode_num_drafts"], rel=0.01)
        assert statistics.accepted[0] == pytest.approx(counts["vllm:spec_decode_num_accepted_tokens"], rel=0.01)
