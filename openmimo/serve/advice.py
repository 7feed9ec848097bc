"""What the authors of a model recommend for sampling, from its generation_config.json."""

from pathlib import Path

from openmimo.core.files import read_json

NAMES = ("temperature", "top_p", "top_k", "min_p")


def advised(path: Path) -> dict[str, float]:
    """The settings that a model folder names; none for a single file, and greedy where sampling is switched off."""
    file = path / "generation_config.json"
    settings = read_json(file) if file.is_file() else {}
    if not isinstance(settings, dict):
        return {}
    if settings.get("do_sample") is False:
        return {"temperature": 0.0}
    return {name: settings[name] for name in NAMES if isinstance(settings.get(name), int | float)}
