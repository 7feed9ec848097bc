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
from openmimo.core.processor import flags
from openmimo.engine.catalog import cache_folder

FOLDER = Path(__file__).parent
COMPILERS = ("g++", "clang++", "c++")
FLAGS = ("-std=c++17", "-O3", "-fPIC", "-shared", "-fvisibility=hidden", "-pthread")
TUNED = (("-march=native",), ("-mcpu=native",), ())  # the first that the compiler takes


class NotBuilt(InputError):
    """There is no compiled step on this machine, and why."""


@functools.cache
def library() -> ctypes.CDLL:
    """The compiled step; raises `NotBuilt` where it cannot be had. Compiles it if that was not done yet, once for all processes."""
    compiler = next((found for name in COMPILERS if (found := shutil.which(os.environ.get("CXX") or name))), None)
    if compiler is None:
        raise NotBuilt("there is no C++ compiler", "install g++ or clang++, or set CXX")
    path = cache_folder() / "native" / f"step-{_key(compiler)}.so"
    try:
        if not path.exists():
            print("compiling the engine for this processor; this is done once", file=sys.stderr)
            _compile(compiler, path)
        return ctypes.CDLL(str(path))
    except OSError as error:
        raise NotBuilt(f"the compiled step cannot be kept or loaded: {error}", "set OPENMIMO_CACHE to a folder you may write to") from None


def _compile(compiler: str, path: Path) -> None:
    """Write the library at `path`, at once or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        made, said = Path(folder) / path.name, ""
        for tuned in TUNED:
            command = [compiler, *FLAGS, *tuned, str(FOLDER / "network.cpp"), "-o", str(made)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode == 0:
                os.replace(made, path)
                return
            said = done.stderr
        raise NotBuilt(f"{compiler} cannot compile the step: {said.strip()[-400:]}", "use GCC 12 or Clang 15, or newer")


def _key(compiler: str) -> str:
    """What the library depends on, as letters: a cache folder may be shared by machines whose instructions differ."""
    mixed = hashlib.sha256()
    for path in sorted([*FOLDER.glob("*.h"), *FOLDER.glob("*.cpp")]):
        mixed.update(path.read_bytes())
    version = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=False).stdout
    mixed.update(f"{version} {FLAGS} {platform.machine()} {flags()}".encode())
    return mixed.hexdigest()[:16]
