"""`openmimo tour`: how a reasoning model comes about, from nothing to an answer, in minutes and with everything real.

Every step is the one that `openmimo pretrain nano` and the verbs after it run, on a smaller
model and fewer kinds of problems. What is finished is not done again.
"""

import json
import math
from pathlib import Path
from typing import Annotated

import tyro

from openmimo.core.errors import ConfigError


def main(
    out: Path = Path("runs") / "tour",
    count: int = 50,
    scale: float = 1.0,
    json_: Annotated[bool, tyro.conf.arg(name="json")] = False,
) -> int:
    """Make a small reasoning model from nothing and ask it: data, tokenizer, three stages of pre-training, MTP, SFT, evaluation.

    Takes under ten minutes on two cores and ends in report.html. Ctrl-C stops it; the same
    command goes on from there. Delete the folder to begin anew.

    Args:
        out: The folder of everything that is made.
        count: Tasks for each family and level in the evaluation.
        scale: A share of the training steps; 0.05 only shows that everything runs, and such a model can do nothing.
        json_: Print one JSON object at the end: report, base and sft accuracy, and the answers.
    """
    if not 0 < scale < math.inf:
        raise ConfigError("scale", f"must be above 0, not {scale}", "1 is the whole tour")
    if count < 1:
        raise ConfigError("count", f"must be at least 1, not {count}")
    from openmimo.recipes.tour import Tour
    from openmimo.recipes.tour_run import run

    done = run(Tour(out, scale), count)
    base, sft = done.base.mean, done.sft.mean
    if json_:
        print(json.dumps({"report": str(done.report), "model": str(done.model), "base": base, "sft": sft, "answers": done.answers}))
        return 0
    for one in done.answers:
        print(f"\n{one['question']}\n=> {one['answer']}")
    print(f"\nright of held-out tasks: {base:.1%} after pre-training, {sft:.1%} after fine-tuning")
    print(f"the model   {done.model}\nthe report  {done.report}")
    return 0
