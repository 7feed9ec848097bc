"""BIG-Bench Hard: 27 tasks that need steps, each with its own form of an answer.

Worked examples are rows of a file of shots, with the reasoning in a column `steps`; the
published ones are not shipped. `scoring/words.py` finds and compares the answer. Read `agieval.py`
next for another set of many tasks.
"""

from openmimo.eval.benchmarks.columns import id_of, missing, subject_of, text_of
from openmimo.eval.item import Benchmark, Item, Row, Settings
from openmimo.eval.scoring.words import bbh_verdict
from openmimo.verify.judge.fields import BadField

TASKS = (
    "boolean_expressions",
    "causal_judgement",
    "date_understanding",
    "disambiguation_qa",
    "dyck_languages",
    "formal_fallacies",
    "geometric_shapes",
    "hyperbaton",
    "logical_deduction_five_objects",
    "logical_deduction_seven_objects",
    "logical_deduction_three_objects",
    "movie_recommendation",
    "multistep_arithmetic_two",
    "navigate",
    "object_counting",
    "penguins_in_a_table",
    "reasoning_about_colored_objects",
    "ruin_names",
    "salient_translation_error_detection",
    "snarks",
    "sports_understanding",
    "temporal_sequences",
    "tracking_shuffled_objects_five_objects",
    "tracking_shuffled_objects_seven_objects",
    "tracking_shuffled_objects_three_objects",
    "web_of_lies",
    "word_sorting",
)


def _read(row: Row, place: int) -> Item:
    task = subject_of(row, "task", "subject")
    fix = 'give "task", such as navigate, or a folder with one file for each task, named after it'
    if not task:
        raise missing(row, "task", fix)
    if task not in TASKS:
        raise BadField("task", f"is {task!r}, which is none of the 27", fix)
    question, target = text_of(row, "input", "question").strip(), text_of(row, "target", "answer").strip()
    steps = str(row.get("steps") or "").strip()
    return Item(id_of(row, place, task, "id"), f"Q: {question}\nA: Let's think step by step.", target, topic=task, data={"steps": steps})


def _worked(item: Item) -> str:
    """The question with its steps, if its row has some, and the answer in the words that are looked for."""
    return f"{item.question}\n" + " ".join(part for part in (item.data["steps"], f"So the answer is {item.gold}.") if part)


BBH = Benchmark(
    name="bbh",
    title="BBH",
    about=(
        "27 hard tasks of logic, counting, language and sense; rows: lukaemon/bbh (input, target), one file for each task or a column task; "
        "shots of the same task, with steps; MIT licence (suzgunmirac/BIG-Bench-Hard)."
    ),
    form="text",
    read=_read,
    prompt="the layout of suzgunmirac/BIG-Bench-Hard's cot-prompts, without a description of the task; the worked examples are the user's",
    score=bbh_verdict,
    shots=3,
    shown=_worked,
    settings=Settings(max_tokens=1024, temperature=0.0, top_p=1.0, stop=("\n\n", "Q:")),
)

BENCHMARKS = (BBH,)
