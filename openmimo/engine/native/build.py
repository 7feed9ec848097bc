"""The C++ of this folder as a loaded library, compiled for this very processor when it is first wanted.

Kept in the cache folder, under a name that follows from the sources, the compiler and
the processor. Where no compiler is there, the engine computes with torch alone. Read
`network.py` next.
"""

import ctypes
import functools
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from openmimo.core.errors import InputError
from openmimo.core.files import write_text
from openmimo.core.processor import flags
from openmimo.engine.catalog import cache_folder

FOLDER = Path(__file__).parent
COMPILERS = ("g++", "clang++", "c++")
FLAGS = ("-std=c++17", "-O3", "-fPIC", "-shared", "-fvisibility=hidden", "-pthread")
TUNED = (("-march=native",), ("-mcpu=native",), ())  # the first that the compiler takes


class NotBuilt(InputError):
    """There is no compiled step on this machine, and why."""


def library() -> ctypes.CDLL:
    """The compiled step; raises `NotBuilt` where it cannot be had. Compiles it if that was not done yet, once for all processes."""
    found = _library()
    if isinstance(found, NotBuilt):
        raise found
    return found


@functools.cache
def _library() -> ctypes.CDLL | NotBuilt:
    compiler = next((found for name in COMPILERS if (found := shutil.which(os.environ.get("CXX") or name))), None)
    if compiler is None:
        return NotBuilt("there is no C++ compiler", "install g++ or clang++, or set CXX")
    path = cache_folder() / "native" / f"step-{_key(compiler)}.so"
    failed = path.with_suffix(".failed")
    try:
        if not path.exists() and not failed.exists():
            print("compiling the engine for this processor; this is done once", file=sys.stderr)
            _compile(compiler, path, failed)
        if path.exists():
            return ctypes.CDLL(str(path))
        said = failed.read_text(encoding="utf-8").strip()[-400:]
        return NotBuilt(
            f"{compiler} could not compile the step: {said}", f"use GCC 12 or Clang 15, or newer; to try again, remove {failed}"
        )
    except OSError as error:
        return NotBuilt(f"the compiled step cannot be kept or loaded: {error}", "set OPENMIMO_CACHE to a folder you may write to")


def _compile(compiler: str, path: Path, failed: Path) -> None:
    """Write the library at `path`, at once or not at all; or what the compiler said at `failed`, so that it is not tried every time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        made, said = Path(folder) / path.name, ""
        for tuned in TUNED:
            command = [compiler, *FLAGS, *tuned, str(FOLDER / "network.cpp"), "-o", str(made)]
            done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
            if done.returncode == 0:
                os.replace(made, path)
                return
            said = done.stderr
        write_text(failed, said)


def _key(compiler: str) -> str:
    """What the library depends on, as letters: a cache folder may be shared by machines whose instructions differ."""
    mixed = hashlib.sha256()
    for path in sorted([*FOLDER.glob("*.h"), *FOLDER.glob("*.cpp")]):
        mixed.update(path.read_bytes())
    version = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=False).stdout
    mixed.update(f"{version} {FLAGS} {platform.machine()} {flags()}".encode())
    return mixed.hexdigest()[:16]
