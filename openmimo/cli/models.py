"""`openmimo models`: what models there are, how much disk they take, adding and removing."""

import json
import shutil
from pathlib import Path
from typing import Annotated, Literal

import tyro

from openmimo.core.errors import InputError


def main(
    action: tyro.conf.Positional[Literal["list", "add", "remove", "where"]] = "list",
    name: tyro.conf.Positional[str] = "",
    source: tyro.conf.Positional[str] = "",
    json_: Annotated[bool, tyro.conf.arg(name="json")] = False,
) -> int:
    """List the models of this machine with their disk use, or add, remove and locate them.

    Try:
        openmimo models
        openmimo models add smol path/to/model-folder-or.gguf
        openmimo models remove smol

    Args:
        action: list them; add NAME SOURCE copies a folder, or converts a GGUF file, into the cache; remove NAME; where prints the cache folder.
        name: The model's name.
        source: For add: a model folder or a .gguf file.
        json_: Print JSON.
    """
    from openmimo.engine.catalog import cache_folder, entries, remove

    if action == "where":
        print(json.dumps({"cache": str(cache_folder())}) if json_ else cache_folder())
    elif action == "add":
        if not name or not source:
            raise InputError("add needs a name and a source", "openmimo models add NAME FOLDER-OR-GGUF")
        print(_add(name, source))
    elif action == "remove":
        if not name:
            raise InputError("remove needs a name", "openmimo models remove NAME")
        gone = remove(name)
        print(f"removed {gone.name}, {gone.size / 1e6:.1f} MB")
    elif json_:
        print(
            json.dumps(
                [{"name": entry.name, "path": str(entry.path), "bytes": entry.size, "shipped": entry.shipped} for entry in entries()]
            )
        )
    else:
        for entry in entries():
            print(f"{entry.name:16} {entry.size / 1e6:10.1f} MB  {'shipped' if entry.shipped else 'added'}  {entry.path}")
    return 0


def _add(name: str, source: str) -> Path:
    from openmimo.core.files import whole_folder
    from openmimo.engine.catalog import find, place_for

    place, path = place_for(name), find(source)
    if path.suffix == ".gguf":
        from openmimo.cli.convert import main as convert

        convert(str(path), place)
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    with whole_folder(place) as beside:
        shutil.copytree(path, beside, dirs_exist_ok=True)
    return place
