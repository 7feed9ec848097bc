"""Memory is known on this machine, and too much is refused with both sizes."""

import mmap
from pathlib import Path

import pytest

import openmimo.core.memory as memory
from openmimo.core.errors import NotEnoughMemory


def test_available_is_plausible() -> None:
    available = memory.available_bytes()
    assert available is not None
    assert 2**26 < available < 2**50


def test_resident_grows_with_what_is_held() -> None:
    before = memory.resident_bytes()
    # Fresh from the system, whatever malloc has left from tests before.
    with mmap.mmap(-1, 2**25) as held:
        held.write(b"x" * len(held))
        assert memory.resident_bytes() - before > 0.8 * len(held)


def test_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "available_bytes", lambda: 2**30)
    memory.require(2**29, "a model")
    with pytest.raises(NotEnoughMemory, match=r"a model needs 2\.0 GiB of memory, and 1\.0 GiB are available"):
        memory.require(2**31, "a model")
    monkeypatch.setattr(memory, "available_bytes", lambda: None)
    memory.require(2**60, "a model")


def group(folder: Path, names: tuple[str, str], limit: str, used: int, stat: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in zip((*names, "memory.stat"), (limit, str(used), stat), strict=True):
        (folder / name).write_text(text + "\n")


@pytest.mark.parametrize(
    "line, root, names, cache, unlimited",
    [
        ("0::/user/job", "sys/fs/cgroup", ("memory.max", "memory.current"), "inactive_file", "max"),
        (
            "4:cpu,memory:/user/job",
            "sys/fs/cgroup/memory",
            ("memory.limit_in_bytes", "memory.usage_in_bytes"),
            "total_inactive_file",
            str(2**63),
        ),
    ],
)
def test_the_tightest_cgroup_on_the_way_up_holds(
    tmp_path: Path, line: str, root: str, names: tuple[str, str], cache: str, unlimited: str
) -> None:
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/cgroup").write_text(f"9:cpuset:/elsewhere\n{line}\n")
    group(tmp_path / root, names, unlimited, 0, "")
    group(tmp_path / root / "user/job", names, "3000", 1000, "anon 7")
    assert memory._container_available(tmp_path) == 2000
    # The group above allows less; 150 of what it uses are caches that can be dropped.
    group(tmp_path / root / "user", names, "1500", 1200, f"{cache} 150\nactive_file 999")
    assert memory._container_available(tmp_path) == 450
    group(tmp_path / root / "user", names, "1500", 1600, "")
    assert memory._container_available(tmp_path) == 0


def test_without_cgroups_nothing_is_told(tmp_path: Path) -> None:
    assert memory._container_available(tmp_path) is None
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/cgroup").write_text("0::/as/the/host/names/it\n")
    group(tmp_path / "sys/fs/cgroup", ("memory.max", "memory.current"), "max", 5, "")
    assert memory._container_available(tmp_path) is None
    group(tmp_path / "sys/fs/cgroup", ("memory.max", "memory.current"), "800", 300, "")
    assert memory._container_available(tmp_path) == 500
