"""The threads of the compiled step lose no chunk and do none twice."""

import shutil
import subprocess
from pathlib import Path


def test_every_chunk_is_done_once(tmp_path: Path) -> None:
    compiler = shutil.which("g++") or shutil.which("clang++")
    assert compiler, "the test needs a C++ compiler"
    program = tmp_path / "team"
    subprocess.run([compiler, "-std=c++17", "-O2", "-pthread", Path(__file__).with_name("team.cpp"), "-o", program], check=True)
    assert subprocess.run([program], timeout=120, check=False).returncode == 0
