"""An evaluation through vLLM's server comes out as through our engine: the same texts and verdicts, and the same likelihoods.

Run by `make test-peers`. vLLM lives in an environment of its own; if it is not there, the test fails
and says how to make it. The server reads nano's folder and applies the chat template that lies there.
It is started as a module: the command `vllm` asks for a package of that name, which the CPU's has not.
"""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import torch

from openmimo.core.lines import read_lines
from openmimo.engine.generate import complete
from openmimo.engine.load import Loaded, load
from openmimo.engine.session import prompt_ids
from openmimo.eval.ask import Answerer
from openmimo.eval.benchmarks.catalog import find, read_items
from openmimo.eval.benchmarks.own import OWN, own_items
from openmimo.eval.embedded import Embedded
from openmimo.eval.endpoint.endpoint import Endpoint
from openmimo.eval.item import Benchmark, Item
from openmimo.eval.run import SAID, VERDICTS, Key, key_of, run
from openmimo.tasks.families import FAMILIES
from openmimo.text.reasoning import parse

ROOT = Path(__file__).parent.parent
PYTHON = ROOT / ".peers" / "vllm" / "bin" / "python"
FIXTURES = ROOT / "tests" / "eval" / "fixtures"
READY = 150.0  # seconds until it must answer
AT_ONCE = 16  # requests that the server has under way
TASKS = 3  # of each level of each family
TIE = 1e-3  # how near the two likeliest tokens' log-probabilities must be for a kernel's rounding in fp32 to decide between them
TIES = 3  # how many answers may part ways at one
ENVIRONMENT = {
    "VLLM_CPU_KVCACHE_SPACE": "1",
    "VLLM_CPU_OMP_THREADS_BIND": "nobind",
    "OMP_NUM_THREADS": "1",
    "VLLM_LOGGING_LEVEL": "WARNING",
    "VLLM_NO_USAGE_STATS": "1",
    "HF_HUB_OFFLINE": "1",
}
Line = dict[str, Any]


@dataclass(frozen=True)
class Ran:
    """What was said and what came of it."""

    said: dict[Key, Line]
    verdicts: dict[Key, Line]


@pytest.fixture(scope="module")
def nano() -> Loaded:
    return load("nano", dtype=torch.float32)


@pytest.fixture(scope="module")
def server(nano: Loaded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of vLLM's server with nano."""
    assert PYTHON.exists(), "vLLM's environment is not there; make it with: make peers"
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    options = {
        **{"model": nano.path, "served-model-name": "nano", "host": "127.0.0.1", "port": port, "dtype": "float32"},
        # nano's tags of reasoning are special tokens, which a server leaves out of texts: it must tell reasoning and answer apart itself.
        **{"reasoning-parser": "qwen3", "max-num-seqs": AT_ONCE},
    }
    command: list[str | Path] = [PYTHON, "-m", "vllm.entrypoints.openai.api_server", "--enforce-eager"]
    command += [word for name, value in options.items() for word in (f"--{name}", str(value))]
    log = tmp_path_factory.mktemp("vllm") / "log"
    with log.open("wb") as told:
        # A session of its own, since it starts processes that are to end with it.
        process = subprocess.Popen(
            command, env=os.environ | ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=told, stderr=told, start_new_session=True
        )
    try:
        wait(process, f"http://127.0.0.1:{port}", log)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    """Until the server answers; fails with what it said if it ends before, or takes too long."""
    end = time.monotonic() + READY
    while time.monotonic() < end:
        if process.poll() is not None:
            pytest.fail(f"vLLM's server has ended with {process.returncode}:\n{log.read_text(errors='replace')[-3000:]}")
        try:
            if httpx.get(f"{url}/health", timeout=5).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.5)
    pytest.fail(f"vLLM's server was not ready after {READY:.0f} s:\n{log.read_text(errors='replace')[-3000:]}")


def ran(benchmark: Benchmark, items: list[Item], answerer: Answerer, folder: Path) -> Ran:
    """An evaluation with the benchmark's own settings, all of it answered."""
    try:
        assert run(benchmark, items, [], benchmark.settings, answerer, folder) is None
    finally:
        answerer.close()
    said, verdicts = ({key_of(line): line for line in read_lines(folder / name)} for name in (SAID, VERDICTS))
    return Ran(said, verdicts)


def both(nano: Loaded, server: str, benchmark: Benchmark, items: list[Item], folder: Path) -> tuple[Ran, Ran]:
    """By our engine and by the server."""
    ours = ran(benchmark, items, Embedded(nano), folder / "ours")
    theirs = ran(benchmark, items, Endpoint(server, concurrency=AT_ONCE), folder / "theirs")
    assert ours.said.keys() == theirs.said.keys()
    assert ours.verdicts.keys() == theirs.verdicts.keys()
    return ours, theirs


def told(line: Line) -> str:
    """Reasoning and answer in one."""
    return f"{line['reasoning']}\0{line['text']}" if line["text"] else line["reasoning"]


@torch.inference_mode()
def gap(nano: Loaded, question: str, theirs: str) -> float:
    """How far apart, in our model, the two likeliest tokens are where our greedy answer leaves another one.

    Only texts are known of the server, without white space at their ends: that place is at the first
    token of ours with which what is told is no beginning of theirs, or at white space or a tag right
    before it. Where ours is the shorter, it is at the token that ends ours.
    """
    prompt = prompt_ids(nano, [{"role": "user", "content": question}])
    (ids,) = complete(nano.model, [prompt], OWN.settings.max_tokens, nano.stop_ids)
    logprobs_TV = nano.model(torch.tensor([[*prompt, *ids]]))[0, len(prompt) - 1 : -1].log_softmax(-1)
    top_T2 = logprobs_TV.topk(2).values
    gaps, before = list[float](), ""
    for place, (first, second) in enumerate(top_T2.tolist()):
        gaps.append(first - second)
        parsed = parse(nano.tokenizer.decode([token for token in ids[: place + 1] if token not in nano.stop_ids]))
        now = told({"reasoning": parsed.reasoning, "text": parsed.answer})
        if not theirs.startswith(now):
            break
        if now != before:
            gaps, before = [], now
    return min(gaps, default=float("inf"))


def test_own_tasks_are_answered_and_judged_alike_up_to_ties(nano: Loaded, server: str, tmp_path: Path) -> None:
    items = own_items(list(FAMILIES), TASKS)
    questions = {item.id: item.question for item in items}
    ours, theirs = both(nano, server, OWN, items, tmp_path)
    parted = {
        key: gap(nano, questions[key[0]], told(theirs.said[key])) for key in ours.said if told(ours.said[key]) != told(theirs.said[key])
    }
    assert len(parted) <= TIES, parted
    assert max(parted.values(), default=0.0) < TIE, parted
    for key, line in ours.said.items():
        other = theirs.said[key]
        assert line["prompt_tokens"] == other["prompt_tokens"]  # the template is the same
        if key not in parted:
            assert (line["tokens"], line["ending"]) == (other["tokens"], other["ending"])
            ours_judged, theirs_judged = ours.verdicts[key], theirs.verdicts[key]
            assert (ours_judged["kind"], ours_judged["score"]) == (theirs_judged["kind"], theirs_judged["score"])
    right = sum(line["score"] for line in theirs.verdicts.values())
    assert len(items) / 10 < right < len(items)  # there is something to be the same


def test_a_difference_that_is_no_tie_is_seen(nano: Loaded) -> None:
    (item,) = own_items(["arithmetic"], 1, levels=[1])
    prompt = prompt_ids(nano, [{"role": "user", "content": item.question}])
    (ids,) = complete(nano.model, [prompt], OWN.settings.max_tokens, nano.stop_ids)
    parsed = parse(nano.tokenizer.decode([token for token in ids if token not in nano.stop_ids]))
    whole = told({"reasoning": parsed.reasoning, "text": parsed.answer})
    for other in ("another", whole[: len(whole) // 2] + "\1", whole[:-1], f"{whole} more"):
        assert gap(nano, item.question, other) > TIE


@pytest.mark.parametrize("name", ["hellaswag", "winogrande"])
def test_likelihoods_are_the_same(nano: Loaded, server: str, tmp_path: Path, name: str) -> None:
    # vLLM echoes the log-probabilities of the prompt, which `endpoint/likelihood.py` reads.
    benchmark = find(name)
    ours, theirs = both(nano, server, benchmark, read_items(benchmark, FIXTURES / f"{name}.jsonl"), tmp_path)
    assert len(ours.said) >= 6
    for key, line in ours.said.items():
        assert line["tokens"] == theirs.said[key]["tokens"] > 0
        assert line["logprob"] == pytest.approx(theirs.said[key]["logprob"], abs=1e-2)
    assert {key: line["score"] for key, line in ours.verdicts.items()} == {key: line["score"] for key, line in theirs.verdicts.items()}
