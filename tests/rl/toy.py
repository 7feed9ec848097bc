"""A toy run: a tiny random model with a tokenizer of its own, additions in a file, and reward code that pays for what chance brings."""

import json
from pathlib import Path
from typing import Any

import torch

from openmimo.model.config import ModelConfig
from openmimo.model.folder import write_folder
from openmimo.model.mimo import MiMo
from openmimo.recipes.corpus import make_tokenizer
from openmimo.rl.config import RLConfig
from openmimo.rl.presets import preset
from openmimo.tasks.task import Task
from openmimo.text.template import ChatTemplate

PAYS = "def odd(solution_str, ground_truth, **_):\n    return float(sum(map(ord, solution_str)) % 2)\n"


def toy_model(folder: Path, mtp: int = 1) -> str:
    """Write the model and give its folder."""
    tasks = [Task("toy", 1, f"say {word}", f"The word is {word}.", word, "toy.0") for word in ("red", "blue", "green")] * 40
    tokenizer = make_tokenizer(folder / "tokenizer", tasks, 300)
    model = MiMo(ModelConfig(tokenizer.vocab_size, 32, 48, 2, 4, 2, 8, 128, num_nextn_predict_layers=mtp))
    model.start(3)
    path = folder / "model"
    write_folder(model, path, dtype=torch.float32)
    tokenizer.save(path)
    ChatTemplate().save(path)
    return str(path)


def toy_problems(folder: Path, rows: int = 24) -> str:
    """Write the problems and give their file."""
    path = folder / "sums.jsonl"
    path.write_text(
        "".join(json.dumps({"problem": f"say {one} red", "answer": str(one), "id": f"sum-{one}"}) + "\n" for one in range(rows))
    )
    return str(path)


def toy_reward(folder: Path, code: str = PAYS) -> str:
    """Write the reward code and give its name."""
    (folder / "pays.py").write_text(code)
    return f"{folder / 'pays.py'}:odd"


def toy_run(folder: Path, settings: str = "default", /, **changes: Any) -> RLConfig:
    """A run of four steps by the settings of a preset, with a checkpoint every two."""
    given: dict[str, Any] = {
        "name": "toy",
        "model": str(folder / "model"),
        "problems": str(folder / "sums.jsonl"),
        "reward": f"{folder / 'pays.py'}:odd",
        "steps": 4,
        "rate": 1e-3,
        "groups": 3,
        "group_size": 4,
        "slots": 6,
        "max_tokens": 12,
        "checkpoint_every": 2,
        "validate_every": 0,
    }
    return preset(settings, **{**given, **changes})
