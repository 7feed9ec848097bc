"""vLLM loads the folders we write, MTP layers included, and says the same tokens.

Run by `make test-peers`. vLLM lives in an environment of its own; if it is not there, the
test fails and says how to make it.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import torch

from openmimo.engine.generate import complete
from openmimo.engine.load import load
from openmimo.engine.session import prompt_ids
from openmimo.model.config import ModelConfig
from openmimo.model.folder import write_folder
from openmimo.model.mimo import MiMo

ROOT = Path(__file__).parent.parent
PYTHON = ROOT / ".peers" / "vllm" / "bin" / "python"
TOKENS = 40


def vllm(folder: Path, prompts: list[list[int]], speculate: bool) -> dict[str, Any]:
    assert PYTHON.exists(), "vLLM's environment is not there; make it with: make peers"
    job = json.dumps({"folder": str(folder), "prompts": prompts, "max_tokens": TOKENS, "speculate": speculate})
    done = subprocess.run([PYTHON, ROOT / "peers" / "vllm" / "generate.py"], input=job, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


@torch.inference_mode()
def accepted(model: MiMo, prompt: list[int], answer: list[int]) -> int:
    """How many tokens of an answer the first MTP layer would have drafted rightly, each from what came before it."""
    ids_1T = torch.tensor([prompt + answer])
    places_1T = torch.arange(ids_1T.shape[1])[None]
    ahead_1TD = model.ahead(0, model.hidden(ids_1T), ids_1T, places_1T, model.sight(ids_1T))
    drafts = model.head(ahead_1TD)[0].argmax(-1).tolist()
    # Place t has seen token t + 1 and drafts token t + 2; the first answer token is never drafted.
    return sum(drafts[place - 2] == ids_1T[0, place].item() for place in range(len(prompt) + 1, len(prompt) + len(answer)))


@pytest.mark.parametrize("speculate", [False, True])
def test_random_weights_say_the_same_tokens(tmp_path: Path, speculate: bool) -> None:
    model = MiMo(ModelConfig(128, 64, 96, 2, 2, 1, 32, 256, num_nextn_predict_layers=1))
    model.start(3)
    write_folder(model, tmp_path / "model", dtype=torch.float32, generation_config={"eos_token_id": [0]})
    prompts = [[1, 5, 9, 20], [7, 8, 9, 10, 11, 12, 100]]
    assert vllm(tmp_path / "model", prompts, speculate)["tokens"] == complete(model, prompts, TOKENS, frozenset())


def test_nano_says_the_same_and_its_drafts_are_accepted_as_often(tmp_path: Path) -> None:
    nano = load("nano", dtype=torch.float32)
    write_folder(nano.model, tmp_path / "nano", dtype=torch.float32, generation_config={"eos_token_id": sorted(nano.stop_ids)})
    questions = ["What is 15% of 80?", "Solve 3x + 4 = 19.", "What is 347 + 285?", "Is 91 prime?"]
    prompts = [prompt_ids(nano, [{"role": "user", "content": question}]) for question in questions]
    ours = [complete(nano.model, [prompt], TOKENS, frozenset())[0] for prompt in prompts]
    theirs = vllm(tmp_path / "nano", prompts, speculate=True)
    assert theirs["tokens"] == ours
    # vLLM drafts after each step; a step whose draft is accepted gives two tokens, so it drafts fewer times than there are tokens.
    drafted, kept = theirs["counts"]["vllm:spec_decode_num_drafts"], theirs["counts"]["vllm:spec_decode_num_accepted_tokens"]
    rate = sum(accepted(nano.model, prompt, answer) for prompt, answer in zip(prompts, ours, strict=True)) / (len(prompts) * (TOKENS - 1))
    assert kept / drafted == pytest.approx(rate, abs=0.1)
