"""Word problems of school mathematics: GSM8K for base models and in a chat; SVAMP, ASDiv and MAWPS in a chat.

Answers are compared as in `mathematics.py`, which this is built on. Knows no model and no files.
"""

import re
from functools import partial

from openmimo.eval.benchmarks.columns import text_of
from openmimo.eval.benchmarks.mathematics import CHAT, CHAT_SOURCE, math_item
from openmimo.eval.item import Benchmark, Item, Row, Settings

UNIT = re.compile(r"\s*\([^()]*\)\s*$")
ANSWER = re.compile(r"####[ \t]*(.+)")


def after_mark(_: Item, answer: str) -> str:
    """What follows the first `####` on its line, which is how GSM8K's solutions end; without one all that was said."""
    marked = ANSWER.search(answer)
    return marked[1].strip() if marked else answer


def solved(item: Item) -> str:
    """A worked example: the question, the row's own solution without marks for a calculator, and its answer after `####`."""
    assert item.task
    return f"{item.question} {item.task.steps}\n#### {item.gold}"


def asdiv_item(row: Row, place: int) -> Item:
    """The item of a row of ASDiv, whose answers end in a unit in brackets, as in `9 (apples)`; that is no part of the gold answer."""
    return math_item({**row, "answer": UNIT.sub("", text_of(row, "answer"))}, place, "asdiv", CHAT, ("solution_type",))


GSM8K_ABOUT = (
    "1,319 test problems that take two to eight steps; openai/grade-school-math (arXiv 2110.14168), MIT. Its training part has the shots."
)

BENCHMARKS = (
    Benchmark(
        "gsm8k",
        "GSM8K",
        GSM8K_ABOUT,
        "text",
        partial(math_item, name="gsm8k", form="Question: {problem}\nAnswer:"),
        "the layout of lm-evaluation-harness's gsm8k; the marks for a calculator in the shots are left out",
        extract=after_mark,
        shots=8,
        shown=solved,
        settings=Settings(max_tokens=512, temperature=0.0, top_p=1.0, stop=("\nQuestion:",)),
    ),
    Benchmark("gsm8k-chat", "GSM8K", GSM8K_ABOUT, "chat", partial(math_item, name="gsm8k", form=CHAT), CHAT_SOURCE),
    Benchmark(
        "svamp",
        "SVAMP",
        "1,000 problems of one step, worded so that the story must be read; arkilpatel/SVAMP (arXiv 2103.07191), MIT.",
        "chat",
        partial(math_item, name="svamp", form=CHAT, topics=("Type",)),
        CHAT_SOURCE,
    ),
    Benchmark(
        "asdiv",
        "ASDiv",
        "Problems of many kinds from grade 1 to 6, 2,215 of them in the usual file; chaochun/nlu-asdiv-dataset (arXiv 2106.15772), CC-BY-NC-4.0.",
        "chat",
        asdiv_item,
        CHAT_SOURCE,
    ),
    Benchmark(
        "mawps",
        "MAWPS",
        "Problems of four older collections, 2,065 of them in the usual file; MAWPS (NAACL 2016), MIT.",
        "chat",
        partial(math_item, name="mawps", form=CHAT, topics=("type",)),
        CHAT_SOURCE,
    ),
)
