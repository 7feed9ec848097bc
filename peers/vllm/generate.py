"""Runs in vLLM's own environment: greedy tokens and draft counts of a model folder, as JSON.

Reads {"folder", "prompts", "max_tokens", "speculate"} from stdin. Knows nothing of openmimo.
"""

import json
import os
import sys

os.environ |= {
    "VLLM_CPU_KVCACHE_SPACE": "1",
    "VLLM_ENABLE_V1_MULTIPROCESSING": "0",
    "VLLM_LOGGING_LEVEL": "WARNING",
    "VLLM_NO_USAGE_STATS": "1",
    "HF_HUB_OFFLINE": "1",
}


def main() -> None:
    job = json.load(sys.stdin)
    # vLLM and its libraries print to stdout; the answer is to be the only thing there.
    answers, stdout = os.fdopen(os.dup(1), "w"), os.dup2(2, 1)
    assert stdout == 1
    from vllm import LLM, SamplingParams, TokensPrompt

    speculative = {"method": "mtp", "num_speculative_tokens": 1} if job["speculate"] else None
    llm = LLM(
        job["folder"],
        dtype="float32",
        skip_tokenizer_init=True,
        enforce_eager=True,
        max_model_len=256,
        max_num_seqs=8,
        speculative_config=speculative,
        disable_log_stats=not job["speculate"],
        enable_prefix_caching=False,
    )
    wish = SamplingParams(temperature=0.0, max_tokens=job["max_tokens"], ignore_eos=True, detokenize=False)
    outputs = llm.generate([TokensPrompt(prompt_token_ids=prompt) for prompt in job["prompts"]], wish, use_tqdm=False)
    counts = {}
    if job["speculate"]:
        counts = {metric.name: metric.value for metric in llm.get_metrics() if "spec_decode" in metric.name and hasattr(metric, "value")}
    json.dump({"tokens": [list(output.outputs[0].token_ids) for output in outputs], "counts": counts}, answers)
    answers.close()


if __name__ == "__main__":
    main()
