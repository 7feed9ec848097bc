"""Answers requests with vLLM on the CPU, those of a line all at once: greedy, in bf16, in its own environment.

    python decode.py FOLDER THREADS

Reads lines of {"prompts": [[int]], "tokens": [int]} from stdin and answers {"seconds": float, "tokens": [[int]]}. Knows
nothing of openmimo.
"""

import json
import os
import sys
import time

os.environ |= {
    "VLLM_CPU_KVCACHE_SPACE": "4",
    # Left alone, vLLM keeps one core for itself and computes on the others: on two cores that is one thread.
    "VLLM_CPU_OMP_THREADS_BIND": "nobind",
    "OMP_NUM_THREADS": sys.argv[2],
    "VLLM_ENABLE_V1_MULTIPROCESSING": "0",
    "VLLM_LOGGING_LEVEL": "ERROR",
    "VLLM_NO_USAGE_STATS": "1",
    "HF_HUB_OFFLINE": "1",
}


def main() -> None:
    # vLLM and its libraries print to stdout; the answers are to be the only thing there.
    answers, stdout = os.fdopen(os.dup(1), "w"), os.dup2(2, 1)
    assert stdout == 1
    from vllm import LLM, SamplingParams, TokensPrompt

    llm = LLM(sys.argv[1], dtype="bfloat16", skip_tokenizer_init=True, max_model_len=512, enable_prefix_caching=False)
    print(json.dumps({"ready": True}), file=answers, flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        prompts = [TokensPrompt(prompt_token_ids=prompt) for prompt in asked["prompts"]]
        wishes = [SamplingParams(temperature=0.0, max_tokens=count, ignore_eos=True, detokenize=False) for count in asked["tokens"]]
        started = time.perf_counter()
        outputs = llm.generate(prompts, wishes, use_tqdm=False)
        seconds = time.perf_counter() - started
        tokens = [list(output.outputs[0].token_ids) for output in outputs]
        print(json.dumps({"seconds": seconds, "tokens": tokens}), file=answers, flush=True)


if __name__ == "__main__":
    main()
