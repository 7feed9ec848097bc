"""`openmimo rl`: reinforcement learning from verifiable rewards, by a recipe or on problems of one's own."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import tyro

from openmimo.core.errors import InputError

if TYPE_CHECKING:
    from openmimo.rl.config import RLConfig

A = TypeVar("A")
B = TypeVar("B")
Recipe = Annotated[Literal["nano"] | None, tyro.conf.Positional, tyro.conf.arg(metavar="[nano]")]


def main(
    recipe: Recipe = None,
    model: str | None = None,
    base: bool = False,
    problems: Path | None = None,
    reward: str | None = None,
    code_reward: Literal["all", "strict", "soft"] | None = None,
    code_levels: Path | None = None,
    validation: Path | None = None,
    families: tuple[str, ...] | None = None,
    levels: tuple[int, ...] | None = None,
    weights: tuple[str, ...] | None = None,
    between: tuple[float, float] | None = None,
    preset: Literal["default", "report", "scalerl", "dr_grpo", "gspo"] = "default",
    name: str | None = None,
    steps: int | None = None,
    tokens: int | None = None,
    optimiser: Literal["adamw", "muon"] | None = None,
    rate: float | None = None,
    decay: int | None = None,
    norm_times: float | None = None,
    groups: int | None = None,
    group_size: int | None = None,
    slots: int | None = None,
    max_tokens: int | None = None,
    longer: tuple[str, ...] | None = None,
    temperature: float | None = None,
    updates: int | None = None,
    language_weight: float | None = None,
    easy_share: float | None = None,
    drop_at: float | None = None,
    mtp: Literal["frozen", "train"] | None = None,
    bf16: bool = False,
    share_prompts: bool = False,
    validate_every: int | None = None,
    validation_problems: int | None = None,
    validation_samples: int | None = None,
    checkpoint_every: int | None = None,
    seed: int | None = None,
    log: Literal["trackio", "wandb", "tensorboard"] | None = None,
    runs: Path = Path("runs"),
) -> int:
    """Train a model on problems whose answers can be checked, and print the folder of the result.

    Answers are written, judged and trained on step by step; groups that are all right or all wrong teach nothing and
    are replaced. Ctrl-C saves a checkpoint, and the same command goes on from it, as it does after a crash.
    docs/guides/rl-on-your-task.md has an example from its first line to its last.

    Try:
        openmimo rl nano
        openmimo rl nano --families arithmetic percentages --steps 5
        openmimo rl nano --families arithmetic sets --weights arithmetic=1 sets=3
        openmimo rl nano --log tensorboard         # then: tensorboard --logdir runs
        openmimo rl --model ./model --problems problems.jsonl
        openmimo rl nano --families functions --code-reward strict
        openmimo rl --model nano --problems sums.jsonl --reward my_rewards.py:fn --steps 20 --rate 1e-5
        openmimo check-problems problems.jsonl     # first: are they fit to be trained on?

    Args:
        recipe: nano: the shipped nano on one family of our own tasks, the levels that it solves in 10 to 80 % of cases. Any flag changes it.
        model: A model's name, a folder, or a .gguf file to start from.
        base: The model was pre-trained only: it goes on from the bare question, and the last line of what it writes is the answer.
        problems: A file of problems with their answers or tests (docs/tasks.md has the formats).
        reward: Reward code of your own, FILE.py:function, in the form of TRL, verl, verifiers or reasoning-gym.
        code_reward: What code earns: all: 1 if every test passes; soft: also a part for some; strict: a part only with all easier tests.
        code_levels: How hard the tests are, levels.json of another run; without it the model's answers before the first step tell.
        validation: A file of problems to validate on; without one every tenth problem is held out.
        families: In place of a file, families of our own tasks.
        levels: Of the families only these levels; all otherwise.
        weights: How often each family, or domain of a file (column domain or data_source, else math and code), is drawn, as math=2 code=1.
        between: Of the families only levels that the model, before the first step, solves in such shares, as 0.1 0.8.
        preset: Settings by name: default is on-policy GRPO with clip-higher; report has the report's 16 updates, scalerl CISPO.
        name: Of the run's folder, runs/rl/NAME.
        steps: Of training.
        tokens: End after the step in which the answers that were written have so many tokens in all; 0 means no such end.
        optimiser: Of the matrices within the layers; muon has rates of its own, and AdamW the rest.
        rate: The learning rate, constant but for --decay.
        decay: In so many last steps the rate falls to nothing.
        norm_times: The final norm, whose gain is how sure the model is of every token, learns so many times as fast.
        groups: Of a step, in which not all answers have the same reward.
        group_size: Answers to a problem.
        slots: Answers that are written at a time.
        max_tokens: Of an answer, reasoning included; one that is cut off is wrong.
        longer: From a step on answers may be longer, STEP=TOKENS, both rising, as 50=512 100=1024.
        temperature: Of the sampling; 1 draws from the model as it is.
        updates: Of a step, each on its share of the groups; 1 is on-policy.
        language_weight: Of a penalty on answers that mix languages; 0 means none.
        easy_share: Of the problems drawn, the share of those that are always solved.
        drop_at: Drop problems for good from this pass rate on, in place of --easy-share, which is then to be 0.
        mtp: Whether the layers that look further ahead rest, or learn beside, apart from the policy.
        bf16: Compute in bf16, quicker where the processor has it (openmimo doctor): answers by a copy of the weights, training in autocast.
        share_prompts: In training read a prompt once for the answers of a row, where prompts are not short beside answers.
        validate_every: Steps; 0 means never.
        validation_problems: How many of those held out are asked.
        validation_samples: Answers to each of them.
        checkpoint_every: Steps.
        seed: Of the order of the problems and of the sampling.
        log: Tell the metrics to one of these besides, by its own library (pip install 'openmimo[tensorboard]').
        runs: The folder that run folders are made in.
    """
    given = {field: value for field, value in locals().items() if value is not None}
    for other in ("recipe", "preset", "log", "runs", "bf16"):
        given.pop(other, None)
    if weights is not None:
        given["weights"] = tuple(_pair(text, str, float, "a weight, such as math=2") for text in weights)
    if longer is not None:
        given["longer"] = tuple(_pair(text, int, int, "a step with its tokens, such as 50=512") for text in longer)
    if bf16:
        given |= {"bf16": True, "engine_bf16": True}
    config = _config(recipe, preset, {field: str(value) if isinstance(value, Path) else value for field, value in given.items()})

    from openmimo.rl.run import run

    final = run(config, runs, log)
    _gain(final.parent / "metrics.jsonl")
    print(final)
    return 0


def _pair(text: str, first: Callable[[str], A], second: Callable[[str], B], form: str) -> tuple[A, B]:
    """Both sides of an =."""
    left, _, right = text.partition("=")
    try:
        return first(left), second(right)
    except ValueError:
        raise InputError(f"{text!r} is not {form}", "write both with = between them") from None


def _config(recipe: str | None, preset: str, changes: dict[str, Any]) -> "RLConfig":
    """The whole run from what was given on the command line."""
    from openmimo.recipes import nano
    from openmimo.rl import presets

    if recipe:
        return nano.rl(preset, **changes)
    if "model" not in changes or not changes.keys() & {"problems", "families"}:
        raise InputError(
            "there is neither a recipe nor a model with problems",
            "openmimo rl nano, or openmimo rl --model MODEL --problems FILE",
        )
    source = Path(changes["problems"]).name.split(".")[0] if "problems" in changes else "-".join(changes["families"])
    return presets.preset(preset, **{"name": source, **changes})


def _gain(path: Path) -> None:
    """Say on stderr what validation found before the first step and after the last."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    scores = [line["validation"] for line in lines if line.get("validation", {}).get("problems")]
    if len(scores) > 1:
        first, last = scores[0], scores[-1]
        words = ", ".join(f"{name} {first[name]:.1%} -> {last[name]:.1%}" for name in last if name != "problems" and name in first)
        print(f"rl: {words}, over {last['problems']} held-out problems", file=sys.stderr)
