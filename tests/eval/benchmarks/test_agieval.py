"""AGIEval: English and Chinese questions with options, and the two tasks without."""

from pathlib import Path

import pytest

from openmimo.eval.benchmarks.agieval import AGIEVAL, AGIEVAL_CLOZE, CHINESE, CLOZE, ENGLISH
from openmimo.eval.benchmarks.catalog import read_items
from openmimo.verify.judge.fields import BadField

FIXTURES = Path(__file__).parent.parent / "fixtures"
ROW = {"task": "sat-math", "question": "Why?", "options": ["(A)1", "(B)2"], "label": "A"}


def test_the_wording_is_that_of_the_tasks_language() -> None:
    items = read_items(AGIEVAL, FIXTURES / "agieval.jsonl")
    assert items[0].question == "Q: If $3x=12$, what is $x$? Answer Choices: (A)3 (B)4 (C)6 (D)9\nA: Among A through D, the answer is"
    assert items[1].question.startswith("All who sing are merry. Ann sings.Q: Which must be true?")
    assert items[2].question == "问题：已知 $2x=6$，则 $x=$ 选项：(A)2 (B)3 (C)4 (D)6\n答案：从A到D, 我们应选择"
    assert [len(item.choices) for item in items] == [4, 5, 4]
    assert [bool(item.group) for item in items] == [False, True, False]


def test_all_its_files_are_covered_by_one_or_the_other() -> None:
    assert len({*ENGLISH, *CHINESE, *CLOZE}) == 21


def test_questions_of_the_other_kind_are_sent_to_their_benchmark() -> None:
    with pytest.raises(BadField, match="task: is 'math', which is none of") as caught:
        AGIEVAL.read({**ROW, "task": "math"}, 1)
    assert "agieval-cloze" in caught.value.fix
    with pytest.raises(BadField, match="task: is 'sat-math'"):
        AGIEVAL_CLOZE.read({**ROW, "answer": "3"}, 1)


def test_several_right_answers_are_refused() -> None:
    with pytest.raises(BadField, match="label: has several letters"):
        AGIEVAL.read({**ROW, "task": "gaokao-physics", "label": ["A", "B"]}, 1)


def test_cloze_answers_are_for_the_math_verifier() -> None:
    items = read_items(AGIEVAL_CLOZE, FIXTURES / "agieval-cloze.jsonl")
    assert [(item.id, item.topic, item.level, item.gold) for item in items] == [
        ("math/1", "math", "2", "25"),
        ("math/2", "math", "1", "\\frac{3}{8}"),
        ("gaokao-mathcloze/3", "gaokao-mathcloze", "", "$5$"),
    ]
    assert all(item.task for item in items)
    assert items[2].question == "问题：方程 $x+4=9$ 的解是 $x=$\n答案："
