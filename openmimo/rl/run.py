"""Reinforcement learning (report 3.3, 3.4): a model and problems with verifiers to a model that solves more of them. Read this first.

A step has answers written and judged until enough groups of them have something to teach (`rollout/rollout.py`), and trains on
these (`update.py`). Which problems come is `easy_pool.py`, what an answer earns `rewards.py`. Resumes by itself.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from itertools import chain, count
from pathlib import Path

import torch

from openmimo.core.errors import TrainingStopped
from openmimo.core.interrupt import StopRequest
from openmimo.core.runs import RunFolder
from openmimo.engine.catalog import find
from openmimo.engine.load import load
from openmimo.engine.sample import Sampling
from openmimo.engine.save import save
from openmimo.model.folder import read_config
from openmimo.rl import state as checkpoint
from openmimo.rl.advantage import advantages
from openmimo.rl.batch import Selected, mini_batches, pack_groups
from openmimo.rl.choice import choose
from openmimo.rl.code_levels import code_levels
from openmimo.rl.config import RLConfig
from openmimo.rl.easy_pool import Draw, Pools
from openmimo.rl.length_budget import length_budget
from openmimo.rl.mixture import mixture_of
from openmimo.rl.mtp import MTPTraining, optimisers
from openmimo.rl.policy import Policy
from openmimo.rl.problem_set import ProblemSet, kinds, of_families, of_file
from openmimo.rl.rate import rate_of
from openmimo.rl.rewards import Rewards
from openmimo.rl.samples import Samples, line_of
from openmimo.rl.state import State
from openmimo.rl.step_metrics import answer_tokens, of_rollout, of_updates, pass_rates
from openmimo.rl.update import UpdateResult, update, with_old
from openmimo.rl.validation import as_metrics, measure
from openmimo.rl.view import View, view_of
from openmimo.rollout.problems import Problems
from openmimo.rollout.record import Group, Outcome
from openmimo.rollout.rollout import roll_out
from openmimo.text.document import CONTINUED
from openmimo.text.template import ChatTemplate
from openmimo.train.memory import require_training
from openmimo.train.optimiser import Optimiser
from openmimo.train.speed import has_bf16, keep_memory
from openmimo.train.trackers import Tracking, Where


def run(config: RLConfig, root: Path = Path("runs"), log: Where | None = None) -> Path:
    """Train and give the folder of the finished model, fp32 in the default layout, with its tokenizer.

    `log` names where the metrics are told besides (`train/trackers.py`); it is no part of what a run is, and may change when it is resumed.
    Ctrl-C saves a checkpoint after the step under way and raises `KeyboardInterrupt`. Raises `InputError` for problems that cannot
    be used or never give a signal, `TrainingStopped` where a step goes wrong; the last checkpoint stays.
    """
    settings = config.training
    source = find(config.model)
    if source.is_dir():
        require_training(read_config(source), settings.device)
    chosen = kinds(config.families, config.levels)
    problems = of_file(config) if config.problems else None
    with (
        view_of(config.name, config.steps) as view,  # first, for the judge's processes are to write to it
        Rewards(config.reward, config.algorithm.language_weight, config.base) as rewards,
        _opened(config, root) as folder,
        Tracking(log, folder.path, asdict(config)) as tracking,
    ):
        loaded = load(config.model, settings.device, torch.float32)
        if config.base:
            loaded = replace(loaded, template=ChatTemplate(CONTINUED))
        writes_in = torch.bfloat16 if config.engine_bf16 else None
        policy = Policy(loaded, config.rollout.slots, Sampling(config.temperature, config.top_p), writes_in)
        if problems is None:
            if config.between:
                chosen = choose(config, chosen, policy, rewards, folder.path)
            held_out = config.validation_problems if config.validate_every else 0
            problems = of_families(chosen, config.problems_each, held_out)
        _check(config, problems, policy, rewards)
        if config.code_reward != "all":
            rewards.pay(config.code_reward, code_levels(config, problems.training, policy, rewards, folder.path))

        trunk, ahead = optimisers(settings.optimiser, loaded.model, config.rate, settings.weight_decay, config.mtp == "train")
        if config.norm_times != 1:
            trunk.hasten(loaded.model.model.norm.weight, config.norm_times)
        mtp = MTPTraining(ahead, config.mtp_rate, config.mtp_clip) if ahead else None
        optimiser = Optimiser([*trunk.parts, *(ahead.parts if ahead else ())])
        mixture = mixture_of([problem.domain for problem in problems.training], dict(config.weights))
        state = State(Pools(len(problems.training), settings.seed, config.easy_share, config.drop_at, mixture), problems.digest)
        if last := folder.latest_checkpoint():
            checkpoint.load(last, loaded.model, optimiser, state)
            policy.moved()
        samples = Samples(folder.path)
        samples.truncate(state.step)
        folder.truncate_metrics(state.step)
        keep_memory()
        if config.drafts:
            folder.note(f"tokens drafted at a time: {policy.try_drafts(problems.training)}")
        if not folder.metrics() and (scores := _validated(config, problems, policy, rewards, view, 0, False)):
            folder.append_metrics({"step": 0, "validation": scores})

        with StopRequest() as stop:
            view.begin(folder.metrics(), stop)
            tracking.tell(folder.metrics())
            while not _ended(config, state):
                step = state.step + 1
                outcome, drawn = _rolled_out(config, problems, policy, rewards, state, view, step)
                samples.append(
                    line_of(one, problems.named(one.problem), policy.text(one.finished) if one.finished else "", step)
                    for one in outcome.samples
                )
                view.training(len(outcome.selected))
                rate, started = rate_of(step, config.rate, config.steps, config.decay), time.perf_counter()
                try:
                    results = _trained(config, policy, outcome.selected, trunk, rate, mtp, step)
                except TrainingStopped as error:
                    raise TrainingStopped(f"stopped in step {step}: {error.problem}", f"{error.fix}; {_kept(folder)}") from None
                policy.moved()
                seconds = time.perf_counter() - started
                _end_step(state, problems, outcome, drawn)
                ended = _ended(config, state)

                tokens = sum(len(one.prompt) + len(one.finished.ids) for group in outcome.selected for one in group.samples if one.finished)
                line = {
                    "step": step,
                    **of_rollout(outcome),
                    "tokens": state.tokens,
                    **of_updates(results, tokens, seconds),
                    "rate": rate,
                    "max_tokens": length_budget(step, config.max_tokens, config.longer),
                    "easy": len(state.pools.easy),
                    "dropped": len(state.pools.dropped),
                }
                view.end_step(line)
                if line["alarm"]:
                    print(f"rl: step {step}: {line['alarm']}", file=sys.stderr)
                if scores := _validated(config, problems, policy, rewards, view, step, ended):
                    line["validation"] = scores
                folder.append_metrics(line)
                tracking.tell([line])
                if step % settings.checkpoint_every == 0 or ended or stop.asked:
                    checkpoint.save(folder.checkpoint_path(step), loaded.model, optimiser, state)
                    tracking.keep()
                    folder.prune_checkpoints(settings.keep)
                    folder.note(f"checkpoint of step {step}")
                if stop.asked:
                    raise KeyboardInterrupt

        final = folder.path / "final"
        # In fp32: of nano's weights 96 % have moved after five steps at 1e-5, and rounded to bf16 only 9 % of them differ from before.
        save(final, loaded.model, loaded.tokenizer, loaded.template, dtype=torch.float32, stop_ids=loaded.stop_ids)
    return final


def _opened(config: RLConfig, root: Path) -> RunFolder:
    return RunFolder.open(root, "rl", config.name, asdict(config))


def _check(config: RLConfig, problems: ProblemSet, policy: Policy, rewards: Rewards) -> None:
    """Find out now, and not in the middle of a run, what cannot be."""
    longest = length_budget(config.steps, config.max_tokens, config.longer)
    for problem in chain(problems.training, problems.held_out):
        policy.require_room(problem, longest)
    rewards.try_out(problems.training[0])
    if config.validate_every and not problems.held_out:
        print("rl: there is no problem held out, so nothing is validated", file=sys.stderr)


def _rolled_out(
    config: RLConfig, problems: ProblemSet, policy: Policy, rewards: Rewards, state: State, view: View, step: int
) -> tuple[Outcome[Draw], list[Draw]]:
    """A step's answers, and all problems that were taken for it in the order of their draws."""
    most, drawn = length_budget(step, config.max_tokens, config.longer), list[Draw]()

    def order() -> Iterator[Draw]:
        # Those that wait from the steps before have numbers of their own, below 0.
        waiting = (Draw(number - len(state.waiting), problem, False) for number, problem in enumerate(state.waiting))
        for draw in chain(waiting, map(state.pools.draw, count())):
            drawn.append(draw)
            yield draw

    asked = Problems(
        order(),
        lambda draw: problems.training[draw.problem].name,
        lambda draw, seed: policy.request(problems.training[draw.problem], seed, most),
        lambda draw, said: rewards.judge(problems.training[draw.problem], policy.text(said), said),
    )
    return roll_out(asked, policy.engine, config.rollout, state.predictor, config.training.seed, step, watch=view.rolling), drawn


def _trained(
    config: RLConfig, policy: Policy, selected: Sequence[Group[Draw]], optimiser: Optimiser, rate: float, mtp: MTPTraining | None, step: int
) -> list[UpdateResult]:
    """The updates of a step on its selected groups."""
    settings, algorithm = config.training, config.algorithm
    bf16 = has_bf16(torch.device(settings.device)) if settings.bf16 is None else settings.bf16
    worth = advantages([group.rewards for group in selected], algorithm.advantage)
    groups = [
        [
            Selected(one.prompt, one.finished.ids, one.finished.logprobs, advantage, one.finished.forced)
            for one, advantage in zip(group.samples, advantages_S, strict=True)
            if one.finished
        ]
        for group, advantages_S in zip(selected, worth, strict=True)
    ]
    budget = length_budget(step, config.max_tokens, config.longer)
    packed = [
        pack_groups(
            part, algorithm.aggregation, budget, config.row_length, config.rows, f"update {number} of step {step}", config.share_prompts
        )
        for number, part in enumerate(mini_batches(groups, algorithm.updates, settings.seed, step), 1)
    ]
    return [
        update(policy.model, batches, optimiser, rate, algorithm, policy.sampling, settings.clip, bf16, mtp)
        for batches in with_old(policy.model, packed, algorithm, policy.sampling, bf16)
    ]


def _end_step(state: State, problems: ProblemSet, outcome: Outcome[Draw], drawn: Sequence[Draw]) -> None:
    """Take in what a step used up and found out; no other part of its timing."""
    unused = set(outcome.unused)
    used = 1 + max((draw.number for draw in drawn if draw not in unused), default=-1)
    state.waiting = [draw.problem for draw in outcome.unused if draw.number < used]
    rates = {problems.place(name): rate for name, rate in pass_rates(outcome).items()}
    state.pools.end_step(max(used, 0), rates)
    state.step += 1
    state.tokens += answer_tokens(outcome)


def _ended(config: RLConfig, state: State) -> bool:
    """Whether the run has had all its steps, or as many tokens as it may."""
    return state.step >= config.steps or 0 < config.tokens <= state.tokens


def _validated(
    config: RLConfig, problems: ProblemSet, policy: Policy, rewards: Rewards, view: View, step: int, last: bool
) -> dict[str, float]:
    """The scores on what is held out, if it is time for it: before the first step, every so many, and after the last.

    With the length budget that the run ends with, or the scores would tell of the budget and not of the policy.
    """
    every, samples = config.validate_every, config.validation_samples
    if not every or not problems.held_out or (step % every and not last):
        return {}
    most = length_budget(config.steps, config.max_tokens, config.longer)
    with view.validating(samples * len(problems.held_out)) as told:
        scored = measure(problems.held_out, samples, policy, rewards, most, config.training.seed, config.rollout.slots, told)
    return as_metrics(scored, samples)


def _kept(folder: RunFolder) -> str:
    last = folder.latest_checkpoint()
    return f"the last good checkpoint is {last}" if last else "no checkpoint was written yet"
