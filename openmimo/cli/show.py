"""`openmimo show`: what a model, a recipe or a run is, without running anything."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import tyro

from openmimo.core.errors import InputError
from openmimo.core.files import read_json
from openmimo.core.report.read import read_run

if TYPE_CHECKING:
    from openmimo.train.config import Stage


def main(what: tyro.conf.Positional[str], json_: Annotated[bool, tyro.conf.arg(name="json")] = False) -> int:
    """Show the sizes of a model, the resolved stages of a recipe, or where a run stands.

    The memory of a model is what its weights take, and the cache of earlier tokens at its
    fullest, if it answers here with no more said; a small step's working memory comes on top.

    Try:
        openmimo show nano
        openmimo show recipe:nano
        openmimo show recipe:mimo_7b
        openmimo show runs/pretrain/nano

    Args:
        what: A model's name, folder or .gguf file; recipe:NAME; or a run's folder.
        json_: Print JSON.
    """
    if what.startswith("recipe:"):
        facts = _recipe(what.removeprefix("recipe:"))
    elif (Path(what) / "metrics.jsonl").exists():
        facts = _run(Path(what))
    else:
        facts = _model(what)
    if json_:
        print(json.dumps(facts))
    else:
        _print(facts)
    return 0


def _model(name: str) -> dict[str, Any]:
    from openmimo.core.memory import available_bytes
    from openmimo.engine.catalog import find
    from openmimo.engine.config import EngineConfig
    from openmimo.engine.load import held_in
    from openmimo.engine.memory import predicted
    from openmimo.model.folder import read_config
    from openmimo.model.gguf import read_gguf_config

    path = find(name)
    if path.suffix == ".gguf":
        config, size = read_gguf_config(path), path.stat().st_size
    else:
        config, size = read_config(path), sum(file.stat().st_size for file in path.glob("*.safetensors"))
    free = available_bytes()
    needed = predicted(config, EngineConfig(), held_in(path, config), free)
    memory = {"weights_bytes": needed.weights, "cache_bytes": needed.cache, "cache_tokens": needed.cache_tokens, "free_bytes": free}
    return {"model": name, "path": str(path), "parameters": config.parameters, "bytes": size, "memory": memory, **asdict(config)}


def _recipe(name: str) -> dict[str, Any]:
    from openmimo.recipes import mimo_7b, nano

    recipes: dict[str, Any] = {"nano": nano, "mimo_7b": mimo_7b}
    if name not in recipes:
        raise InputError(f"there is no recipe {name!r}", f"choose one of {', '.join(recipes)}")
    recipe = recipes[name]
    pretrain, rest = recipe.pretrain(), {part: getattr(recipe, part)() for part in ("mtp", "sft", "mtp_again")}
    sizes = {"parameters": pretrain.model.parameters, "tokens": sum(stage.schedule.tokens for stage in pretrain.stages)}
    stages = [_stage(stage) for stage in pretrain.stages]
    return {
        "recipe": name,
        "pretrain": {**asdict(pretrain), "stages": stages, **sizes},
        **{part: {**asdict(config), "stage": _stage(config.stage)} for part, config in rest.items()},
    }


def _stage(stage: "Stage") -> dict[str, Any]:
    """A stage with what follows from it."""
    return {**asdict(stage), "tokens": stage.schedule.tokens, "steps": stage.steps}


def _run(path: Path) -> dict[str, Any]:
    metrics = read_run(path).metrics
    checkpoints = sorted((path / "checkpoints").glob("step-*"), key=lambda folder: int(folder.name.removeprefix("step-")))
    return {
        "run": str(path),
        "last": metrics[-1] if metrics else None,
        "checkpoints": [folder.name for folder in checkpoints],
        "finished": (path / "final").is_dir(),
        "report": str(report) if (report := path / "report.html").exists() else None,
        "config": read_json(path / "config.json"),
    }


def _print(facts: dict[str, Any], indent: str = "") -> None:
    for name, value in facts.items():
        if isinstance(value, list | tuple) and value and isinstance(value[0], dict):
            # By the number that the flags of a verb have for it.
            _print({f"{name}.{number}": one for number, one in enumerate(value)}, indent)
        elif isinstance(value, dict):
            print(f"{indent}{name}:")
            _print(value, indent + "  ")
        else:
            print(f"{indent}{name}: {_shown(name, value)}")


def _shown(name: str, value: Any) -> str:
    if not isinstance(value, int) or isinstance(value, bool):
        return str(value)
    return f"{value:,} ({value / 2**30:.2f} GiB)" if name.endswith("bytes") else f"{value:,}"
