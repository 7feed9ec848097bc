"""A tiny random model, and groups of answers that the real engine drew from it."""

from collections.abc import Sequence

from openmimo.engine.config import EngineConfig
from openmimo.engine.engine import TorchEngine
from openmimo.engine.request import Request, Thinking
from openmimo.engine.sample import Sampling
from openmimo.model.config import ModelConfig
from openmimo.model.mimo import MiMo
from openmimo.rl.batch import PolicyBatch, Selected, pack_groups
from openmimo.rl.config import Aggregation

PLAIN = Sampling(temperature=1.0)
END = 31


def tiny_model(seed: int = 1, layers: int = 2) -> MiMo:
    """Two layers, 32 tokens, and `layers` MTP layers."""
    model = MiMo(ModelConfig(32, 16, 24, 2, 2, 1, 8, 64, num_nextn_predict_layers=layers))
    model.start(seed)
    return model


def drawn_groups(model: MiMo, sampling: Sampling = PLAIN, groups: int = 3, size: int = 4) -> list[list[Selected]]:
    """Groups of answers of 6 to 12 tokens to short prompts, half of them right; the first group has some tokens put in."""
    engine = TorchEngine(model, EngineConfig(cache_tokens=1024, kernels="torch"))
    prompts = [[1 + group, 5, 9 + group][: 2 + group % 2] for group in range(groups)]
    for group, prompt in enumerate(prompts):
        thinking = Thinking(3, begin=30, end=END, close=(7, END)) if group == 0 else None
        for sample in range(size):
            seeded = Sampling(sampling.temperature, sampling.top_p, 100 * group + sample, sampling.top_k)
            start = [*prompt, 30] if thinking else prompt
            engine.submit(Request(start, 6 + (3 * group + sample) % 7, sampling=seeded, thinking=thinking))
    said = sorted(engine.finished(), key=lambda finished: finished.id)
    answers = [
        Selected(
            (*prompts[place // size], 30) if place < size else prompts[place // size],
            finished.ids,
            finished.logprobs,
            1.0 if place % 2 else -1.0,
            finished.forced,
        )
        for place, finished in enumerate(said)
    ]
    return [answers[first : first + size] for first in range(0, len(answers), size)]


def packed(
    groups: Sequence[Sequence[Selected]], aggregation: Aggregation = "token", row_length: int = 40, rows: int = 2
) -> list[PolicyBatch]:
    """The groups as a mini-batch of several parts."""
    return pack_groups(groups, aggregation, 12, row_length, rows, "the groups of a test")
