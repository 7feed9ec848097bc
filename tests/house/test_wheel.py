"""The wheel holds all it needs: installed in an empty environment, far from the checkout, it answers."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_the_wheel_answers_in_an_empty_environment(tmp_path: Path) -> None:
    # Built from a copy: setuptools keeps a build/ folder beside the source, and a file that is
    # long gone from the package would be taken from there into the wheel.
    source = tmp_path / "source"
    shutil.copytree(ROOT / "openmimo", source / "openmimo", ignore=shutil.ignore_patterns("__pycache__"))
    for paper in ("pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / paper, source)
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "--disable-pip-version-check",
        "-q",
        "-w",
        str(tmp_path),
        str(source),
    ]
    subprocess.run(build, check=True, capture_output=True, cwd=tmp_path)
    (wheel,) = tmp_path.glob("openmimo-*.whl")
    assert wheel.stat().st_size < 40 * 2**20

    home = tmp_path / "env"
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    install = [python, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--disable-pip-version-check", str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    # The dependencies are those of this environment, lent by path so that nothing is fetched; the checkout itself is not on it.
    lent = sysconfig.get_path("purelib")
    env = {**os.environ, "PYTHONPATH": lent, "PYTHONNOUSERSITE": "1", "OPENMIMO_CACHE": str(tmp_path / "cache")}
    where = subprocess.run(
        [python, "-c", "import openmimo; print(openmimo.__file__)"], env=env, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert str(home) in where.stdout
    done = subprocess.run(
        [home / "bin" / "openmimo", "ask", "--json", "What is 15% of 80?"], env=env, cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["answer"] == "12"
    # The sources of the compiled step are in the wheel, too.
    assert "compiling the engine" in done.stderr
