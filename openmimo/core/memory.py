"""How much memory this machine can still give, and refusing what would not fit before it is begun."""

import os
import subprocess
import sys
from pathlib import Path

from openmimo.core.errors import NotEnoughMemory


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
    """The memory this process holds now (Linux), to test that it stays flat."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _system_available() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), None)


def _container_available() -> int | None:
    """What a cgroup still allows; caches that can be dropped are not counted as used."""
    for limit_at, used_at, stat_at, cache in (
        ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current", "/sys/fs/cgroup/memory.stat", "inactive_file "),
        (
            "/sys/fs/cgroup/memory/memory.limit_in_bytes",
            "/sys/fs/cgroup/memory/memory.usage_in_bytes",
            "/sys/fs/cgroup/memory/memory.stat",
            "total_inactive_file ",
        ),
    ):
        try:
            limit, used = Path(limit_at).read_text().strip(), int(Path(used_at).read_text())
            droppable = next((int(line.split()[1]) for line in Path(stat_at).read_text().splitlines() if line.startswith(cache)), 0)
        except (OSError, ValueError):
            continue
        return None if limit == "max" else max(int(limit) - used + droppable, 0)
    return None


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
