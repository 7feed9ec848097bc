"""AGIEval: questions of admission and licensing examinations, English and Chinese, asked without examples.

Its 19 files of questions with options are compared by the likelihood of the letters; the two of mathematics
without options (`math`, `gaokao-mathcloze`) are a benchmark of their own, checked by the math
verifier. Read `catalog.py` next for how the benchmarks are found.
"""

from dataclasses import replace

from openmimo.eval.benchmarks.choice import LIKELIHOOD, choice_verdict, letters
from openmimo.eval.benchmarks.columns import digest, id_of, missing, options_of, place_of, subject_of, text_of
from openmimo.eval.benchmarks.mathematics import math_item
from openmimo.eval.item import Benchmark, Item, Row, Settings
from openmimo.verify.judge.fields import BadField

ENGLISH = ("aqua-rat", "gaokao-english", "logiqa-en", "lsat-ar", "lsat-lr", "lsat-rc", "sat-en", "sat-en-without-passage", "sat-math")
CHINESE = (
    "gaokao-biology",
    "gaokao-chemistry",
    "gaokao-chinese",
    "gaokao-geography",
    "gaokao-history",
    "gaokao-mathqa",
    "gaokao-physics",
    "jec-qa-ca",
    "jec-qa-kd",
    "logiqa-zh",
)
CLOZE = ("math", "gaokao-mathcloze")


def _task(row: Row, tasks: tuple[str, ...], others: str) -> str:
    task = subject_of(row, "task", "subject")
    if not task:
        raise missing(row, "task", f'give "task", such as {tasks[0]}, or a folder with one file for each task, named after it')
    if task not in tasks:
        raise BadField("task", f"is {task!r}, which is none of {', '.join(tasks)}", others)
    return task


def _choice(row: Row, place: int) -> Item:
    task = _task(row, (*ENGLISH, *CHINESE), f"measure {' and '.join(CLOZE)} with agieval-cloze")
    passage, question, options = str(row.get("passage") or ""), text_of(row, "question"), options_of(row)
    last = letters(len(options), "{letter}")[-1]
    if task in ENGLISH:
        asked = f"{passage}Q: {question} Answer Choices: {' '.join(options)}\nA: Among A through {last}, the answer is"
    else:
        asked = f"{passage}问题：{question} 选项：{' '.join(options)}\n答案：从A到{last}, 我们应选择"
    if isinstance(row.get("label"), list):
        raise BadField("label", f"has several letters: {row['label']}", "take version 1.1, where each question has one right answer")
    return Item(
        id_of(row, place, task),
        asked,
        str(place_of(row, len(options), "label")),
        letters(len(options)),
        task,
        group=digest(passage) if passage else "",
    )


def _cloze(row: Row, place: int) -> Item:
    task = _task(row, CLOZE, "measure tasks with options with agieval")
    other = row.get("other")
    whole = {**other, **row} if isinstance(other, dict) else row  # MATH's level stands in there
    question = "Q: {problem}\nA: The answer is" if task == "math" else "问题：{problem}\n答案："
    return replace(math_item(whole, place, task, question), topic=task)


AGIEVAL = Benchmark(
    name="agieval",
    title="AGIEval",
    about=(
        "Examinations for universities, law schools and offices, the 19 files with options; rows: ruixiangcui/AGIEval, data/v1_1 "
        "(passage, question, options, label), one file for each task; MIT licence, its sources have their own; JEC-QA is to be asked for."
    ),
    form="likelihood",
    read=_choice,
    prompt="ruixiangcui/AGIEval: src/dataset_loader.py, zero-shot; the likelihood of the letters stands for what a model would write",
    score=choice_verdict,
    settings=LIKELIHOOD,
)

AGIEVAL_CLOZE = Benchmark(
    name="agieval-cloze",
    title="AGIEval",
    about="AGIEval's two tasks of mathematics without options, math and gaokao-mathcloze; rows and licence as agieval's (question, answer).",
    form="text",
    read=_cloze,
    prompt="ruixiangcui/AGIEval: src/dataset_loader.py, zero-shot",
    settings=Settings(max_tokens=256, temperature=0.0, top_p=1.0, stop=("\n", "Q:", "问题：")),
)

BENCHMARKS = (AGIEVAL, AGIEVAL_CLOZE)
