"""Models are found by name, folder or file, and the cache can be added to and cleared."""

from pathlib import Path

import pytest

from openmimo.core.errors import InputError
from openmimo.engine import catalog


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OPENMIMO_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "cache" / "models" / "mine"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    (folder / "weights").write_bytes(b"x" * 100)
    return tmp_path / "cache"


def test_finds_and_removes(cache: Path) -> None:
    assert catalog.find("mine") == cache / "models" / "mine"
    assert catalog.find(str(cache / "models" / "mine")) == cache / "models" / "mine"
    (entry,) = [entry for entry in catalog.entries() if not entry.shipped]
    assert entry.size == 102
    catalog.remove("mine")
    assert not (cache / "models" / "mine").exists()


def test_shipped_models_come_first_and_stay(cache: Path) -> None:
    assert catalog.entries()[0].name == "nano"
    with pytest.raises(InputError, match="ships with the package"):
        catalog.remove("nano")
    with pytest.raises(InputError, match="already a model 'nano'"):
        catalog.place_for("nano")


@pytest.mark.parametrize(
    "name, message",
    [
        ("nanoo", "there is no model 'nanoo'; there are: mine, nano"),
        ("some/where.gguf", "is not there"),
        ("XiaomiMiMo/MiMo-7B-RL", "not fetched from a hub"),
    ],
)
def test_names_nobody_knows(cache: Path, name: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        catalog.find(name)


def test_a_folder_without_a_config_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"has no config\.json"):
        catalog.find(str(tmp_path))


def test_names_that_would_leave_the_cache_are_refused(cache: Path) -> None:
    with pytest.raises(InputError, match="cannot be a model's name"):
        catalog.place_for("../x")
