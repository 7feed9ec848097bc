"""TriviaQA and NaturalQuestions: what a model knows by heart, in a few words, with every accepted spelling given.

`scoring/words.py` compares. Read `bbh.py` next for words that have to be worked out.
"""

from openmimo.eval.benchmarks.columns import id_of, missing, text_of
from openmimo.eval.item import Benchmark, Item, Row, Settings
from openmimo.eval.scoring.words import alias_verdict, trivia_verdict
from openmimo.verify.judge.fields import BadField

SETTINGS = Settings(max_tokens=64, temperature=0.0, top_p=1.0, stop=("\n",))


def _item(row: Row, place: int, form: str) -> Item:
    question = text_of(row, "question").strip()
    asked = question if question.endswith("?") else f"{question}?"
    accepted = _accepted(row)
    identity = id_of(row, place, str(row.get("question_id") or ""))  # with its place, for TriviaQA asks some questions twice
    return Item(identity, form.format(asked), accepted[0], data={"aliases": accepted})


def _accepted(row: Row) -> tuple[str, ...]:
    """The accepted answers, the one to show first, without repeats: a list of them, or TriviaQA's object with a value and its aliases."""
    answer = row.get("answer")
    if answer is None:
        raise missing(row, "answer", "take a split whose answers are published, such as validation")
    if isinstance(answer, dict):
        lists = [answer.get(name) or [] for name in ("aliases", "normalized_aliases")]
        if not all(isinstance(one, list) for one in lists):
            raise BadField("answer.aliases", "must be a list of texts", "give each alias as a text of its own")
        found = [answer.get("value"), *lists[0], *lists[1]]
    else:
        found = answer if isinstance(answer, list) else [answer]
    accepted = tuple(dict.fromkeys(one.strip() for one in found if isinstance(one, str) and one.strip()))
    if not accepted:
        raise BadField("answer", "holds no text", 'give "answer" a list of texts, or an object with "value" and "aliases"')
    return accepted


def _answered(item: Item) -> str:
    return f"{item.question} {item.gold}"


TRIVIAQA = Benchmark(
    name="triviaqa",
    title="TriviaQA",
    about=(
        "Questions of trivia contests; rows: mandarjoshi/trivia_qa, rc.nocontext, its split validation "
        "(question, answer with value and aliases, question_id); its split train gives the shots; the hub states no licence."
    ),
    form="text",
    read=lambda row, place: _item(row, place, "Question: {}\nAnswer:"),
    prompt="lm-evaluation-harness: tasks/triviaqa, which sets a second question mark where ours leaves the one there is; only a new line stops",
    score=trivia_verdict,
    shots=5,
    shown=_answered,
    settings=SETTINGS,
)

NATURAL_QUESTIONS = Benchmark(
    name="naturalquestions",
    title="NaturalQuestions",
    about=(
        "Questions that people asked a search engine; rows: google-research-datasets/nq_open, its split validation "
        "(question, answer); its split train gives the shots; CC-BY-SA-3.0."
    ),
    form="text",
    read=lambda row, place: _item(row, place, "Q: {}\nA:"),
    prompt="lm-evaluation-harness: tasks/nq_open, with a blank line between the shots; only a new line stops",
    score=alias_verdict,
    shots=5,
    shown=_answered,
    intro=lambda item: "Answer these questions:",
    settings=SETTINGS,
)

BENCHMARKS = (TRIVIAQA, NATURAL_QUESTIONS)
