"""The layers of MiMo-7B in their real sizes, one of them and a small vocabulary: written, loaded, answering, in the memory predicted."""

import json
import os
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parent.parent.parent / "benchmarks" / "seven_b.py"


def test_the_shape_of_7b_answers_in_the_memory_that_was_predicted(tmp_path: Path) -> None:
    command = [sys.executable, SCRIPT, "--layers=1", "--vocabulary=1024", "--tokens=4"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, env={**os.environ, "TMPDIR": str(tmp_path)})
    assert done.returncode == 0, done.stderr
    found = {row["name"]: row["value"] for row in json.loads(done.stdout.splitlines()[-1])["results"]}
    assert 0.7 < found["weights.predicted"] < 0.8  # of a GiB: 396M weights in bf16
    for what in ("weights", "cache"):
        assert 0.9 < found[f"{what}.measured"] / found[f"{what}.predicted"] < 1.1
    # The writer holds the model and what Python and torch take, no second copy; so does the reader, with its cache.
    assert found["write.peak"] < found["weights.predicted"] + 0.5
    assert found["answer.peak"] < found["weights.predicted"] + found["cache.predicted"] + 0.6
    assert not list(tmp_path.rglob("*.safetensors")), "the weights are left behind"
