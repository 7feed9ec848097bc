"""Answers requests with transformers, as one static batch for each line: greedy, in bf16, eager, with sdpa attention.

    python decode.py FOLDER THREADS

Reads lines of {"prompts": [[int]], "tokens": [int]} from stdin and answers {"seconds": float, "tokens": [[int]]}. A
batch runs until its longest answer is there, so every answer comes as long as that. Knows nothing of openmimo.
"""

import json
import os
import sys
import time

os.environ |= {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_VERBOSITY": "error",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "OMP_NUM_THREADS": sys.argv[2],
}

import torch
from transformers import AutoModelForCausalLM


def main() -> None:
    # What a library prints must not come between the answers.
    answers, stdout = os.fdopen(os.dup(1), "w"), os.dup2(2, 1)
    assert stdout == 1
    torch.set_num_threads(int(sys.argv[2]))
    model = AutoModelForCausalLM.from_pretrained(sys.argv[1], dtype=torch.bfloat16).eval()
    model.generation_config.eos_token_id = None
    print(json.dumps({"ready": True}), file=answers, flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        started = time.perf_counter()
        longest = max(map(len, asked["prompts"]))
        pads = [longest - len(prompt) for prompt in asked["prompts"]]
        ids = torch.tensor([[0] * pad + prompt for pad, prompt in zip(pads, asked["prompts"], strict=True)])
        seen = torch.tensor([[0] * pad + [1] * (longest - pad) for pad in pads])
        with torch.inference_mode():
            said = model.generate(ids, attention_mask=seen, max_new_tokens=max(asked["tokens"]), do_sample=False, pad_token_id=0)
        tokens = said[:, longest:].tolist()
        print(json.dumps({"seconds": time.perf_counter() - started, "tokens": tokens}), file=answers, flush=True)


if __name__ == "__main__":
    main()
