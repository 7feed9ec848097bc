"""`openmimo bench verify`: the math verifier on pairs that others get wrong, beside math-verify, and under attack.

math-verify runs in a process of its own, in its main thread, because it works nowhere else.
"""

import importlib.util
import itertools
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from openmimo.bench.hostile import HOSTILE
from openmimo.bench.pairs import FALSE_ACCEPTS, FALSE_REJECTS
from openmimo.bench.report import Row
from openmimo.core.errors import InputError
from openmimo.verify.math.verifier import MathVerifier, Policy

VARIABLE = "OPENMIMO_VERIFY_ITEMS"
ITEMS = Path("shared") / "data" / "verify" / "math_verify_items.jsonl"
OWN = ("text", "choice", "exact", "extract", "guard")  # layers without a worker
ROUNDS, QUICK_ROUNDS = 7, 2
THREADS = 16
POLICIES: tuple[Policy, ...] = ("reward", "eval")
Pair = tuple[str, str]

# Times each round in a process of its own, on command, so that both sides take turns.
PEER = """
import json, logging, sys, time
logging.disable(logging.CRITICAL)
from math_verify import parse, verify
pairs = json.loads(sys.stdin.readline())
def judge(gold, answer):
    return verify(parse(gold), parse(answer))
for gold, answer in pairs[:3]:
    judge(gold, answer)
print("ready", flush=True)
for line in sys.stdin:
    started = time.perf_counter()
    for gold, answer in pairs:
        judge(gold, answer)
    print(time.perf_counter() - started, flush=True)
"""


def measure(quick: bool = False) -> list[Row]:
    """All rows; `quick` for fewer rounds. Raises InputError if the items or math-verify are not there."""
    if importlib.util.find_spec("math_verify") is None:
        raise InputError("math-verify is not installed", "pip install math-verify")
    items = read_items()
    pairs = [(item["gold"], item["answer"]) for item in items]
    return [*_pairs(), *_items(items), *_speed(pairs, QUICK_ROUNDS if quick else ROUNDS), *_hostile()]


def items_path() -> Path:
    """Where the items are: named by the environment, or beside the checkout."""
    if named := os.environ.get(VARIABLE):
        return Path(named)
    return Path(__file__).resolve().parents[3] / ITEMS


def read_items() -> list[dict[str, Any]]:
    """The items to agree on; raises InputError if their file is not there."""
    path = items_path()
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise InputError(f"the items to compare on are not at {path}", f"put {ITEMS} beside the checkout, or set {VARIABLE}") from error
    return [json.loads(line) for line in lines]


def _pairs() -> list[Row]:
    with MathVerifier("reward") as verifier:
        rejected = sum(not verifier.verify(*pair).ok for pair in FALSE_ACCEPTS) / len(FALSE_ACCEPTS)
        accepted = sum(verifier.verify(*pair).ok for pair in FALSE_REJECTS) / len(FALSE_REJECTS)
    return [Row("pairs.false_accepts_rejected", rejected, "share", 1.0), Row("pairs.false_rejects_accepted", accepted, "share", 1.0)]


def _items(items: list[dict[str, Any]]) -> list[Row]:
    with MathVerifier("eval") as verifier:
        verdicts = [verifier.verify(item["gold"], item["answer"]) for item in items]
    agreed = sum(int(verdict.ok) == item["math_verify_default"] for verdict, item in zip(verdicts, items, strict=True))
    own = sum(verdict.layer in OWN for verdict in verdicts)
    return [Row("items.agreement", agreed / len(items), "share", 0.97), Row("items.own_layers", own / len(items), "share", 0.6)]


def _speed(pairs: list[Pair], rounds: int) -> list[Row]:
    """Verdicts per second against math-verify's: with all verdicts kept, and with none; one worker, rounds in turn."""
    peer = subprocess.Popen([sys.executable, "-c", PEER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
    assert peer.stdin is not None
    assert peer.stdout is not None
    try:
        peer.stdin.write(json.dumps(pairs) + "\n")
        peer.stdout.readline()
        theirs, cold, kept = [], [], []
        with MathVerifier("eval", workers=1) as warm:
            _seconds(warm, pairs)
            for _ in range(rounds):
                peer.stdin.write("go\n")
                theirs.append(float(peer.stdout.readline()))
                cold.append(_cold_seconds(pairs))
                kept.append(_seconds(warm, pairs))
    finally:
        peer.kill()
        peer.wait()
        peer.stdin.close()
        peer.stdout.close()
    peer_seconds = statistics.median(theirs)
    return [
        Row("cached.vs_math_verify", peer_seconds / statistics.median(kept), "times as fast"),
        Row("cold.vs_math_verify", peer_seconds / statistics.median(cold), "times as fast"),
    ]


def _cold_seconds(pairs: list[Pair]) -> float:
    """Nothing kept, but the worker started, as math-verify's process is."""
    with MathVerifier("eval", workers=1) as verifier:
        verifier.pool.call({"gold": "$x^2$", "answer": "$x$"}, 10.0)
        return _seconds(verifier, pairs)


def _seconds(verifier: MathVerifier, pairs: list[Pair]) -> float:
    started = time.perf_counter()
    for pair in pairs:
        verifier.verify(*pair)
    return time.perf_counter() - started


def _hostile() -> list[Row]:
    """Each hostile expression under both policies, while 16 threads verify ordinary pairs; times are a caller's, waiting included."""
    runs = [_attack(policy) for policy in POLICIES]
    wrong, seen = (sum(run[place] for run in runs) for place in (2, 3))
    return [
        Row("adversarial.worst_seconds", max(run[0] for run in runs), "s", 2.0, at_most=True),
        Row("adversarial.worst_mb", max(run[1] for run in runs), "MB", 300.0, at_most=True),
        Row("adversarial.others_ok", 1 - wrong / seen, "share", 1.0),
    ]


def _attack(policy: Policy) -> tuple[float, float, int, int]:
    """The worst seconds and megabytes, and of the ordinary verdicts the wrong ones and all."""
    stop, wrong, seen = threading.Event(), [0] * THREADS, [0] * THREADS

    def ordinary(thread: int) -> None:
        for number in itertools.count(thread, THREADS):
            if stop.is_set():
                return
            verdicts = [verifier.verify(gold, answer).ok for gold, answer in _ordinary(number)]
            seen[thread] += len(verdicts)
            wrong[thread] += (not verdicts[0]) + verdicts[1] + (not verdicts[2])
            time.sleep(0.05)

    with MathVerifier(policy) as verifier:
        for start in [verifier.submit(*_ordinary(-1 - number)[2]) for number in range(2 * THREADS)]:
            start.result()  # the workers are up
        threads = [threading.Thread(target=ordinary, args=(thread,)) for thread in range(THREADS)]
        for thread in threads:
            thread.start()
        try:
            worst = max(_hostile_seconds(verifier, gold, answer) for gold, answer in HOSTILE)
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        return worst, verifier.pool.peak_memory() / 1e6, sum(wrong), sum(seen)


def _ordinary(number: int) -> list[Pair]:
    """A right pair, a wrong one, and a right one that only sympy can settle."""
    return [
        (rf"$\sqrt{{{abs(number)}}}+1$", rf"$1+\sqrt{{{abs(number)}}}$"),
        (f"${number}/7$", rf"$\frac{{{number + 1}}}{{7}}$"),
        (rf"$\tan^2(y)+{number}$", rf"$\sec^2(y)+{number}-1$"),
    ]


def _hostile_seconds(verifier: MathVerifier, gold: str, answer: str) -> float:
    started = time.perf_counter()
    verifier.verify(gold, answer)
    return time.perf_counter() - started
