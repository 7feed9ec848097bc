"""The worker's side: loads the user's file once, then answers requests for rewards.

Every reply is plain JSON: `problem` and `fix` if it was asked wrongly, `fault` if the user's
code failed, else what was asked for. Knows no pool (`verify/workers.py`).
"""

import os
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from openmimo.core.errors import InputError
from openmimo.verify.user.calls import Sample
from openmimo.verify.user.forms import Reward, recognise
from openmimo.verify.user.source import describe, find, load

Reply = dict[str, Any]


def make(options: dict[str, Any]) -> Callable[[dict[str, Any]], Reply]:
    """Load the file that `options` name; what goes wrong is told in the reply to every request."""
    path = Path(options["file"])
    os.environ.update(options["environment"])  # a worker has only a few variables of its own, and users keep keys and paths there
    try:
        reward = _load(path, options)
    except InputError as error:
        problem = {"problem": error.problem, "fix": error.fix}
        return lambda request: problem
    return lambda request: _answer(reward, path, request)


def _load(path: Path, options: dict[str, Any]) -> Reward:
    found = find(load(path), options["name"])
    try:
        return recognise(found, options["name"] or path.stem, options["form"], options["keywords"])
    except InputError:
        raise
    except (Exception, SystemExit) as error:
        # Its `load_environment`, or a signature that cannot be read.
        raise InputError(f"{path}: {describe(error, path)}", "run it with python by itself and put that right") from None


def _answer(reward: Reward, path: Path, request: dict[str, Any]) -> Reply:
    if request["do"] == "describe":
        return {"form": reward.form, "batch": reward.batch, "full": reward.full}
    start = time.perf_counter()
    samples = [Sample(one["row"], one["text"], one["ids"]) for one in request["samples"]]
    try:
        scores = reward.score(samples, request["state"])
    except InputError as error:
        return {"problem": error.problem, "fix": error.fix}
    except MemoryError:
        raise  # the pool's to tell, which then replaces this process
    except (Exception, SystemExit) as error:
        return {"fault": describe(error, path), "ms": _ms(start)}
    return {"scores": [asdict(score) for score in scores], "ms": _ms(start)}


def _ms(start: float) -> float:
    return (time.perf_counter() - start) * 1000
