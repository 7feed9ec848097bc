"""What reinforcement learning can be asked: its algorithm, and the whole run. Imports no torch.

There is no KL term (report 3.3). Read `presets.py` for settings by name, `loss.py` for what the algorithm does with these.
"""

import math
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from openmimo.core.errors import ConfigError
from openmimo.rollout.config import RolloutConfig
from openmimo.train.config import TrainingConfig
from openmimo.verify.difficulty import Scheme

Scale = Literal["group", "batch", "none"]
Kind = Literal["grpo", "cispo", "gspo"]
Aggregation = Literal["token", "group", "sample", "constant"]
Old = Literal["rollout", "trainer"]
MTP = Literal["frozen", "train"]


@dataclass(frozen=True)
class AlgorithmConfig:
    """The algorithm of a step, from rewards to a gradient."""

    advantage: Scale = "group"  # what the centred rewards are divided by: their group's deviation, the batch's, or nothing (Dr. GRPO)
    loss: Kind = "grpo"
    aggregation: Aggregation = "token"  # `loss.sample_weights` says what each is
    clip_low: float = 0.2  # a ratio counts from 1 - clip_low; the report gives no bounds, these are DAPO's (arXiv 2503.14476)
    clip_high: float = 0.28  # and to 1 + clip_high
    updates: int = 1  # of a step, each on its share of the groups; 1 is on-policy
    old_logprobs: Old = "rollout"  # of the policy that drew, as the engine wrote them or as the trainer finds them (logprob.py)
    fp32_logits: bool = False  # the product with the output head in full precision
    language_weight: float = 0.0  # of the language-mixing penalty (language.py)

    def __post_init__(self) -> None:
        _choice(self, "advantage", Scale)
        _choice(self, "loss", Kind)
        _choice(self, "aggregation", Aggregation)
        _choice(self, "old_logprobs", Old)
        if not 0 < self.clip_low <= 1:
            raise ConfigError("clip_low", f"{self.clip_low} is not above 0 and up to 1", "1 sets no lower bound")
        _above("clip_high", self.clip_high, 0)
        _whole("updates", self.updates, 1)
        if not 0 <= self.language_weight < math.inf:
            raise ConfigError("language_weight", f"must be at least 0, not {self.language_weight}", "0 means no penalty")


def training_defaults() -> TrainingConfig:
    """What differs from other trainings.

    Decay would pull at weights that no reward asks to move. In bf16 a token's probability is up to 14 % from the one it was
    drawn with (nano, measured), in fp32 by 0.002 %. Rows change their number from step to step, so nothing is compiled.
    """
    return TrainingConfig(weight_decay=0.0, checkpoint_every=10, log_every=1, bf16=False, compile=False)


@dataclass(frozen=True)
class RLConfig:
    """A whole run of reinforcement learning, from a model folder to a better one.

    Problems come from a file (`problems`, with the verifier of its rows or a `reward` of one's own) or from
    `families` of tasks. A step trains on `rollout.groups` groups of answers whose rewards are not all equal.
    """

    name: str  # of the run
    model: str  # to start from: a name, a folder or a .gguf file
    base: bool = False  # it was pre-trained only: it goes on from the bare question, and answers with the end of what it writes (RL-Zero)
    problems: str = ""  # a file of problems
    reward: str = ""  # my_rewards.py:fn, for the problems of a file
    code_reward: Scheme = "all"  # what a program earns by the tests that it passes (verify/difficulty.py)
    code_levels: str = ""  # a file with the levels of the tests; without one the model's own answers make them (code_levels.py)
    families: tuple[str, ...] = ()
    levels: tuple[int, ...] = ()  # of the families; none means all
    problems_each: int = 100  # of a family and level
    weights: tuple[tuple[str, float], ...] = ()  # of families, or of the domains of a file (mixture.py); none draws all problems alike
    between: tuple[float, float] | None = None  # only families and levels that the model, before the first step, solves in such shares
    algorithm: AlgorithmConfig = field(default_factory=AlgorithmConfig)
    rollout: RolloutConfig = field(default_factory=RolloutConfig)
    training: TrainingConfig = field(default_factory=training_defaults)
    steps: int = 100
    tokens: int = 0  # the run ends after the step in which so many were written in all (step_metrics.answer_tokens), if steps do not end it; 0: no limit
    rate: float = 1e-6  # constant (report 3.3)
    decay: int = 0  # in so many last steps the rate falls to nothing, evenly; ours
    norm_times: float = 1.0  # the final norm learns so many times as fast: its gain is how sure the policy is of every token; ours

    max_tokens: int = 256  # of an answer
    longer: tuple[
        tuple[int, int], ...
    ] = ()  # (step, tokens): from that step on, counted from 1, answers may have so many (length_budget.py)
    temperature: float = 1.0
    top_p: float = 1.0
    easy_share: float = 0.1  # of the draws that come from the easy pool (report 3.3); 0 means there is none
    drop_at: float | None = None  # the pass rate from which on a problem is dropped for good, in place of the pool (ScaleRL: 0.9)

    row_length: int = 1024  # tokens of a packed row; longer answers make longer rows
    rows: int = 8  # of such rows in memory at a time
    share_prompts: bool = (
        False  # in training: answers in one row have their prompt there once; pays where prompts are not short beside answers
    )
    engine_bf16: bool = False  # answers are written by a copy of the weights in bf16: quicker, and drawn from slightly other probabilities
    drafts: bool = True  # answers are drafted by the MTP layers where a trial before the first step shows that this pays
    mtp: MTP = "frozen"
    mtp_rate: float = 1e-4
    mtp_clip: float = 1.0

    validate_every: int = 20  # steps, and before the first and after the last; 0 means never
    validation: str = ""  # a file of problems to validate on; without one a part of the problems is held out
    validation_problems: int = 200
    validation_samples: int = 4  # of each problem, for avg@n and pass@k

    def __post_init__(self) -> None:
        self._check_problems()
        self._check_numbers()
        self._check_lengths()
        self._check_sampling()
        _choice(self, "mtp", MTP)
        _choice(self, "code_reward", Scheme)
        if self.share_prompts and self.mtp == "train":
            raise ConfigError("share_prompts", "leaves the MTP layers no place that leads from a prompt to its answers", "leave it out")
        if self.algorithm.updates > self.rollout.groups:
            raise ConfigError(
                "updates", f"{self.algorithm.updates} updates cannot share {self.rollout.groups} groups", "give every update a group"
            )

    def _check_problems(self) -> None:
        if bool(self.problems) == bool(self.families):
            raise ConfigError("problems", "give either a file of problems or families of tasks", "--problems FILE or --families NAME ...")
        if self.reward and not self.problems:
            raise ConfigError("reward", "goes with problems of a file, and families have their own verifiers", "leave it out")
        if self.code_reward != "all" and self.reward:
            raise ConfigError("code_reward", "pays by the tests of problems, and reward code pays by itself", "leave one of them out")
        if self.code_levels and self.code_reward == "all":
            raise ConfigError("code_levels", "are of no use where only all tests together are paid for", "code_reward strict or soft")
        if self.levels and not self.families:
            raise ConfigError("levels", "are those of families, and there are none", "leave them out")
        if self.validation and not self.problems:
            raise ConfigError(
                "validation", "is a file for problems of a file, and families are validated on tasks of their own", "leave it out"
            )
        if self.between is not None:
            if not self.families:
                raise ConfigError("between", "chooses among families, and there are none", "leave it out")
            if not 0 <= self.between[0] < self.between[1] <= 1:
                raise ConfigError("between", f"{self.between} are no two shares, the lesser one first", "0.1 0.8 is usual")

        names = [name for name, _ in self.weights]
        if len(set(names)) < len(names):
            raise ConfigError("weights", f"name a domain twice: {', '.join(names)}", "give each of them once")
        if any(not 0 <= weight < math.inf for _, weight in self.weights) or (
            self.weights and not any(weight for _, weight in self.weights)
        ):
            raise ConfigError("weights", f"{self.weights} are no shares", "use numbers of at least 0, one of them above")

    def _check_numbers(self) -> None:
        for name, least in (
            ("steps", 1),
            ("tokens", 0),
            ("decay", 0),
            ("problems_each", 1),
            ("row_length", 1),
            ("rows", 1),
            ("validate_every", 0),
            ("validation_problems", 1),
            ("validation_samples", 1),
        ):
            _whole(name, getattr(self, name), least)
        if self.tokens and self.decay:
            raise ConfigError(
                "decay", "is over the last steps, and which they are is not known where tokens end a run", "leave one of them out"
            )
        for name in ("rate", "norm_times", "mtp_rate", "mtp_clip"):
            _above(name, getattr(self, name), 0)
        if not 0 <= self.easy_share < 1:
            raise ConfigError("easy_share", f"{self.easy_share} is not a share below 1", "the report uses 0.1, and 0 means no easy pool")
        if self.drop_at is not None:
            if not 0 < self.drop_at <= 1:
                raise ConfigError("drop_at", f"{self.drop_at} is not a pass rate above 0", "ScaleRL uses 0.9")
            if self.easy_share:
                raise ConfigError("drop_at", "and an easy pool exclude each other", "set easy_share to 0, or leave drop_at out")

    def _check_lengths(self) -> None:
        _whole("max_tokens", self.max_tokens, 1)
        steps, tokens = [1, *(step for step, _ in self.longer)], [self.max_tokens, *(most for _, most in self.longer)]
        if sorted(set(steps)) != steps or sorted(set(tokens)) != tokens:
            raise ConfigError("longer", f"{self.longer} does not grow", "give pairs of a step after the first and tokens, both rising")

    def _check_sampling(self) -> None:
        _above("temperature", self.temperature, 0)
        if not 0 < self.top_p <= 1:
            raise ConfigError("top_p", f"{self.top_p} is not a share", "use a number above 0 and up to 1")
        if self.algorithm.old_logprobs == "rollout" and (self.temperature, self.top_p) != (1, 1):
            raise ConfigError(
                "old_logprobs",
                "the engine writes the model's own log-probabilities, and this temperature and top_p draw from others",
                "use old_logprobs trainer, or temperature 1 and top_p 1 as the report does",
            )
        if self.algorithm.updates > 1 and self.top_p < 1:
            raise ConfigError(
                "top_p", "with several updates a step the tokens that it left to the draw are forgotten", "use top_p 1 or updates 1"
            )


def _choice(config: Any, name: str, among: Any) -> None:
    if (value := getattr(config, name)) not in get_args(among):
        raise ConfigError(name, f"there is no {value!r}", f"choose from {', '.join(get_args(among))}")


def _whole(name: str, value: int, least: int) -> None:
    if value < least:
        raise ConfigError(name, f"must be at least {least}, not {value}")


def _above(name: str, value: float, bound: float) -> None:
    if not bound < value < math.inf:
        raise ConfigError(name, f"must be a number above {bound}, not {value}")
