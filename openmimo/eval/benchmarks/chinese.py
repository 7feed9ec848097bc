"""C-Eval and CMMLU: what MMLU asks, in Chinese and of China. Read `mmlu.py` first."""

from openmimo.eval.benchmarks.choice import LIKELIHOOD, choice_verdict, lettered, letters, with_choice
from openmimo.eval.benchmarks.columns import QUESTION, id_of, options_of, place_of, subject_of, text_of
from openmimo.eval.item import Benchmark, Item, Row


def _read(row: Row, place: int) -> Item:
    options, topic = options_of(row), subject_of(row)
    return Item(
        id_of(row, place, topic),
        f"{text_of(row, *QUESTION).strip()}\n{lettered(options)}\n答案：",
        str(place_of(row, len(options))),
        letters(len(options)),
        topic,
    )


CEVAL = Benchmark(
    name="c-eval",
    title="C-Eval",
    about=(
        "Questions from 52 Chinese subjects with four options; rows: ceval/ceval-exam, its split val, for the answers of test are hidden "
        "(question, A, B, C, D, answer), one file for each subject; its split dev gives the shots; CC-BY-NC-SA-4.0."
    ),
    form="likelihood",
    read=_read,
    prompt="lm-evaluation-harness: tasks/ceval, but for the subject's name in the first line",
    score=choice_verdict,
    shots=5,
    shown=with_choice,
    intro=lambda item: "以下是中国考试的单项选择题，请选出其中的正确答案。",
    settings=LIKELIHOOD,
)

CMMLU = Benchmark(
    name="cmmlu",
    title="CMMLU",
    about=(
        "Questions from 67 subjects of Chinese life and schools with four options; rows: haonan-li/cmmlu "
        "(Question, A, B, C, D, Answer), one file for each subject; its split dev gives the shots; CC-BY-NC-4.0."
    ),
    form="likelihood",
    read=_read,
    prompt="lm-evaluation-harness: tasks/cmmlu, but for the subject's name in the first line",
    score=choice_verdict,
    shots=5,
    shown=with_choice,
    intro=lambda item: "以下是单项选择题，请直接给出正确答案的选项。",
    settings=LIKELIHOOD,
)

BENCHMARKS = (CEVAL, CMMLU)
