"""Settings of reinforcement learning by name, each value with its source. Imports no torch.

`default` is what the report's May update found to go on getting better (3.6): on-policy. Where a source is silent, the value
of `config.py` stands.
"""

from dataclasses import fields, replace
from typing import Any

from openmimo.core.errors import ConfigError
from openmimo.rl.config import AlgorithmConfig, RLConfig, training_defaults
from openmimo.rollout.config import RolloutConfig
from openmimo.train.config import TrainingConfig

PARTS = {"algorithm": AlgorithmConfig, "rollout": RolloutConfig, "training": TrainingConfig}
FIELDS = {part: frozenset(field.name for field in fields(config)) for part, config in PARTS.items()}
RUN = frozenset(field.name for field in fields(RLConfig)) - PARTS.keys()
PRESETS: dict[str, dict[str, Any]] = {
    "default": {},
    "report": {  # 3.3
        "groups": 512,
        "updates": 16,  # of 32 groups
        "aggregation": "group",  # equation 1
        "rate": 1e-6,
        "max_tokens": 32_768,
        "temperature": 1.0,
        "top_p": 1.0,
        "easy_share": 0.1,
        "group_size": 16,  # not in the report; DAPO's
        "slots": 512,  # from here on ours
        "row_length": 32_768,
        "rows": 1,
    },
    "scalerl": {  # arXiv 2510.13786
        "loss": "cispo",
        "clip_low": 1.0,  # the weight is only bounded above, at 5
        "clip_high": 4.0,
        "aggregation": "group",  # the mean over problems
        "advantage": "batch",
        "fp32_logits": True,
        "group_size": 16,
        "easy_share": 0.0,
        "drop_at": 0.9,
    },
    "dr_grpo": {"advantage": "none", "aggregation": "constant", "clip_high": 0.2},  # arXiv 2503.20783
    "gspo": {"loss": "gspo", "aggregation": "sample", "clip_low": 3e-4, "clip_high": 4e-4, "updates": 4},  # arXiv 2507.18071, 5.1
}


def preset(name: str, /, **changes: Any) -> RLConfig:
    """The run of a preset with some fields changed: those of `RLConfig`, its algorithm, rollout and training, each by its own name.

    `name` and `model` of the run, and what problems it has, are always to be given. Raises `ConfigError` for a preset or a
    field that there is not.
    """
    if name not in PRESETS:
        raise ConfigError("preset", f"there is no {name!r}", f"choose from {', '.join(PRESETS)}")
    known = RUN.union(*FIELDS.values())
    if unknown := sorted(changes.keys() - known):
        raise ConfigError(unknown[0], "there is no such field", f"there are {', '.join(sorted(known))}")
    for needed in ("name", "model"):
        if needed not in changes:
            raise ConfigError(needed, "is missing", "every run has a name and a model to start from")
    values = PRESETS[name] | changes
    of = {part: {field: values.pop(field) for field in names.intersection(values)} for part, names in FIELDS.items()}
    return RLConfig(
        **values,
        algorithm=AlgorithmConfig(**of["algorithm"]),
        rollout=RolloutConfig(**of["rollout"]),
        training=replace(training_defaults(), **of["training"]),
    )
