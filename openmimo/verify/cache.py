"""Verdicts kept: the latest in memory, and all of them in an SQLite file that processes may share.

Knows nothing of what is kept, only that it is JSON. A file that is broken, locked or on a
full disk costs speed and never a verdict: one warning, and the cache goes on in memory.
"""

import hashlib
import json
import logging
import os
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

SCHEMA = "CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value TEXT NOT NULL)"
ON_DISK = 20  # times what is kept in memory; older rows go when the file is opened
WAIT = 1.0  # seconds for another process to let go of the file

log = logging.getLogger(__name__)


def cache_key(*parts: str) -> str:
    """A key for these parts in this order: SHA-256 in hex, in which no part can run into the next."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()


class Cache:
    """JSON values by key; safe to use from several threads, and from several processes on one file."""

    def __init__(self, path: Path | None = None, most: int = 100_000):
        """Keep the `most` latest values in memory, and all of them in the file at `path` if there is one."""
        self.path, self.most = path, most
        self._memory: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()
        self._disk: sqlite3.Connection | None = None
        self._owner = os.getpid()
        if path is not None:
            self._try_disk(lambda: str(self._connection()))

    def get(self, key: str) -> Any | None:
        """The value of a key, or None."""
        with self._lock:
            text = self._memory.get(key)
            if text is None:
                text = self._try_disk(lambda: self._read(key))
            if text is None:
                return None
            self._remember(key, text)
        return json.loads(text)

    def put(self, key: str, value: Any) -> None:
        """Keep a value; raises TypeError if it is no JSON."""
        text = json.dumps(value)
        with self._lock:
            self._remember(key, text)
            self._try_disk(lambda: self._write(key, text))

    def close(self) -> None:
        """Let go of the file; what is in memory stays."""
        with self._lock:
            if self._disk is not None and self._owner == os.getpid():
                self._disk.close()
            self._disk, self.path = None, None

    def __len__(self) -> int:
        return len(self._memory)

    def _remember(self, key: str, text: str) -> None:
        self._memory[key] = text
        self._memory.move_to_end(key)
        if len(self._memory) > self.most:
            self._memory.popitem(last=False)

    def _try_disk(self, work: Callable[[], str | None]) -> str | None:
        if self.path is None:
            return None
        try:
            if self._owner != os.getpid():
                # SQLite forbids using a connection, even to close it, after a fork.
                self._disk, self._owner = None, os.getpid()
            return work()
        except (sqlite3.Error, OSError, ValueError) as error:
            log.warning("the cache %s cannot be used (%s): going on in memory", self.path, error)
            self._disk, self.path = None, None
            return None

    def _connection(self) -> sqlite3.Connection:
        if self._disk is None:
            assert self.path is not None
            self.path.parent.mkdir(parents=True, exist_ok=True)
            disk = sqlite3.connect(self.path, timeout=WAIT, isolation_level=None, check_same_thread=False)
            disk.execute("PRAGMA journal_mode=WAL")
            disk.execute("PRAGMA synchronous=OFF")  # what a crash of the machine loses is computed again
            disk.execute(SCHEMA)
            disk.execute("DELETE FROM kept WHERE rowid <= (SELECT max(rowid) FROM kept) - ?", (ON_DISK * self.most,))
            self._disk = disk
        return self._disk

    def _read(self, key: str) -> str | None:
        row = self._connection().execute("SELECT value FROM kept WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        json.loads(row[0])  # a row that is no JSON is a broken file: the error is caught as such
        return str(row[0])

    def _write(self, key: str, text: str) -> None:
        self._connection().execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (key, text))
