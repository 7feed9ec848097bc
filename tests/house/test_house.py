"""The rules of the house that a program can hold: floors, sizes, docstrings, no globals, light imports."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent.parent
MODULES = sorted((ROOT / "openmimo").rglob("*.py"))
LIGHT_FOLDERS = {"core", "text", "verify", "tasks", "cli"}
LIGHT_FILES = {"openmimo/__init__.py", "openmimo/engine/catalog.py", "openmimo/recipes/nano.py"}


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
    assert folders - {"house", "browser"} <= {path.name for path in (ROOT / "openmimo").iterdir() if path.is_dir()}


def test_floors() -> None:
    done = subprocess.run([Path(sys.executable).parent / "lint-imports", "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_light_modules_bring_no_torch() -> None:
    light = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in MODULES
        if path.relative_to(ROOT).parts[1] in LIGHT_FOLDERS or path.name == "config.py" or name(path) in LIGHT_FILES
    ]
    assert len(light) > 40
    code = f"import importlib, sys\nfor name in {light!r}: importlib.import_module(name); assert not {{'torch', 'transformers'}} & set(sys.modules), name"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_folder_of_the_package_says_what_it_is_and_imports_nothing() -> None:
    for folder in {path.parent for path in MODULES}:
        tree = ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))
        assert ast.get_docstring(tree), f"{folder.name} has no docstring"
        if folder != ROOT / "openmimo":
            assert len(tree.body) == 1, f"{folder.name}/__init__.py holds more than its docstring"


def pins(path: Path) -> dict[str, str]:
    """The lines `name==version` of a file of requirements; a line that pins nothing is an error."""
    lines = [line.split(";")[0].strip() for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in (line.split("==") for line in lines)}


def test_the_constraints_hold_every_direct_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = pins(ROOT / "constraints.txt")
    for line in [*project["dependencies"], *project["optional-dependencies"]["dev"]]:
        wanted = Requirement(line)
        assert wanted.specifier.contains(pinned[canonicalize_name(wanted.name)]), line


def test_peers_have_our_torch_and_nothing_unpinned() -> None:
    torch, makefile = pins(ROOT / "constraints.txt")["torch"], (ROOT / "Makefile").read_text(encoding="utf-8")
    assert f"torch=={torch})" in makefile
    lists = {path.parent.name: pins(path) for path in (ROOT / "peers").glob("*/requirements.txt")}
    assert lists["vllm"].keys().isdisjoint({"torch", "torchvision", "torchaudio", "torchcodec"})
    (made,) = re.findall(r"^peers: (.*) ##", makefile, re.MULTILINE)
    assert {f".peers/{name}/.done" for name in lists} == set(made.split())


@pytest.mark.parametrize(
    "file", ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE", "NOTICE", "docs/report-map.md", "docs/lab-log.md"]
)
def test_the_papers_are_there(file: str) -> None:
    assert (ROOT / file).stat().st_size > 200


def test_links_of_the_docs_lead_somewhere() -> None:
    for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{name(path)} links to {target}"
