"""Stages count tokens, batches and steps as the report's warm-up of the batch asks, and refuse what cannot be."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from openmimo.core.errors import ConfigError
from openmimo.train.config import Source, Stage, TrainingConfig
from openmimo.train.schedule import constant

STAGE = Stage("one", (Source("all", "data"),), constant(1.0, 1000), rows=2, row_length=10, accumulate=4)


def walked(stage: Stage) -> list[int]:
    """The batches of every step, one after the other."""
    taken: list[int] = []
    while sum(taken) < stage.batches:
        taken.append(stage.batches_of_step(sum(taken)))
    return taken


def test_a_stage_counts_its_steps() -> None:
    assert (STAGE.batch_tokens, STAGE.batches, STAGE.steps) == (20, 50, 13)  # 13 * 4 batches go two over


@pytest.mark.parametrize("warmup", [0, 50, 400, 790, 1000, 5000])
def test_a_step_grows_linearly_with_the_tokens_seen(warmup: int) -> None:
    stage = replace(STAGE, accumulate_warmup=warmup)
    taken = walked(stage)
    assert len(taken) == stage.steps
    assert taken == sorted(taken)
    done = 0
    for batches in taken:
        grown = 1 + 4 * done * 20 / warmup if warmup else 4
        assert batches == min(int(grown), 4)
        done += batches


def test_the_mtp_weight_falls_once() -> None:
    stage = replace(STAGE, mtp_late_after=400)
    assert [stage.mtp_weight_at(done) for done in (0, 19, 20, 49)] == [0.3, 0.3, 0.1, 0.1]
    assert STAGE.mtp_weight_at(49) == 0.3


@pytest.mark.parametrize(
    "bad, named",
    [
        (lambda: replace(STAGE, rows=0), "rows: must be at least 1"),
        (lambda: replace(STAGE, schedule=constant(1.0, 0)), "schedule: has no tokens"),
        (lambda: replace(STAGE, sources=()), "sources: stage one has no domain with a weight"),
        (lambda: replace(STAGE, sources=(Source("a", "x", 0.0),)), "sources: stage one has no domain with a weight"),
        (lambda: replace(STAGE, sources=(Source("a", "x"), Source("a", "y"))), "names a domain twice: a, a"),
        (lambda: Source("a", "x", -0.1), "weight: of the domain a"),
        (lambda: replace(STAGE, mtp_weight=-1.0), "mtp_weight: cannot be negative"),
        (lambda: replace(STAGE, rope_theta=0.0), "rope_theta: must be a number above 0"),
        (lambda: TrainingConfig(keep=0), "keep: must be at least 1"),
        (lambda: TrainingConfig(clip=0.0), "clip: must be above 0"),
    ],
)
def test_what_cannot_be_is_refused_by_name(bad: Callable[[], object], named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        bad()
