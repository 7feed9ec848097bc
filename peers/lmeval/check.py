"""Runs in lm-evaluation-harness's own environment: its verdicts on answers to IFEval and DROP, one line of JSON for each line.

Reads lines of {"ifeval": [{"row": {...}, "response": text}]} and answers {"strict": [[bool]], "loose":
[[bool]]}, a verdict for each instruction; or {"drop": [{"spans": [text], "gold": [text]}]}, answered
by {"scores": [[exact match, F1]]}. Punkt's model of English, which NLTK would download, comes
from a package that has the same figures and is written out in NLTK's format. langdetect draws from a
fixed seed, where the harness leaves it to chance. Knows nothing of openmimo.
"""

import importlib
import importlib.util
import json
import os
import sys
import tempfile
import types
from pathlib import Path
from typing import Any


def write_punkt(folder: Path) -> None:
    """NLTK's `punkt_tab` for English, below a folder of NLTK's data."""
    from punkt.data import english

    made = folder / "tokenizers" / "punkt_tab" / "english"
    made.mkdir(parents=True)
    tables = {
        "abbrev_types.txt": sorted(english.ABBREV_TYPES),
        "sent_starters.txt": sorted(english.SENT_STARTERS),
        "collocations.tab": ["\t".join(pair) for pair in sorted(english.COLLOCATIONS)],
        "ortho_context.tab": [f"{word}\t{flags}" for word, flags in sorted(english.ORTHO_CONTEXT.items())],
    }
    for name, lines in tables.items():
        (made / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def harness(module: str) -> Any:
    """A module of the harness's tasks, without what `lm_eval.tasks` itself loads: data sets, torch and models."""
    if "lm_eval.tasks" not in sys.modules:
        found = importlib.util.find_spec("lm_eval")
        assert found
        assert found.submodule_search_locations
        tasks = types.ModuleType("lm_eval.tasks")
        tasks.__path__ = [str(Path(found.submodule_search_locations[0]) / "tasks")]
        sys.modules["lm_eval.tasks"] = tasks
    return importlib.import_module(f"lm_eval.tasks.{module}")


def followed(asked: list[dict[str, Any]]) -> dict[str, list[list[bool]]]:
    """Its verdicts, strict and loose."""
    ifeval = harness("ifeval.utils")
    scored = [ifeval.process_results(one["row"], [one["response"]]) for one in asked]
    return {how: [one[f"inst_level_{how}_acc"] for one in scored] for how in ("strict", "loose")}


def scored(asked: list[dict[str, list[str]]]) -> dict[str, list[tuple[float, float]]]:
    """Its exact match and F1 of spans."""
    drop = harness("drop.utils")
    return {"scores": [tuple(map(float, drop.get_metrics(one["spans"], one["gold"]))) for one in asked]}


def main() -> None:
    # What is printed on the way must not come between the answers.
    answers, stdout = os.fdopen(os.dup(1), "w"), os.dup2(2, 1)
    assert stdout == 1
    with tempfile.TemporaryDirectory() as folder:
        os.environ["NLTK_DATA"] = folder
        write_punkt(Path(folder))
        # Read now and kept: this process is killed in the end, and would leave the folder behind.
        harness("ifeval.instructions_util").count_sentences("")
        importlib.import_module("nltk").word_tokenize("")
    importlib.import_module("langdetect").DetectorFactory.seed = 0
    print(json.dumps({"ready": True}), file=answers, flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        said = followed(asked["ifeval"]) if "ifeval" in asked else scored(asked["drop"])
        print(json.dumps(said), file=answers, flush=True)


if __name__ == "__main__":
    main()
