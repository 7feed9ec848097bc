"""The cache keeps what it is given, and a bad file costs nothing but speed."""

import logging
import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.verify.cache import Cache, cache_key


@settings(deadline=None, derandomize=True)
@given(st.lists(st.text()), st.lists(st.text()))
def test_keys_differ_when_parts_do(first: list[str], second: list[str]) -> None:
    assert (cache_key(*first) == cache_key(*second)) == (first == second)


def test_it_keeps_values_and_forgets_the_oldest() -> None:
    cache = Cache(most=2)
    for key in "abc":
        cache.put(key, {"key": key})
        cache.get("a")
    assert cache.get("b") is None
    assert cache.get("a") == {"key": "a"}
    assert len(cache) == 2


def test_the_file_outlives_the_cache_and_serves_another_process(tmp_path: Path) -> None:
    path = tmp_path / "below" / "kept.sqlite"
    cache = Cache(path, most=1)
    for number in range(10):
        cache.put(str(number), number)
    code = f"from pathlib import Path; from openmimo.verify.cache import Cache; c = Cache(Path({str(path)!r})); print(c.get('3')); c.put('x', [1])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "3\n"
    assert cache.get("x") == [1]
    cache.close()
    assert Cache(path).get("9") == 9


def test_the_file_does_not_grow_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "kept.sqlite"
    cache = Cache(path, most=1)
    for number in range(50):
        cache.put(str(number), number)
    cache.close()
    cache = Cache(path, most=1)
    assert cache.get("10") is None
    assert cache.get("49") == 49


@pytest.mark.parametrize("broken", ["garbage", "folder", "no JSON"])
def test_a_broken_file_is_a_warning_and_not_an_error(broken: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "kept.sqlite"
    if broken == "garbage":
        path.write_bytes(b"no database" * 1000)
    elif broken == "folder":
        path.mkdir()
    else:
        Cache(path).put("a", 1)
        with sqlite3.connect(path) as disk:
            disk.execute("UPDATE kept SET value = '{'")
    with caplog.at_level(logging.WARNING):
        cache = Cache(path)
        assert cache.get("a") is None
        cache.put("b", 2)
        assert cache.get("b") == 2
    assert len(caplog.records) == 1
    assert str(path) in caplog.text


def test_a_locked_file_costs_one_wait(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "kept.sqlite"
    cache = Cache(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    for number in range(5):
        cache.put(str(number), number)
    assert [cache.get(str(number)) for number in range(5)] == list(range(5))
    assert len(caplog.records) == 1


def test_threads_and_a_forked_child_share_it(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "kept.sqlite", most=50)

    def work(start: int) -> None:
        for number in range(start, start + 100):
            cache.put(str(number), number)
            assert cache.get(str(number)) == number

    threads = [threading.Thread(target=work, args=(start,)) for start in range(0, 400, 50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    child = os.fork()
    if child == 0:
        cache.put("child", 1)
        os._exit(0 if cache.get("7") == 7 else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert cache.get("child") == 1
