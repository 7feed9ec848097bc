"""The questions of a file that training must be clear of, such as those of a benchmark: only what is asked, whatever else its rows hold.

`row_files.py` reads the files; what an overlap is, is in `text/grams.py`. Fine-tuning and `openmimo curate` keep clear of them.
"""

from pathlib import Path

from openmimo.core.errors import InputError
from openmimo.verify.judge.fields import first_text
from openmimo.verify.row_files import Broken, rows_of

FIELDS = ("problem", "question", "prompt", "query", "Problem", "Question", "statement")


def read_questions(path: Path) -> list[str]:
    """The questions of a file (.jsonl, .json, either as .gz, or .parquet), in its order; `InputError` names a line without one."""
    questions = []
    for line, row in rows_of(path):
        if isinstance(row, Broken):
            raise InputError(f"{path}:{line}: {row.problem}", row.fix)
        question = first_text(row, *FIELDS) if isinstance(row, dict) else ""
        if not question.strip():
            raise InputError(f"{path}:{line} has no question", f"give it as text in one of {', '.join(FIELDS[:4])}")
        questions.append(question)
    return questions
