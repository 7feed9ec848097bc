"""What a hostile program tries first, tried on this very machine: `openmimo doctor` runs them and says what held.

Each attack is a program that prints WON if it got what it wanted. Knows no judge. The long
list, with programs that try to be accepted, is in `tests/verify/judge/`.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from openmimo.verify.sandbox.sandbox import Limits, Reached, Zygote, blank_file

LIMITS = Limits(cpu=0.5, wall=1.5, memory=512 << 20, output=1 << 20)
RUNNER = "openmimo.verify.judge.inside"
# MARK stands for a file of this user's that nobody else needs, OWNER for the process that runs the doctor.
ATTACKS = {
    "read a file": "print('WON', open(MARK).read())",
    "read the list of users": "print('WON', open('/etc/passwd').read(1))",
    "list a folder": "import os; print('WON', os.listdir(os.path.dirname(MARK)))",
    "write a file": "open(MARK, 'w').write('x'); print('WON')",
    "make a file": "open(MARK + '.new', 'w'); print('WON')",
    "delete a file": "import os; os.unlink(MARK); print('WON')",
    "change a file's rights": "import os; os.chmod(MARK, 0o777); print('WON')",
    "make a link": "import os; os.symlink(MARK, MARK + '.link'); print('WON')",
    "open a connection": "import socket; socket.socket(); print('WON')",
    "start a program": "import os; os.execv('/bin/true', ['true'])",
    "start a shell": "import subprocess; print('WON', subprocess.run(['/bin/echo']))",
    "fork": "import os; os.fork(); print('WON')",
    "end its parent": "import os; os.kill(os.getppid(), 9); print('WON')",
    "end the doctor": "import os; os.kill(OWNER, 9); print('WON')",
    "end everything": "import os; os.kill(-1, 9); print('WON')",
    "have a signal sent": "import fcntl, os; fcntl.fcntl(os.pipe()[0], fcntl.F_SETOWN, OWNER); print('WON')",
    "look into its parent": "import os; print('WON', open(f'/proc/{os.getppid()}/mem', 'rb'))",
    "trace its parent": "import ctypes, os; print('WON' if ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0) == 0 else '')",
    "raise its limits": "import resource; resource.setrlimit(resource.RLIMIT_CPU, (99, 99)); print('WON')",
    "take 2 GiB of memory": "print('WON', len(bytearray(2 << 30)))",
    "print 64 MiB": "import sys; sys.stdout.write('x' * (64 << 20)); sys.stdout.flush(); sys.stderr.write('WON')",
    "run for ever": "while True: pass",
    "sleep for ever": "import time; time.sleep(3600)",
}


@dataclass(frozen=True)
class Report:
    """What the sandbox could use of this machine, and which attacks won all the same."""

    reached: Reached
    tried: int
    won: tuple[str, ...]


def attack(landlock: bool = True, namespaces: bool = True) -> Report:
    """Try every attack in the sandbox, with the walls named; raises `NoSandbox` where there is none, `SandboxDied` if it does not start."""
    zygote = Zygote(RUNNER, landlock=landlock, namespaces=namespaces)
    try:
        with tempfile.TemporaryDirectory() as folder:
            mark = Path(folder, "mark")
            mark.write_text("secret")
            won = [name for name, program in ATTACKS.items() if _wins(zygote, program, mark)]
            if sorted(os.listdir(folder)) != ["mark"] or mark.read_text() != "secret":
                won.append("leave a trace")
        return Report(zygote.reached, len(ATTACKS), tuple(won))
    finally:
        zygote.close()


def _wins(zygote: Zygote, program: str, mark: Path) -> bool:
    code = f"MARK, OWNER = {str(mark)!r}, {os.getpid()}\n{program}"
    with _files(code.encode()) as files:
        ended = zygote.run({"mode": "program", "seed": 0}, LIMITS, files)
        printed = os.pread(files[1], 100, 0) + os.pread(files[2], 100, 0)
        slow = ended.cpu > LIMITS.cpu + 1 or ended.wall > LIMITS.wall + 1
        return (
            b"WON" in printed
            or slow
            or os.fstat(files[1]).st_size > LIMITS.output
            or (program.startswith("import os; os.exec") and ended.exit == 0)
        )


@contextmanager
def _files(order: bytes) -> Iterator[list[int]]:
    files = [blank_file() for _ in range(5)]
    try:
        os.write(files[3], order)
        yield files
    finally:
        for file in files:
            os.close(file)
