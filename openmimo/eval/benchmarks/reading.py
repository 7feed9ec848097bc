"""RACE-High and DROP: questions about a passage. Questions of one passage are not independent: `group` names it.

DROP's right answers are lists of spans, several lists where people answered differently;
`scoring/words.py` compares with them. Read `trivia.py` next for questions without a passage.
"""

from typing import Any

from openmimo.eval.benchmarks.choice import LIKELIHOOD, choice_verdict, with_choice
from openmimo.eval.benchmarks.columns import digest, id_of, missing, options_of, place_of, text_of
from openmimo.eval.item import Benchmark, Item, Row, Settings
from openmimo.eval.scoring.words import drop_verdict
from openmimo.verify.judge.fields import BadField, mapping

_DROP = (
    "Questions that need counting, sorting or sums over a paragraph, by F1; rows: EleutherAI/drop, its split validation "
    "(passage, question, answer, validated_answers, query_id); its split train gives the shots; CC-BY-4.0."
)

_TASK = "# Your Task\n\n"
_STEPS = '\n\nThink step by step, then write a line of the form "Answer: $ANSWER" at the end of your response.'


def _race(row: Row, place: int) -> Item:
    article, question = text_of(row, "article", "passage"), text_of(row, "question")
    options = options_of(row)
    group = str(row.get("example_id") or digest(article))
    return Item(
        id_of(row, place, group),
        f"Article: {article}\n\nQuestion: {question}\nAnswer:",
        str(place_of(row, len(options))),
        tuple(f" {option}" for option in options),
        group=group,
    )


def _drop(row: Row, place: int, form: str) -> Item:
    passage, question = text_of(row, "passage"), text_of(row, "question")
    found = _answers(row)
    level, first = found[0]
    return Item(
        id_of(row, place, str(row.get("query_id") or "")),  # with its place, for the published file has one id twice
        form.format(passage=passage, question=question),
        ", ".join(first),
        level=level,
        group=digest(passage),
        data={"answers": tuple(dict.fromkeys(spans for _, spans in found))},
    )


def _answers(row: Row) -> list[tuple[str, tuple[str, ...]]]:
    """The answers that are right, with their kinds: the first one and those of the people who checked it; each is one span or several."""
    answer, others = row.get("answer"), row.get("validated_answers") or []
    if answer is None:
        raise missing(row, "answer", 'give "answer" as {"number": ..., "date": {...}, "spans": [...]}, as EleutherAI/drop has it')
    if isinstance(others, dict):  # a table holds one list for each field
        columns = {name: values for name, values in others.items() if isinstance(values, list)}
        count = max(map(len, columns.values()), default=0)
        others = [{name: values[one] for name, values in columns.items() if one < len(values)} for one in range(count)]
    if not isinstance(others, list):
        raise BadField(
            "validated_answers", "must be a list of answers, or an object of lists", "leave it out, or give it as EleutherAI/drop has it"
        )
    named = [("answer", answer), *((f"validated_answers[{place}]", one) for place, one in enumerate(others))]
    found = [(kind, spans) for at, one in named for kind, spans in [_spans(mapping(one, at), at)] if spans]
    if not found:
        raise BadField("answer", "has neither number nor date nor spans", "leave the row out, or take a split whose answers are published")
    return found


def _spans(answer: dict[str, Any], at: str) -> tuple[str, tuple[str, ...]]:
    """The kind of an answer and its spans, none where there is nothing; a number goes before spans, and they before a date."""
    number, spans, date = answer.get("number"), answer.get("spans") or [], mapping(answer.get("date") or {}, f"{at}.date")
    if number is not None and str(number).strip():
        return "number", (str(number).strip(),)
    if not isinstance(spans, list):
        raise BadField(f"{at}.spans", "must be a list of texts", "give each span as a text of its own")
    if kept := tuple(str(span).strip() for span in spans if str(span).strip()):
        return "spans" if len(kept) > 1 else "span", kept
    written = " ".join(str(date[part]) for part in ("day", "month", "year") if date.get(part))
    return "date", (written,) if written else ()


def _answered(item: Item) -> str:
    """A worked example for a chat: without its task's instruction, and with the answer."""
    return f"{item.question.removeprefix(_TASK).removesuffix(_STEPS)}\nAnswer: {item.gold}"


RACE_HIGH = Benchmark(
    name="race-high",
    title="RACE-High",
    about=(
        "Questions from English examinations of Chinese high schools, with four options; rows: ehovy/race, high, one row a question "
        "(article, question, options, answer, example_id); its split train gives the shots; for research that is not commercial."
    ),
    form="likelihood",
    read=_race,
    prompt="ours: that of lm-evaluation-harness's tasks/race, which asks only the last question of a passage and shows the others answered",
    score=choice_verdict,
    shots=5,
    shown=with_choice,
    per_character=True,
    settings=LIKELIHOOD,
)

DROP = Benchmark(
    name="drop",
    title="DROP",
    about=_DROP,
    form="chat",
    read=lambda row, place: _drop(row, place, f"{_TASK}---\nPassage: {{passage}}\nQuestion: {{question}}{_STEPS}"),
    prompt="openai/simple-evals: drop_eval.py, with the first rows of the file of shots for examples",
    score=drop_verdict,
    shots=3,
    shown=_answered,
    intro=lambda item: (
        "You will be asked to read a passage and answer a question. Some examples of passages and Q&A are provided below.\n\n# Examples"
    ),
    metric="f1",
    settings=Settings(max_tokens=8192),
)

DROP_TEXT = Benchmark(
    name="drop-text",
    title="DROP",
    about=_DROP,
    form="text",
    read=lambda row, place: _drop(row, place, "Passage: {passage}\nQuestion: {question}\nAnswer:"),
    prompt="that of the examples in openai/simple-evals: drop_eval.py",
    score=drop_verdict,
    shots=3,
    shown=lambda item: f"{item.question} {item.gold}",
    metric="f1",
    settings=Settings(max_tokens=64, temperature=0.0, top_p=1.0, stop=("\n",)),
)

BENCHMARKS = (RACE_HIGH, DROP, DROP_TEXT)
