"""ARC, HellaSwag, PIQA and WinoGrande: everyday sense, by which of several texts is the likeliest to go on with.

All follow lm-evaluation-harness, so that its scores can be compared; where ours differs, `prompt` says so.
"""

import re
from typing import Any

from openmimo.eval.benchmarks.choice import LIKELIHOOD, choice_verdict, with_choice
from openmimo.eval.benchmarks.columns import id_of, missing, options_of, place_of, text_of
from openmimo.eval.item import Benchmark, Item, Row
from openmimo.verify.judge.fields import BadField

_BRACKETS = re.compile(r"\[.*?\]")  # HellaSwag's half from WikiHow keeps marks of its pages, such as [header] and [step]


def _arc(row: Row, place: int) -> Item:
    """A row of the hub or of the original file, where the question is an object with a stem and choices."""
    question: Any = row.get("question")
    given: Any = row.get("choices")
    if isinstance(question, dict):
        question, given = question.get("stem"), question.get("choices")
    if isinstance(given, list) and all(isinstance(one, dict) for one in given):
        given = {name: [one.get(name) for one in given] for name in ("text", "label")}
    if not isinstance(given, dict):
        raise missing(row, "choices", 'give "choices" as {"text": [...], "label": [...]}')
    options = options_of(given, "text")
    labels = given.get("label")
    key = row.get("answerKey")
    if not isinstance(labels, list) or len(labels) != len(options):
        raise BadField("choices.label", f"must be a list of {len(options)} labels", "give each choice a label, such as A")
    if key not in labels:
        raise (
            missing(row, "answerKey", f"give one of {labels}") if key is None else BadField("answerKey", f"is {key!r}", f"one of {labels}")
        )
    asked = f"Question: {text_of({**row, 'question': question}, 'question')}\nAnswer:"
    return Item(id_of(row, place, "", "id"), asked, str(labels.index(key)), tuple(f" {option}" for option in options))


def _hellaswag(row: Row, place: int) -> Item:
    activity, first = text_of(row, "activity_label"), text_of(row, "ctx_a")
    second = row.get("ctx_b") or ""  # a story from a caption may have nothing there
    if not isinstance(second, str):
        raise BadField("ctx_b", f"must be text, not {second!r}", "give 'ctx_b' a text, which may be empty")
    endings = [_cleaned(ending) for ending in options_of(row, "endings")]
    if not all(ending.strip() for ending in endings):
        raise BadField("endings", "has one that is empty without its brackets", "leave the row out")
    return Item(
        str(place),
        _cleaned(f"{activity}: {first} {second.capitalize()}"),
        str(place_of(row, len(endings), "label")),
        tuple(f" {ending}" for ending in endings),
    )


def _cleaned(text: str) -> str:
    """A text without the marks of WikiHow's pages; a title's end becomes that of a sentence."""
    return _BRACKETS.sub("", text.strip().replace(" [title]", ". ")).replace("  ", " ")


def _piqa(row: Row, place: int) -> Item:
    goal, *solutions = (text_of(row, name) for name in ("goal", "sol1", "sol2"))
    return Item(
        id_of(row, place, "", "id"),
        f"Question: {goal}\nAnswer:",
        str(place_of(row, 2, "label")),
        tuple(f" {solution}" for solution in solutions),
    )


def _winogrande(row: Row, place: int) -> Item:
    """Each option in the blank is a context of its own; what is compared is the rest of the sentence, the same after both."""
    sentence = text_of(row, "sentence")
    before, blank, after = sentence.partition("_")
    if not blank or not after.strip():
        raise BadField("sentence", f"has no blank with something after it: {sentence[:40]!r}", "mark the blank as _")
    return Item(
        id_of(row, place, "", "qID"),
        before,
        str(place_of(row, 2, "answer", first=1)),
        (after.rstrip(), after.rstrip()),
        stems=(text_of(row, "option1"), text_of(row, "option2")),
    )


def _arc_benchmark(kind: str) -> Benchmark:
    return Benchmark(
        name=f"arc-{kind.lower()}",
        title=f"ARC-{kind}",
        about=(
            f"Questions of school science, the {kind.lower()} ones, with mostly four options; rows: allenai/ai2_arc, ARC-{kind} "
            "(question, choices, answerKey, id); its split train gives the shots; CC-BY-SA-4.0."
        ),
        form="likelihood",
        read=_arc,
        prompt="lm-evaluation-harness: tasks/arc",
        score=choice_verdict,
        shots=25,
        shown=with_choice,
        per_character=True,
        settings=LIKELIHOOD,
    )


ARC_EASY, ARC_CHALLENGE = _arc_benchmark("Easy"), _arc_benchmark("Challenge")

HELLASWAG = Benchmark(
    name="hellaswag",
    title="HellaSwag",
    about=(
        "Which of four endings a short story has; rows: Rowan/hellaswag, its split validation (ctx_a, ctx_b, endings, label, activity_label); "
        "its split train gives the shots; MIT licence."
    ),
    form="likelihood",
    read=_hellaswag,
    prompt="lm-evaluation-harness: tasks/hellaswag, with its clean-up of brackets",
    score=choice_verdict,
    shots=10,
    shown=with_choice,
    per_character=True,
    settings=LIKELIHOOD,
)

PIQA = Benchmark(
    name="piqa",
    title="PIQA",
    about="Which of two ways to do a thing works; rows: baber/piqa, its split validation (goal, sol1, sol2, label); AFL-3.0.",
    form="likelihood",
    read=_piqa,
    prompt="lm-evaluation-harness: tasks/piqa",
    score=choice_verdict,
    per_character=True,
    settings=LIKELIHOOD,
)

WINOGRANDE = Benchmark(
    name="winogrande",
    title="WinoGrande",
    about=(
        "Which of two names a blank stands for; rows: allenai/winogrande, winogrande_xl, its split validation "
        "(sentence, option1, option2, answer); its split train gives the shots; CC-BY."
    ),
    form="likelihood",
    read=_winogrande,
    prompt="lm-evaluation-harness: tasks/winogrande, by partial evaluation; no space is put where the sentence has none after its blank",
    score=choice_verdict,
    shots=5,
    shown=with_choice,
    settings=LIKELIHOOD,
)

BENCHMARKS = (ARC_EASY, ARC_CHALLENGE, HELLASWAG, PIQA, WINOGRANDE)
