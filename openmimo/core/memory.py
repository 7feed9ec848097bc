"""How much memory this machine can still give, and refusing what would not fit before it is begun.

Knows nothing of models or devices; `model/folder.py` says what a model needs.
"""

import os
import subprocess
import sys
from pathlib import Path

from openmimo.core.errors import NotEnoughMemory

# The files of a memory cgroup that hold its limit and its use, and the line of memory.stat that counts droppable caches.
VERSION_1 = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
VERSION_2 = ("memory.max", "memory.current", "inactive_file")


def available_bytes() -> int | None:
    """Free memory in bytes, container limits counted in; None where it cannot be told."""
    if sys.platform == "darwin":
        return _mac_available()
    known = [size for size in (_system_available(), _container_available()) if size is not None]
    return min(known, default=None)


def require(needed: int, what: str) -> None:
    """Raise `NotEnoughMemory`, with both sizes, unless `needed` bytes are free; passes where nothing can be told."""
    available = available_bytes()
    if available is not None and needed > available:
        raise NotEnoughMemory(
            f"{what} needs {needed / 2**30:.1f} GiB of memory, and {available / 2**30:.1f} GiB are available",
            "close other programs, use a smaller model, or a machine with more memory",
        )


def resident_bytes() -> int:
    """The memory this process holds now, to test that it stays flat (not tried on a Mac yet)."""
    if sys.platform == "darwin":
        done = subprocess.run(["ps", "-o", "rss=", "-p", str(os.getpid())], capture_output=True, text=True, check=True, timeout=5)
        return int(done.stdout) * 1024
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _system_available() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), None)


def _container_available(system: Path = Path("/")) -> int | None:
    """What the cgroups this process is in still allow; `system` is where `/proc` and `/sys` are found.

    A limit may stand on any group from its own up to the root, and the tightest one holds.
    """
    try:
        lines = (system / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        return None
    known = []
    for line in lines:
        _, controllers, group = line.split(":", 2)
        if controllers and "memory" not in controllers.split(","):
            continue
        files = VERSION_1 if controllers else VERSION_2
        root = system / "sys/fs/cgroup" / ("memory" if controllers else "")
        own = root / group.lstrip("/")
        # Inside a container the group may be named as the host sees it; then only the root is there.
        known += [_group_available(folder, files) for folder in (own, *own.parents) if folder.is_relative_to(root)]
    return min((size for size in known if size is not None), default=None)


def _group_available(folder: Path, files: tuple[str, str, str]) -> int | None:
    """Limit less use of one cgroup; caches that can be dropped are not counted as used."""
    limit_at, used_at, cache = files
    try:
        limit, used = int((folder / limit_at).read_text()), int((folder / used_at).read_text())
        stat = (folder / "memory.stat").read_text().splitlines()
    except (OSError, ValueError):
        return None  # not there, or "max": no limit
    droppable = next((int(line.split()[1]) for line in stat if line.startswith(cache + " ")), 0)
    return max(limit - used + droppable, 0)


def _mac_available() -> int | None:
    """Free, inactive and speculative pages, from `vm_stat` (not tried on a Mac yet)."""
    try:
        lines = subprocess.run(["vm_stat"], capture_output=True, text=True, check=True, timeout=5).stdout.splitlines()
        page = int(lines[0].split("page size of ")[1].split()[0])
        return page * sum(
            int(line.split(":")[1].strip(" .")) for line in lines if line.startswith(("Pages free", "Pages inactive", "Pages speculative"))
        )
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return None
