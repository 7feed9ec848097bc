"""The data of reinforcement learning (report 3.2): a file of problems to those of it that can be learnt from. Read this first.

One filter after the other, the cheap ones first; one that has been through is not done again when a run is resumed, and an
answer that was written is kept. Rows that stay are not changed. `filters.py` asks no model, `rollouts.py` does.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from openmimo.core.files import read_json, write_json, write_text
from openmimo.core.runs import RunFolder
from openmimo.eval.item import Settings
from openmimo.rl.curate import filters
from openmimo.rl.curate.candidate import Candidate, digest, read_candidates
from openmimo.rl.curate.config import CurateConfig
from openmimo.rl.curate.filters import Gone
from openmimo.rl.curate.rollouts import Solved, roll_out

PROBLEMS, ROWS, SUMMARY = "problems.jsonl", "rows.jsonl", "summary.json"
SOLVED = "solved.json"
TENTHS = 10

Filter = Callable[[Sequence[Candidate]], Gone]


@dataclass(frozen=True)
class Curated:
    """What came of it: the `file` of the rows that stay; how many rows there were, how many stay, and how many went by each filter.

    `pass_rates` counts the problems that the model was asked by tenths of their pass rate, 1 in the last of them.
    """

    file: str
    problems: int
    kept: int
    dropped: dict[str, int]
    pass_rates: tuple[int, ...]


def run(config: CurateConfig, root: Path = Path("runs")) -> Curated:
    """Filter a file of problems; write `problems.jsonl`, the rows that stay as they are, and `rows.jsonl`, what became of each row.

    Raises `InputError` for a file or model that cannot be read, `OpenMimoError` where a model gives no answers. Resumes by itself.
    """
    candidates, broken = read_candidates(Path(config.problems))
    with RunFolder.open(root, "curate", config.name, {**asdict(config), "rows": digest(candidates)}) as folder:
        gone, left = {"broken": broken}, candidates
        for name, passes in _filters(config, folder.path):
            gone[name] = _once(folder.path / f"{name.replace(' ', '-')}.json", passes, left)
            folder.note(f"{name}: {len(gone[name]):,} of {len(left):,} go")
            left = [one for one in left if one.line not in gone[name]]
        solved = _known(folder.path / SOLVED)
        rows = "".join(json.dumps(one.row.raw, ensure_ascii=False, default=str) + "\n" for one in left)
        write_text(folder.path / PROBLEMS, rows)
        _write_rows(folder.path / ROWS, candidates, gone, solved)
        dropped = {name: len(lines) for name, lines in gone.items()}
        curated = Curated(str(folder.path / PROBLEMS), len(candidates) + len(broken), len(left), dropped, tenths(solved.values()))
        write_json(folder.path / SUMMARY, asdict(curated))
    return curated


def _filters(config: CurateConfig, folder: Path) -> list[tuple[str, Filter]]:
    """The filters that are asked for, with the names they are told by, in their order."""
    found: list[tuple[str, Filter]] = [
        ("multiple choice", filters.multiple_choice),
        ("proof", filters.proofs),
        ("duplicate", filters.duplicates),
    ]
    if config.against:
        found.append(("contaminated", partial(filters.contaminated, against=config.against)))
    found.append(("unfit", filters.unfit))
    if config.strong:
        found.append(("never solved by the strong model", partial(_unsolved, config, folder)))
    if config.model:
        found.append(("too easy or too hard", partial(_of_wrong_difficulty, config, folder)))
    return found


def _unsolved(config: CurateConfig, folder: Path, left: Sequence[Candidate]) -> Gone:
    """What no answer of the strong model solves; of code what passes no test, and only where there is no golden program (report 3.2)."""
    settings = Settings(config.strong_tokens or config.max_tokens, config.temperature, config.top_p, config.samples)
    math = [one for one in left if not one.task.tests]
    code = [one for one in left if one.task.tests and not one.row.golden]
    solved = roll_out(config, math, config.strong, settings, folder / "strong") if math else {}
    if code:
        solved |= roll_out(config, code, config.strong, settings, folder / "strong-code", some_test=True)
    return {one.line: _said(solved.get(one.line)) for one in (*math, *code) if not solved.get(one.line, (0, 0))[0]}


def _of_wrong_difficulty(config: CurateConfig, folder: Path, left: Sequence[Candidate]) -> Gone:
    """What the model solves too often (above `most`; of code, always), too seldom (below `least`), or what cannot be said of."""
    settings = Settings(config.max_tokens, config.temperature, config.top_p, config.samples)
    solved = roll_out(config, left, config.model, settings, folder / "model") if left else {}
    write_json(folder / SOLVED, solved)

    def fits(one: Candidate) -> bool:
        right, answers = solved.get(one.line, (0, 0))
        if not answers:
            return False
        rate = right / answers
        return rate >= config.least and (rate < 1 if one.task.tests else rate <= config.most)

    return {one.line: _said(solved.get(one.line)) for one in left if not fits(one)}


def _said(solved: Solved | None) -> str:
    if solved is None:
        return "too long for the model's context with an answer"
    right, answers = solved
    return f"solved in {right} of {answers} answers" if answers else "no answer had a verdict"


def _once(path: Path, passes: Filter, left: Sequence[Candidate]) -> Gone:
    """What a filter says, from its file if it has been through: golds may be flaky, and models were asked what it left."""
    if not path.exists():
        write_json(path, passes(left))
    return {int(line): why for line, why in read_json(path).items()}


def _known(path: Path) -> dict[int, Solved]:
    return {int(line): (right, answers) for line, (right, answers) in read_json(path).items()} if path.exists() else {}


def _write_rows(path: Path, candidates: Sequence[Candidate], gone: Mapping[str, Gone], solved: Mapping[int, Solved]) -> None:
    """What became of each row, in the order of the file, broken ones last."""
    out = {line: {"dropped": name, "why": why} for name, lines in gone.items() for line, why in lines.items()}
    lines = []
    for one in candidates:
        right, answers = solved.get(one.line, (0, 0))
        measured = {"pass_rate": right / answers, "answers": answers} if answers else {}
        lines.append({"line": one.line, "id": one.row.problem.id, "kept": one.line not in out, **out.get(one.line, {}), **measured})
    lines += [{"line": line, "id": "", "kept": False, **out[line]} for line in gone["broken"]]
    write_text(path, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))


def tenths(solved: Collection[Solved]) -> tuple[int, ...]:
    """How many problems have a pass rate in each tenth, those that are always solved in the last; none where nothing was measured."""
    places = [min(right * TENTHS // answers, TENTHS - 1) for right, answers in solved if answers]
    return tuple(places.count(tenth) for tenth in range(TENTHS)) if places else ()
