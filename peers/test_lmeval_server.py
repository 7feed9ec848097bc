"""lm-evaluation-harness finds behind our server the likelihoods that the model itself gives.

Run by `make test-peers`. The harness lives in an environment of its own; if it is not there, the test
fails and says how to make it. It asks in its own way: ids, `echo`, one token, and the tokenizer over HTTP.
"""

import json
import subprocess
from pathlib import Path

import pytest
import torch

from openmimo.engine.load import load
from openmimo.eval.heldout import heldout_tasks
from openmimo.tasks.families import FAMILIES
from tests.serve.conftest import serving

ROOT = Path(__file__).parent.parent
PYTHON = ROOT / ".peers" / "lmeval" / "bin" / "python"
CLOSE = 1e-3  # nats
ASK = """
import json, sys
from lm_eval.api.instance import Instance
from lm_eval.models.openai_completions import LocalCompletionsAPI

url, pairs = sys.argv[1], json.load(sys.stdin)
model = LocalCompletionsAPI(base_url=f"{url}/v1/completions", model="nano", batch_size=4, num_concurrent=2, max_length=1024)
asked = [Instance("loglikelihood", {}, tuple(pair), number) for number, pair in enumerate(pairs)]
found = model.loglikelihood(asked)
said = model.generate_until([Instance("generate_until", {}, (pair[0], {"until": ["\\n"], "max_gen_toks": 16}), 0) for pair in pairs[:4]])
print(json.dumps({"likelihoods": found, "texts": said}))
"""


def test_the_harness_reads_our_likelihoods() -> None:
    assert PYTHON.exists(), "lm-evaluation-harness is not there; make it with: make peers"
    nano = load("nano", dtype=torch.float32)
    tasks = [task for family in FAMILIES.values() for task in heldout_tasks(family, 1, 2, False)]
    pairs = [(f"{task.problem}\n", task.steps.split("\n")[0]) for task in tasks] + [("2 + 2 =", " 4"), ("a", "b")]
    with serving(nano) as running:
        asked = [PYTHON, "-c", ASK, running.url]
        done = subprocess.run(asked, input=json.dumps(pairs), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert len(found["likelihoods"]) == len(pairs)
    for (context, continuation), (logprob, greedy) in zip(pairs, found["likelihoods"], strict=True):
        # As the harness has it: space at the end of a context is the continuation's, and a token over the edge is cut off.
        alone, whole = (nano.tokenizer.encode(text, special=True) for text in (context.rstrip(), context + continuation))
        ids, before = alone + whole[len(alone) :], len(alone)
        with torch.inference_mode():
            logprobs_TV = nano.model(torch.tensor([ids]))[0].log_softmax(-1)
        later = torch.tensor(ids[before:])
        ours_T = logprobs_TV[before - 1 : -1].gather(-1, later[:, None])[:, 0]
        assert logprob == pytest.approx(ours_T.sum().item(), abs=CLOSE), (context, continuation)
        assert greedy == bool((logprobs_TV[before - 1 : -1].argmax(-1) == later).all())
    assert all(isinstance(text, str) for text in found["texts"])
