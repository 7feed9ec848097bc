"""GPQA-Diamond and SuperGPQA: questions that need a graduate's knowledge, with a letter for the answer.

GPQA's right answer stands in a column of its own, so the options are shuffled here: in the same way
whenever a question is read, wherever it stands in its file. Read `ifeval.py` next for another chat.
"""

import random
from string import ascii_uppercase

from openmimo.eval.benchmarks.choice import LIKELIHOOD, SIMPLE_EVALS, asked, choice_verdict, lettered, letters, with_choice
from openmimo.eval.benchmarks.columns import QUESTION, id_of, options_of, place_of, text_of
from openmimo.eval.item import Benchmark, Item, Row, Settings
from openmimo.eval.scoring.letters import letter_verdict

_RIGHT = "Correct Answer"
_WRONG = ("Incorrect Answer 1", "Incorrect Answer 2", "Incorrect Answer 3")

_GPQA = (
    "198 questions of physics, chemistry and biology that experts answer and others cannot look up; rows: Idavidrein/gpqa, gpqa_diamond "
    "(Question, Correct Answer, Incorrect Answer 1 to 3, High-level domain, Record ID); CC-BY-4.0, behind a form that asks not to publish rows."
)
_SUPER = (
    "26,529 questions from 285 graduate disciplines with up to ten options; rows: m-a-p/SuperGPQA "
    "(question, options, answer_letter, discipline, field, subfield, difficulty, uuid); ODC-BY."
)


def _diamond(row: Row) -> tuple[str, tuple[str, ...], int]:
    """Question, options and the place of the right one."""
    question = text_of(row, "Question").strip()
    right, *wrong = (text_of(row, name).strip() for name in (_RIGHT, *_WRONG))
    order = list(range(4))
    random.Random(question).shuffle(order)  # seeded by its text, which no other question has
    options = [(right, *wrong)[place] for place in order]
    return question, tuple(options), order.index(0)


def _diamond_item(row: Row, place: int, question: str, gold: str, choices: tuple[str, ...]) -> Item:
    topic, level = (str(row.get(name) or "") for name in ("High-level domain", "Writer's Difficulty Estimate"))
    return Item(id_of(row, place, "", "Record ID"), question, gold, choices, topic, level)


def _diamond_chat(row: Row, place: int) -> Item:
    question, options, right = _diamond(row)
    return _diamond_item(row, place, asked(question, options), ascii_uppercase[right], options)


def _diamond_letter(row: Row, place: int) -> Item:
    question, options, right = _diamond(row)
    text = f"Question: {question}\nChoices:\n{lettered(options, '({letter}) {option}')}\nAnswer:"
    return _diamond_item(row, place, text, str(right), letters(4, " ({letter})"))


def _super(row: Row) -> tuple[str, tuple[str, ...], int]:
    options = options_of(row, "options", "choices")
    return text_of(row, *QUESTION).strip(), options, place_of(row, len(options), "answer_letter")


def _super_item(row: Row, place: int, question: str, gold: str, choices: tuple[str, ...]) -> Item:
    topic, level, field, subfield = (str(row.get(name) or "") for name in ("discipline", "difficulty", "field", "subfield"))
    return Item(id_of(row, place, "", "uuid"), question, gold, choices, topic, level, data={"field": field, "subfield": subfield})


def _super_chat(row: Row, place: int) -> Item:
    question, options, right = _super(row)
    return _super_item(row, place, asked(question, options), ascii_uppercase[right], options)


def _super_letter(row: Row, place: int) -> Item:
    question, options, right = _super(row)
    text = f"Question: {question}\n{lettered(options, '{letter}) {option}')}\nAnswer:"
    return _super_item(row, place, text, str(right), letters(len(options)))


GPQA_DIAMOND = Benchmark(
    name="gpqa-diamond",
    title="GPQA-Diamond",
    about=_GPQA,
    form="chat",
    read=_diamond_chat,
    prompt=SIMPLE_EVALS,
    score=letter_verdict,
    settings=Settings(repeats=8),
)

GPQA_DIAMOND_LIKELIHOOD = Benchmark(
    name="gpqa-diamond-likelihood",
    title="GPQA-Diamond",
    about=_GPQA,
    form="likelihood",
    read=_diamond_letter,
    prompt="lm-evaluation-harness: tasks/gpqa/n_shot",
    score=choice_verdict,
    shots=5,
    shown=with_choice,
    intro=lambda item: (
        "Here are some example questions from experts. Answer the final question yourself, "
        "following the format of the previous questions exactly."
    ),
    settings=LIKELIHOOD,
)

SUPERGPQA = Benchmark(
    name="supergpqa",
    title="SuperGPQA",
    about=_SUPER,
    form="chat",
    read=_super_chat,
    prompt=f"{SIMPLE_EVALS}; the paper's own (2502.14739) differs in a sentence",
    score=letter_verdict,
)

SUPERGPQA_LIKELIHOOD = Benchmark(
    name="supergpqa-likelihood",
    title="SuperGPQA",
    about=_SUPER,
    form="likelihood",
    read=_super_letter,
    prompt="ours: the options as in the paper (2502.14739), which has models write five worked solutions on",
    score=choice_verdict,
    shots=5,
    shown=with_choice,
    settings=LIKELIHOOD,
)

BENCHMARKS = (GPQA_DIAMOND, GPQA_DIAMOND_LIKELIHOOD, SUPERGPQA, SUPERGPQA_LIKELIHOOD)
