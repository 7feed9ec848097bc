"""A step as a line of `metrics.jsonl`, and as the few words that a watcher sees. Pure functions on what the step left.

Knows no run and no engine. What each number of groups and tokens is, is in `metrics.py`.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any, TypeVar

from openmimo.engine.request import Ending
from openmimo.rl import metrics
from openmimo.rl.update import UpdateResult
from openmimo.rollout.record import Outcome, Sample
from openmimo.rollout.scheduler import Fate
from openmimo.verify.verdict import Verdict

P = TypeVar("P")
WATCHED = (  # what a watcher wants to see: a word, the field, and how it is written
    ("reward", "reward", ".2f"),
    ("pass", "pass_rate", ".0%"),
    ("entropy", "entropy", ".2f"),
    ("length", "length", ".0f"),
    ("slots", "occupancy", ".0%"),
    ("waste", "waste", ".0%"),
)


def settled(outcome: Outcome[P]) -> list[list[Sample]]:
    """The answers of the groups that the selection was made from, by order of launch: the same whatever the timing was."""
    groups: dict[int, list[Sample]] = defaultdict(list)
    for sample in outcome.samples:
        if sample.group < outcome.settled:
            groups[sample.group].append(sample)
    return [groups[group] for group in sorted(groups)]


def pass_rates(outcome: Outcome[P]) -> dict[str, float]:
    """The pass rate of each problem in its settled groups, but those where a reward is missing."""
    verdicts: dict[str, list[Verdict]] = defaultdict(list)
    for group in settled(outcome):
        if all(sample.reward is not None for sample in group):
            verdicts[group[0].problem] += [sample.verdict for sample in group if sample.verdict]
    return {problem: rate for problem, found in verdicts.items() if (rate := metrics.pass_rate(found)) is not None}


def answer_tokens(outcome: Outcome[P]) -> int:
    """What the selection took to write: the tokens of the settled groups, but those where a reward is missing, of which some may be cut short.

    So it is the same whatever the timing was, and less than what was written in all by the groups that were begun in vain.
    """
    whole = (group for group in settled(outcome) if all(one.reward is not None for one in group))
    return sum(len(one.finished.ids) for group in whole for one in group if one.finished)


def of_rollout(outcome: Outcome[P]) -> dict[str, Any]:
    """What the rollouts were.

    `waste` is that of `rollout/scheduler.py`, `occupancy` the mean share of slots in use, `judge_wait` seconds from the end of an
    answer to its verdict, the mean and the longest, `cut_off` the share of answers that were longer than they may be, of those
    that were not cancelled.
    """
    groups = settled(outcome)
    waits = [one.judged - one.ended for one in outcome.samples if one.judged is not None and one.ended is not None]
    tokens = sum(len(one.finished.ids) for one in outcome.samples if one.finished)
    endings = [one.finished.ending for group in groups for one in group if one.finished and one.finished.ending != Ending.CANCELLED]
    return {
        **metrics.group_metrics([_group(group) for group in groups]),
        "cut_off": fmean(ending == Ending.LENGTH for ending in endings) if endings else None,
        "launched": len(outcome.samples),
        "waste": outcome.waste,
        "token_waste": outcome.token_waste,
        "occupancy": outcome.occupied,
        "judge_wait": fmean(waits) if waits else None,
        "judge_wait_longest": max(waits, default=None),
        "rollout_tokens": tokens,
        "rollout_seconds": outcome.seconds,
        "rollout_tokens_per_s": tokens / outcome.seconds,
    }


def of_updates(results: Sequence[UpdateResult], tokens: int, seconds: float) -> dict[str, Any]:
    """What the updates of a step did, over `tokens` of prompts and answers.

    The mismatch is that of the first update: later ones see the policy's own movement in it. Clipped shares are over all tokens.
    """
    seen = [result.gradient for result in results]
    drawn = max(sum(one.tokens for one in seen), 1)
    ahead = [fmean(column) for column in zip(*(one.mtp_losses for one in seen), strict=True)]
    return {
        "loss": fmean(one.loss for one in seen),
        "entropy": sum(one.entropy * one.tokens for one in seen) / drawn,
        "clipped_low": sum(one.clipped_low * one.tokens for one in seen) / drawn,
        "clipped_high": sum(one.clipped_high * one.tokens for one in seen) / drawn,
        "mismatch_kl": seen[0].mismatch.kl,
        "mismatch_ratio": seen[0].mismatch.ratio,
        "grad_norm": fmean(result.norm for result in results),
        **({"mtp_losses": ahead, "mtp_norm": fmean(result.mtp_norm or 0.0 for result in results)} if ahead else {}),
        "updates": len(results),
        "trained_tokens": tokens,
        "training_seconds": seconds,
        "training_tokens_per_s": tokens / seconds,
    }


def in_words(line: Mapping[str, Any]) -> str:
    """The few numbers of a line that a watcher wants to see."""
    return "  ".join(f"{label} {in_word(line[field], form)}" for label, field, form in WATCHED)


def in_word(value: float | None, form: str) -> str:
    """A number in its form, or a dash where there is none."""
    return "-" if value is None else format(value, form)


def _group(group: Sequence[Sample]) -> metrics.Outcome:
    return metrics.Outcome(
        verdicts=[sample.verdict for sample in group if sample.verdict],
        rewards=[sample.reward for sample in group],
        lengths=[len(sample.finished.ids) for sample in group if sample.finished],
        selected=group[0].fate is Fate.SELECTED,
    )
