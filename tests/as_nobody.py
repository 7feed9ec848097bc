"""Run this Python as the user nobody: `python tests/as_nobody.py -m pytest ...`. Needs root, which it gives up.

An interpreter that lies in root's home is out of nobody's reach. In a mount namespace of its
own, the folders that are closed to others are replaced by empty ones that show nothing but
the way to what is needed: the interpreter, the environment, this project.
"""

import ctypes
import os
import stat
import sys
from pathlib import Path

NEWNS, PRIVATE, RECURSIVE, BIND = 0x20000, 1 << 18, 1 << 14, 1 << 12
NOBODY = 65534
LIBC = ctypes.CDLL(None, use_errno=True)


def mount(source: str, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    encoded = [text.encode() if text is not None else None for text in (source, target, kind)]
    if LIBC.mount(*encoded, ctypes.c_ulong(flags), data.encode() if data else None) != 0:
        raise OSError(ctypes.get_errno(), f"mount {target}: {os.strerror(ctypes.get_errno())}")


def closed_ancestor(path: Path) -> Path | None:
    """The topmost folder above a path that others may not enter."""
    return next((folder for folder in reversed(path.parents) if not folder.stat().st_mode & stat.S_IXOTH), None)


def open_up(paths: list[Path]) -> None:
    """Make each path reachable for everybody, in a mount namespace of this process alone."""
    if LIBC.unshare(NEWNS) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    mount("none", "/", None, PRIVATE | RECURSIVE)
    held = {path: os.open(path, os.O_PATH) for path in paths}
    for closed in {folder for path in paths if (folder := closed_ancestor(path))}:
        mount("tmpfs", str(closed), "tmpfs", 0, "mode=755")
    for path, place in held.items():
        if not path.exists():
            path.mkdir(parents=True)
            mount(f"/proc/self/fd/{place}", str(path), None, BIND | RECURSIVE)
        os.close(place)


def main() -> None:
    if os.geteuid() != 0:
        sys.exit("as_nobody.py: only root can become nobody; run it as root")
    project = Path(__file__).resolve().parents[1]
    open_up([Path(sys.base_prefix).resolve(), project])
    os.chdir(project)
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    os.environ.update(HOME="/nonexistent", USER="nobody", PYTHONDONTWRITEBYTECODE="1")
    os.execv(sys.executable, [sys.executable, *sys.argv[1:]])


if __name__ == "__main__":
    main()
