"""Trains a model folder with transformers: autocast to bf16, sdpa attention, torch's AdamW, a step for each line it reads.

    python train.py FOLDER THREADS

Reads lines of {"way": "eager" | "compiled", "ids": [[int]], "positions": [[int]]} from stdin and answers {"seconds": float,
"loss": float, "grad_norm": float, "peak": int}. Positions count from 0 in each document of a row; transformers makes of
them the mask that keeps documents apart, and a document's first token is nobody's label. `compiled` compiles each layer
by itself. The learning rate is 0, so that the weights stay and losses can be compared. Knows nothing of openmimo.
"""

import json
import os
import resource
import sys
import time

os.environ |= {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_VERBOSITY": "error",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "OMP_NUM_THREADS": sys.argv[2],
}

import torch
from transformers import AutoModelForCausalLM, PreTrainedModel

BETAS, WEIGHT_DECAY, CLIP = (0.9, 0.95), 0.1, 1.0  # what the other side trains with
NO_LABEL = -100


def main() -> None:
    # What a library prints must not come between the answers.
    answers, stdout = os.fdopen(os.dup(1), "w"), os.dup2(2, 1)
    assert stdout == 1
    torch.set_num_threads(int(sys.argv[2]))
    model = AutoModelForCausalLM.from_pretrained(sys.argv[1], dtype=torch.float32).train()
    optimizer = adamw(model)
    layers = {"eager": list(model.model.layers), "compiled": [torch.compile(layer, dynamic=False) for layer in model.model.layers]}
    print(json.dumps({"ready": True}), file=answers, flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        ids, positions = torch.tensor(asked["ids"]), torch.tensor(asked["positions"])
        for place, layer in enumerate(layers[asked["way"]]):
            model.model.layers[place] = layer
        print(json.dumps(step(model, optimizer, ids, positions)), file=answers, flush=True)


def adamw(model: PreTrainedModel) -> torch.optim.AdamW:
    matrices = [weight for weight in model.parameters() if weight.dim() >= 2]
    others = [weight for weight in model.parameters() if weight.dim() < 2]
    groups = [{"params": matrices, "weight_decay": WEIGHT_DECAY}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=0.0, betas=BETAS, fused=True)


def step(model: PreTrainedModel, optimizer: torch.optim.Optimizer, ids: torch.Tensor, positions: torch.Tensor) -> dict[str, float]:
    started = time.perf_counter()
    optimizer.zero_grad(set_to_none=True)
    with torch.autocast("cpu", torch.bfloat16):
        labels = ids.masked_fill(positions == 0, NO_LABEL)
        loss = model(input_ids=ids, position_ids=positions, labels=labels, use_cache=False).loss
    loss.backward()
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
    optimizer.step()
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return {"seconds": seconds, "loss": loss.item(), "grad_norm": norm.item(), "peak": peak}


if __name__ == "__main__":
    main()
