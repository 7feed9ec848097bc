"""A user's Python file: loaded once in a worker, with errors that name its lines.

Knows nothing of rewards. Read next: `forms.py`.
"""

import importlib.util
import sys
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any

from openmimo.core.errors import InputError

# What a file most likely means by its reward, where it is named without a function.
USUAL_NAMES = ("compute_score", "reward_funcs", "load_environment", "rubric", "dataset")


def split_name(reward: str) -> tuple[Path, str]:
    """`FILE.py:name` as a path, which must be there, and a name, empty if none is given."""
    file, colon, name = reward.rpartition(":")
    if not colon or not file.endswith(".py"):
        file, name = reward, ""
    path = Path(file).expanduser().absolute()
    if not path.is_file():
        raise InputError(f"{file} is not there", "give the reward as FILE.py:function")
    return path, name


def load(path: Path) -> ModuleType:
    """The file as a module; whatever goes wrong in it is an `InputError` with its line."""
    spec = importlib.util.spec_from_file_location(f"openmimo_reward_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise InputError(f"{path} is no Python file", "give the reward as FILE.py:function")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses and pickle look a class's module up there
    sys.path.insert(0, str(path.parent))  # so that it can import its neighbours
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise InputError(f"{path} cannot be loaded: {describe(error, path)}", "run it with python by itself and put that right") from None
    return module


def find(module: ModuleType, name: str) -> Any:
    """What the file calls `name`, dots allowed; without one, the first of the usual names that it has."""
    if not name:
        name = next((usual for usual in USUAL_NAMES if hasattr(module, usual)), "")
    found: Any = module
    for part in name.split(".") if name else ("",):
        if not part or not hasattr(found, part):
            raise InputError(f"{module.__file__} has no {name!r}" if name else f"{module.__file__}: no function is named", _choices(module))
        found = getattr(found, part)
    return found


def describe(error: BaseException, path: Path) -> str:
    """An exception in a line: its type, message, and the last line of the user's file that it went through."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename == str(path)]
    if isinstance(error, SyntaxError) and error.filename:
        place = f"{Path(error.filename).name}, line {error.lineno}"
        return f"{type(error).__name__}: {error.msg} ({place})"
    place = (
        f" ({path.name}, line {own[-1].lineno})"
        if own
        else f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})"
        if frames
        else ""
    )
    return f"{type(error).__name__}: {str(error)[:300]}{place}"


def _choices(module: ModuleType) -> str:
    names = [name for name, value in vars(module).items() if callable(value) and getattr(value, "__module__", None) == module.__name__]
    return f"choose from {', '.join(names)}, as FILE.py:name" if names else "define a function there, and name it as FILE.py:name"
