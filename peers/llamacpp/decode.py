"""Answers requests with llama.cpp, one after the other: greedy, in its own environment.

    python decode.py FILE.gguf THREADS KIND

Reads lines of {"prompts": [[int]], "tokens": [int]} from stdin and answers {"seconds": float, "tokens": [[int]]}. KIND is
what its cache holds: F16, as it does by itself, or F32 to be exact. Calls the C functions, because the class `Llama`
adds work in Python to each token. Knows nothing of openmimo.
"""

import ctypes
import json
import os
import sys
import time
from typing import Any

CONTEXT = 512
KINDS = {"F32": 0, "F16": 1}  # of ggml_type


def main() -> None:
    # What the library prints must not come between the answers.
    answers, stdout = os.fdopen(os.dup(1), "w"), os.dup2(2, 1)
    assert stdout == 1
    import llama_cpp

    @llama_cpp.llama_log_callback
    def quiet(level: int, text: bytes, data: Any) -> None:
        pass

    llama_cpp.llama_log_set(quiet, ctypes.c_void_p(0))
    llama_cpp.llama_backend_init()
    model = llama_cpp.llama_model_load_from_file(sys.argv[1].encode(), llama_cpp.llama_model_default_params())
    settings = llama_cpp.llama_context_default_params()
    settings.n_ctx = CONTEXT
    settings.n_threads = settings.n_threads_batch = int(sys.argv[2])
    settings.type_k = settings.type_v = KINDS[sys.argv[3]]
    context, greedy = llama_cpp.llama_init_from_model(model, settings), llama_cpp.llama_sampler_init_greedy()

    def answer(prompt: list[int], count: int) -> list[int]:
        llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(context), True)
        given, said = (llama_cpp.llama_token * len(prompt))(*prompt), []
        while True:
            assert llama_cpp.llama_decode(context, llama_cpp.llama_batch_get_one(given, len(given))) == 0
            said.append(llama_cpp.llama_sampler_sample(greedy, context, -1))
            if len(said) == count:
                return said
            given = (llama_cpp.llama_token * 1)(said[-1])

    print(json.dumps({"ready": True}), file=answers, flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        started = time.perf_counter()
        tokens = [answer(prompt, count) for prompt, count in zip(asked["prompts"], asked["tokens"], strict=True)]
        print(json.dumps({"seconds": time.perf_counter() - started, "tokens": tokens}), file=answers, flush=True)


if __name__ == "__main__":
    main()
