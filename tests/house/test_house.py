"""The rules of the house that a program can hold: floors, sizes, docstrings, no globals, light imports."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
MODULES = sorted((ROOT / "openmimo").rglob("*.py"))
LIGHT = [
    "openmimo",
    "openmimo.cli.main",
    "openmimo.core.runs",
    "openmimo.text.template",
    "openmimo.verify.steps",
    "openmimo.tasks.families",
    "openmimo.model.config",
    "openmimo.train.config",
    "openmimo.pretrain.config",
    "openmimo.sft.config",
    "openmimo.recipes.nano",
    "openmimo.engine.catalog",
]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_says_what_it_is_and_stays_small(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    assert ast.get_docstring(tree), "no docstring"
    assert len(source.splitlines()) < 500
    assert not any(isinstance(node, ast.Global) for node in ast.walk(tree)), "uses `global`"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_public_functions_have_a_docstring(path: Path) -> None:
    if path.parent.name == "tasks" and path.stem not in ("task", "families", "written", "correction", "answers"):
        return  # there the families are the interface
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{node.name} has no docstring"


def test_every_test_folder_mirrors_a_folder_of_the_package() -> None:
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and not path.name.startswith("_")}
    assert folders - {"house"} <= {path.name for path in (ROOT / "openmimo").iterdir() if path.is_dir()}


def test_floors() -> None:
    done = subprocess.run([Path(sys.executable).parent / "lint-imports", "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_light_modules_bring_no_torch() -> None:
    code = f"import importlib, sys\nfor name in {LIGHT!r}: importlib.import_module(name)\nassert not {{'torch', 'transformers'}} & set(sys.modules), 'torch came in'"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "file", ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE", "NOTICE", "docs/report-map.md", "docs/lab-log.md"]
)
def test_the_papers_are_there(file: str) -> None:
    assert (ROOT / file).stat().st_size > 200


def test_links_of_the_docs_lead_somewhere() -> None:
    import re

    for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{name(path)} links to {target}"
