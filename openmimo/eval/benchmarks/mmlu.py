"""MMLU and its successors: questions of knowledge from 57 subjects, cleaned up (Redux) and made harder (Pro).

Base models are measured by the likelihood of the letters, or for Pro by what follows five worked
solutions; models that talk are asked for a letter. Read `chinese.py` next for the same in Chinese.
"""

from string import ascii_uppercase

from openmimo.eval.benchmarks.choice import LIKELIHOOD, SIMPLE_EVALS, asked, choice_verdict, lettered, letters, with_choice
from openmimo.eval.benchmarks.columns import QUESTION, id_of, missing, options_of, place_of, subject_of, text_of
from openmimo.eval.item import Benchmark, Item, Row, Settings
from openmimo.eval.scoring.letters import letter_verdict

_MMLU = (
    "Questions from 57 subjects with four options; rows: cais/mmlu (question, choices, answer, subject), "
    "or one file for each subject; its split dev gives the shots; MIT licence."
)
_REDUX = (
    "5,700 questions of MMLU looked through by hand, of which those marked error_type ok are kept; rows: edinburgh-dawg/mmlu-redux-2.0 "
    "(question, choices, answer, error_type), one file for each subject; MMLU's split dev gives the shots; CC-BY-4.0."
)
_PRO = (
    "12,032 questions from 14 fields with up to ten options; rows: TIGER-Lab/MMLU-Pro (question, options, answer, category, cot_content), "
    "its split validation gives the shots; MIT licence."
)


def _intro(item: Item) -> str:
    about = f" about {item.topic.replace('_', ' ')}" if item.topic else ""
    return f"The following are multiple choice questions (with answers){about}."


def _letter(row: Row, place: int) -> Item:
    """The form for base models: the four letters are compared."""
    question, options, topic = text_of(row, *QUESTION).strip(), options_of(row), subject_of(row)
    return Item(
        id_of(row, place, topic),
        f"{question}\n{lettered(options)}\nAnswer:",
        str(place_of(row, len(options))),
        letters(len(options)),
        topic,
    )


def _chat(row: Row, place: int) -> Item:
    """The form for models that talk: a letter is asked for."""
    question, options, topic = text_of(row, *QUESTION).strip(), options_of(row), subject_of(row)
    letter = ascii_uppercase[place_of(row, len(options))]
    return Item(id_of(row, place, topic, "question_id"), asked(question, options), letter, options, topic)


def _sound(row: Row) -> bool:
    """Whether those who looked MMLU through found nothing wrong with a question."""
    if row.get("error_type") is None:
        raise missing(row, "error_type", "give 'error_type', which is ok of a sound question, or measure mmlu")
    return row["error_type"] == "ok"


def _steps(row: Row, place: int) -> Item:
    """The form of Pro for base models: they go on from worked solutions, which the split validation has."""
    question, options, topic = text_of(row, *QUESTION).strip(), options_of(row), subject_of(row)
    steps = str(row.get("cot_content") or "").removeprefix("A: Let's think step by step.").strip()
    return Item(
        id_of(row, place, topic, "question_id"),
        f"Question:\n{question}\nOptions:\n{lettered(options)}\nAnswer: Let's think step by step.",
        ascii_uppercase[place_of(row, len(options))],
        options,
        topic,
        data={"steps": steps},
    )


def _worked(item: Item) -> str:
    steps = item.data["steps"] or f"The answer is ({item.gold})."
    return f"{item.question} {steps}"


MMLU = Benchmark(
    name="mmlu",
    title="MMLU",
    about=_MMLU,
    form="likelihood",
    read=_letter,
    prompt="lm-evaluation-harness: tasks/mmlu/default, after hendrycks/test",
    score=choice_verdict,
    shots=5,
    shown=with_choice,
    intro=_intro,
    settings=LIKELIHOOD,
)

MMLU_REDUX = Benchmark(
    name="mmlu-redux",
    title="MMLU-Redux",
    about=_REDUX,
    form="likelihood",
    read=lambda row, place: _letter(row, place) if _sound(row) else None,
    prompt="that of mmlu",
    score=choice_verdict,
    shots=5,
    shown=with_choice,
    intro=_intro,
    settings=LIKELIHOOD,
)

MMLU_REDUX_CHAT = Benchmark(
    name="mmlu-redux-chat",
    title="MMLU-Redux",
    about=_REDUX,
    form="chat",
    read=lambda row, place: _chat(row, place) if _sound(row) else None,
    prompt=SIMPLE_EVALS,
    score=letter_verdict,
    settings=Settings(max_tokens=8192),
)

MMLU_PRO = Benchmark(
    name="mmlu-pro",
    title="MMLU-Pro",
    about=_PRO,
    form="chat",
    read=_chat,
    prompt=SIMPLE_EVALS,
    score=letter_verdict,
    settings=Settings(max_tokens=8192),
)

MMLU_PRO_TEXT = Benchmark(
    name="mmlu-pro-text",
    title="MMLU-Pro",
    about=_PRO,
    form="text",
    read=_steps,
    prompt="lm-evaluation-harness: tasks/mmlu_pro, after TIGER-AI-Lab/MMLU-Pro",
    score=letter_verdict,
    shots=5,
    shown=_worked,
    intro=lambda item: (
        f"The following are multiple choice questions (with answers) about {item.topic}. Think step by step and then finish your answer "
        'with "the answer is (X)" where X is the correct letter choice.'
    ),
    settings=Settings(max_tokens=2048, temperature=0.0, top_p=1.0, stop=("Question:",)),
)

BENCHMARKS = (MMLU, MMLU_REDUX, MMLU_REDUX_CHAT, MMLU_PRO, MMLU_PRO_TEXT)
