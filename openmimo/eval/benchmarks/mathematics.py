r"""Competition mathematics: MATH-500, AIME 2024 and 2025 and AMC 2023 in a chat; MATH and AIME for base models, which go on from a text.

Answers are compared by the math verifier, whose policy `eval` gives math-verify's verdicts. A chat
has one message, the problem and a sentence after it; MiMo's README recommends no system prompt.
Knows no model and no files. `words.py` has word problems.
"""

from dataclasses import replace
from functools import partial

from openmimo.eval.benchmarks.columns import id_of
from openmimo.eval.item import Benchmark, Item, Row, Settings
from openmimo.tasks.from_file import task_of
from openmimo.verify.problems import read_row

CHAT = "{problem}\n\nPlease reason step by step, and put your final answer within \\boxed{}."
CHAT_SOURCE = "the sentence of Qwen2.5-Math's README, which DeepSeek-R1's README advises too; that it stands after the problem is ours"
TEXT = "Problem:\n{problem}\n\nSolution:"
TEXT_SOURCE = "the layout of Minerva (arXiv 2206.14858, appendix D)"
SUBJECTS = ("subject", "type")
NEXT = ("\nProblem:",)  # a base model that is done with a problem makes up another

MAA = "The problems are the MAA's: measure with them, never train on them or ship them."


def math_item(row: Row, place: int, name: str, form: str, topics: tuple[str, ...] = ()) -> Item:
    """The item of a row with a problem and its answer, or a solution that ends in one; BadField where either is missing.

    `form` is the question with a place for the `{problem}`; the topic is of the first of the columns `topics` that is there.
    """
    task = task_of(name, read_row(dict(row), place, name, "math"))
    identity = id_of(row, place, name, "unique_id", "id", "ID", "problem_idx", "idx")
    topic = next((str(row[column]) for column in topics if row.get(column)), "")
    question, level = form.replace("{problem}", task.problem), str(task.level or "")
    # math-verify reads a gold answer as mathematics only where it is marked as such.
    marked = replace(task, answer=f"\\boxed{{{task.answer}}}")
    return Item(identity, question, task.answer, topic=topic, level=level, task=marked)


def solved(item: Item) -> str:
    """A worked example in Minerva's layout: the problem, the row's own solution, and its answer said once more."""
    assert item.task
    final = f"Final Answer: The final answer is ${item.gold}$. I hope it is correct."
    return "\n".join(part for part in (item.question, item.task.steps, final) if part)


def _chat(name: str, title: str, about: str, repeats: int) -> Benchmark:
    read = partial(math_item, name=name, form=CHAT, topics=SUBJECTS)
    return Benchmark(name, title, about, "chat", read, CHAT_SOURCE, settings=Settings(repeats=repeats))


def _aime(year: int) -> tuple[Benchmark, Benchmark]:
    """A year's AIME in a chat, and for base models, both with the report's 32 answers to each problem (3.5)."""
    about = f"The 30 problems of AIME {year}, I and II, whose answers are whole numbers from 0 to 999. {MAA}"
    name, title = f"aime{year % 100}", f"AIME {year}"
    read = partial(math_item, name=name, form=TEXT)
    text = Benchmark(f"{name}-text", title, about, "text", read, TEXT_SOURCE, settings=Settings(repeats=32, stop=NEXT))
    return _chat(name, title, about, 32), text


MATH_500 = _chat(
    "math-500",
    "MATH-500",
    "The 500 test problems of MATH that Let's Verify Step by Step (arXiv 2305.20050) measured with; openai/prm800k, MIT.",
    1,
)

MATH = Benchmark(
    "math",
    "MATH",
    "5,000 test problems of high-school competitions, with solutions that end in a box; hendrycks/math (arXiv 2103.03874), MIT.",
    "text",
    partial(math_item, name="math", form=TEXT, topics=SUBJECTS),
    f"{TEXT_SOURCE}; the shots are rows of a file of their own, such as MATH's training part, and not Minerva's four",
    shots=4,
    shown=solved,
    settings=Settings(max_tokens=1024, temperature=0.0, top_p=1.0, stop=NEXT),
)

AMC23 = _chat("amc23", "AMC 2023", f"40 problems of AMC 12 2023, A and B, with whole numbers as answers. {MAA}", 1)

BENCHMARKS = (MATH_500, MATH, *_aime(2024), *_aime(2025), AMC23)
