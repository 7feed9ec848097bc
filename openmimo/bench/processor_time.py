"""Processor time by who used it: the thread that asks with its native helpers, or other Python threads and the processes below.

Linux only, from /proc. Knows no benchmark.
"""

import os
import threading
import time
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PARENT, USED = 1, slice(11, 15)  # fields of a stat after the name: the parent; time in user and system mode, own and of children waited for


def processor_times() -> tuple[float, float]:
    """Seconds so far of this thread with the threads that Python did not start, and of all other Python threads and processes below."""
    me = threading.get_native_id()
    others = [_fields(Path(f"/proc/self/task/{one.native_id}/stat")) for one in threading.enumerate() if one.native_id != me]
    threads = sum(_ticks(fields[USED][:2]) for fields in others if fields)
    waited = os.times()
    return time.process_time() - threads, threads + waited.children_user + waited.children_system + _below(os.getpid())


def _below(root: int) -> float:
    """Seconds of all processes below one, and of what ended below those."""
    found = {int(place.name): fields for place in Path("/proc").glob("[0-9]*") if (fields := _fields(place / "stat"))}
    family, total = {root}, 0.0
    while more := {number for number, fields in found.items() if number not in family and int(fields[PARENT]) in family}:
        family |= more
        total += sum(_ticks(found[number][USED]) for number in more)
    return total


def _fields(stat: Path) -> list[str]:
    """What stands after the name, which may hold anything; nothing of one that has ended."""
    try:
        return stat.read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _ticks(fields: list[str]) -> float:
    return sum(map(int, fields)) / TICKS
