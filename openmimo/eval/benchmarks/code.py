"""Programs for short tasks: HumanEval and MBPP for base models and in a chat, and LeetCode's problems in a chat.

Every item has a task whose tests `verify/judge` runs. A base model's continuation becomes a whole
program here, before it is checked. Knows no model and no files. Read `evalplus.py` next for
HumanEval+ and MBPP+, whose tests are stricter, and `livecodebench.py` for contests.
"""

from functools import partial
from typing import Literal

from openmimo.eval.benchmarks.columns import text_of
from openmimo.eval.item import Benchmark, Item, Row, Settings
from openmimo.tasks.from_file import fenced, task_of
from openmimo.verify.judge.fields import items
from openmimo.verify.problems import read_row

Asked = Literal["chat", "text"]

CHAT = "Please provide a self-contained Python script that solves the following problem in a markdown code block:\n```\n{prompt}\n```\n"
CHAT_SOURCE = "EvalPlus's sentence for chats (evalplus/codegen.py)"
GREEDY = Settings(max_tokens=768, temperature=0.0, top_p=1.0)
# Where a function is over, as Codex was cut (arXiv 2107.03374, section 3.1).
FUNCTION_ENDS = ("\nclass", "\ndef", "\n#", "\nif", "\nprint")
MBPP_TEXT = "You are an expert Python programmer, and here is your task: {text} Your code should pass these tests:\n\n{tests}\n[BEGIN]\n"
MBPP_PARTS = ((10, "few-shot"), (510, "test"), (600, "validation"), (974, "train"))


def humaneval_item(row: Row, place: int, asked: Asked) -> Item:
    """The item of a row of HumanEval: a function's head, to be gone on with; BadField names a column that is missing."""
    prompt, _, _ = (text_of(row, column) for column in ("prompt", "entry_point", "test"))
    read = read_row(dict(row), place, "humaneval", "code")
    question = prompt if asked == "text" else CHAT.format(prompt=prompt.strip())
    return Item(
        read.problem.id, question, read.golden or "", task=task_of("humaneval", read), data={"prompt": prompt, "golden": read.golden}
    )


def mbpp_item(row: Row, place: int, asked: Asked) -> Item:
    """The item of a row of MBPP, full or sanitized, whose topic is its part; BadField names a column that is missing."""
    text, golden = text_of(row, "text", "prompt"), _lines(text_of(row, "code"))
    tests = [str(test) for test in items(row, "test_list")]
    read = read_row(dict(row), place, "mbpp", "code")
    number = row.get("task_id")
    part = next((part for last, part in MBPP_PARTS if isinstance(number, int) and number <= last), "")
    question = MBPP_TEXT.format(text=text, tests="\n".join(tests))
    if asked == "chat":
        question = CHAT.format(prompt=f'"""\n{text}\n{tests[0]}\n"""')
    return Item(read.problem.id, question, golden, topic=part, task=task_of("mbpp", read))


def leetcode_item(row: Row, place: int) -> Item:
    """The item of a row of LeetCodeDataset, asked as its `query` asks; BadField names a column that is missing."""
    query, _, _ = (text_of(row, column) for column in ("query", "entry_point", "test"))
    read = read_row(dict(row), place, "leetcode", "code")
    meta = row.get("meta")
    level = row.get("difficulty") or (meta.get("difficulty") if isinstance(meta, dict) else None) or ""
    return Item(read.problem.id, query, read.golden or "", level=str(level).lower(), task=task_of("leetcode", read))


def gone_on(item: Item, answer: str) -> str:
    """The whole program of a continuation: what was asked, and what was said right after it."""
    return fenced(f"{item.data['prompt']}{answer}")


def written(item: Item) -> str:
    """A worked example: the golden program, which begins with what would be asked."""
    return _lines(str(item.data["golden"]))


def _between_marks(_: Item, answer: str) -> str:
    return fenced(answer.partition("[DONE]")[0])


def _marked(item: Item) -> str:
    return f"{item.question}{item.gold}\n[DONE]"


def _lines(text: str) -> str:
    """A text whose lines end as Python's do, and the last one not at all; MBPP's end in a carriage return."""
    return text.replace("\r\n", "\n").rstrip()


HUMANEVAL_ABOUT = "164 functions to be written from their docstrings; openai/human-eval (arXiv 2107.03374), MIT."
MBPP_ABOUT = (
    "974 short tasks with three asserts, of which 11 to 510 are the test part (the topic says); google-research mbpp "
    "(arXiv 2108.07732), CC-BY-4.0."
)

BENCHMARKS = (
    Benchmark(
        "humaneval",
        "HumanEval",
        HUMANEVAL_ABOUT,
        "text",
        partial(humaneval_item, asked="text"),
        "the row's own prompt, after a worked example of the same kind",
        extract=gone_on,
        shots=1,
        shown=written,
        settings=Settings(GREEDY.max_tokens, 0.0, 1.0, stop=FUNCTION_ENDS),
    ),
    Benchmark("humaneval-chat", "HumanEval", HUMANEVAL_ABOUT, "chat", partial(humaneval_item, asked="chat"), CHAT_SOURCE),
    Benchmark(
        "mbpp",
        "MBPP",
        MBPP_ABOUT,
        "text",
        partial(mbpp_item, asked="text"),
        "MBPP's paper (arXiv 2108.07732, section 3.2), whose three examples are tasks 2, 3 and 4",
        extract=_between_marks,
        shots=3,
        shown=_marked,
        settings=Settings(GREEDY.max_tokens, 0.0, 1.0, stop=("[DONE]",)),
    ),
    Benchmark(
        "mbpp-chat",
        "MBPP",
        MBPP_ABOUT,
        "chat",
        partial(mbpp_item, asked="chat"),
        f"{CHAT_SOURCE}, with a docstring as MBPP+ has it: the text and the first assert",
    ),
    Benchmark(
        "leetcode",
        "LeetCode",
        "Problems of LeetCode with tests; newfacade/LeetCodeDataset (arXiv 2504.14655), Apache-2.0, but the statements are LeetCode's: never ship them.",
        "chat",
        leetcode_item,
        "the row's own `query`",
    ),
)
