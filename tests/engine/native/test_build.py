"""The compiled step is compiled once, kept, and done without where no compiler is there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from openmimo.core.errors import ConfigError, InputError
from openmimo.engine.config import EngineConfig
from openmimo.engine.engine import TorchEngine
from openmimo.engine.native import build
from openmimo.model.config import ModelConfig
from openmimo.model.mimo import MiMo

MODEL = MiMo(ModelConfig(8, 8, 8, 1, 1, 1, 4, 16))


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    build._library.cache_clear()
    yield
    build._library.cache_clear()


def test_it_is_compiled_once_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("OPENMIMO_CACHE", str(tmp_path))
    build.library()
    assert "compiling" in capsys.readouterr().err
    build._library.cache_clear()
    build.library()
    assert capsys.readouterr().err == ""
    assert len(list((tmp_path / "native").iterdir())) == 1


def test_without_a_compiler_torch_computes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OPENMIMO_CACHE", str(tmp_path))
    monkeypatch.setattr(build.shutil, "which", lambda name: None)
    assert TorchEngine(MODEL, EngineConfig(cache_tokens=16)).forward.name == "torch"
    for config in (EngineConfig(cache_tokens=16, kernels="native"), EngineConfig(cache_tokens=16, int8=True)):
        with pytest.raises(build.NotBuilt, match="no C\\+\\+ compiler"):
            TorchEngine(MODEL, config)


def test_a_compiler_that_fails_is_quoted_and_not_tried_every_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OPENMIMO_CACHE", str(tmp_path))
    broken, tries = tmp_path / "broken", tmp_path / "tries"
    broken.write_text(f"#!/bin/sh\n[ $1 = --version ] || echo >>{tries}\necho the compiler is ill >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("CXX", str(broken))
    for _ in range(2):
        build._library.cache_clear()
        with pytest.raises(build.NotBuilt, match="the compiler is ill"):
            build.library()
    assert len(tries.read_text().splitlines()) == len(build.TUNED)
    (failed,) = (tmp_path / "native").iterdir()
    failed.unlink()
    monkeypatch.delenv("CXX")
    build._library.cache_clear()
    assert build.library()


def test_a_cache_that_cannot_be_written_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("OPENMIMO_CACHE", str(tmp_path / "file"))
    with pytest.raises(build.NotBuilt, match="OPENMIMO_CACHE"):
        build.library()


def test_kernels_that_cannot_be_are_refused() -> None:
    with pytest.raises(ConfigError, match="kernels"):
        EngineConfig(kernels="fast")
    with pytest.raises(ConfigError, match="8-bit"):
        EngineConfig(kernels="torch", int8=True)
    half = MiMo(MODEL.config).half()
    assert TorchEngine(half, EngineConfig(cache_tokens=16)).forward.name == "torch"
    with pytest.raises(InputError, match="float16"):
        TorchEngine(half, EngineConfig(cache_tokens=16, kernels="native"))
