"""C++ programs: from source to one static binary, by the machine's own g++, confined like everything else that reads foreign text.

A source can make a compiler read files, run for minutes and fill memory. It runs in a
process that may read the system's libraries and write one empty folder. Knows no tests.
"""

import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from functools import lru_cache
from pathlib import Path

from openmimo.core.errors import InputError
from openmimo.verify.judge.result import TestResult
from openmimo.verify.sandbox import landlock, namespaces
from openmimo.verify.sandbox.sandbox import HOME

SECONDS, MEMORY, LARGEST = 30, 2 << 30, 64 << 20
FLAGS = ("-O2", "-std=c++17", "-static", "-pipe")
CONFINED = "import sys; sys.path.append({home!r}); from openmimo.verify.judge.cpp import compile_here; compile_here(*sys.argv[1:])"


@lru_cache(maxsize=256)
def compiled(source: str) -> bytes | TestResult:
    """The binary of a program, or CE with the compiler's first complaint; `InputError` if there is no g++, or no way to confine it."""
    compiler = shutil.which("g++")
    if compiler is None:
        raise InputError("there is no g++ on this machine, and the problem wants C++", "install g++ (Debian: apt-get install g++)")
    if landlock.version() == 0:
        raise InputError(
            "a compiler cannot be confined on this machine, which has no Landlock", "use Linux 5.13 or newer for problems in C++"
        )
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "program.cpp").write_text(source, encoding="utf-8", errors="surrogateescape")
        command = [sys.executable, "-P", "-s", "-S", "-c", CONFINED.format(home=HOME), compiler, folder]
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
            env={"PATH": os.defpath},
        )
        try:
            said = process.communicate(timeout=SECONDS)[1].decode("utf-8", "replace")
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return TestResult("CE", detail=f"the compiler is not done after {SECONDS} s")
        binary = Path(folder, "program")
        if process.returncode != 0 or not binary.exists():
            errors = [line for line in said.splitlines() if "error" in line] or said.splitlines()[-1:] or ["the compiler fails"]
            return TestResult("CE", detail=errors[0][:200])
        return binary.read_bytes()


def compile_here(compiler: str, folder: str) -> None:
    """In the confined process: give up what a compiler does not need, and become it."""
    for kind, most in ((resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_FSIZE, LARGEST)):
        resource.setrlimit(kind, (most, most))
    namespaces.die_with_parent()
    namespaces.enter()
    landlock.confine(("/etc/ld.so.cache", "/dev/null"), (), runnable=("/usr", "/lib", "/lib64", "/bin"), writable=(folder,))
    namespaces.drop_capabilities()
    os.chdir(folder)
    os.execve(compiler, [compiler, *FLAGS, "program.cpp", "-o", "program"], {"PATH": os.defpath, "TMPDIR": folder})
