"""Memory is known on this machine, and too much is refused with both sizes."""

import numpy as np
import pytest

import openmimo.core.memory as memory
from openmimo.core.errors import NotEnoughMemory


def test_available_is_plausible() -> None:
    available = memory.available_bytes()
    assert available is not None
    assert 2**26 < available < 2**50


def test_resident_grows_with_what_is_held() -> None:
    before = memory.resident_bytes()
    held = np.ones(2**25, dtype=np.uint8)
    assert memory.resident_bytes() - before > 0.8 * held.nbytes


def test_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "available_bytes", lambda: 2**30)
    memory.require(2**29, "a model")
    with pytest.raises(NotEnoughMemory, match=r"a model needs 2\.0 GiB of memory, and 1\.0 GiB are available"):
        memory.require(2**31, "a model")
    monkeypatch.setattr(memory, "available_bytes", lambda: None)
    memory.require(2**60, "a model")
