"""C-Eval and CMMLU, which differ in the spelling of their columns."""

from pathlib import Path

from openmimo.eval.benchmarks.catalog import read_items
from openmimo.eval.benchmarks.chinese import CEVAL, CMMLU
from openmimo.eval.item import with_shots

FIXTURES = Path(__file__).parent.parent / "fixtures"


def test_ceval_is_asked_in_chinese() -> None:
    items = read_items(CEVAL, FIXTURES / "c-eval.jsonl")
    assert [item.id for item in items] == ["logic/1", "logic/2", "high_school_mathematics/3"]
    assert with_shots(CEVAL, items[2], [items[1]]) == (
        "以下是中国考试的单项选择题，请选出其中的正确答案。\n\n"
        "“下雨则地湿。地不湿。”由此可知____\nA. 下雨了\nB. 没有下雨\nC. 地湿\nD. 不能确定\n答案： B\n\n"
        "方程 $2x=10$ 的解是____\nA. 3\nB. 4\nC. 5\nD. 6\n答案："
    )


def test_cmmlu_is_read_with_its_capital_letters() -> None:
    items = read_items(CMMLU, FIXTURES / "cmmlu.jsonl")
    assert [(item.topic, item.gold) for item in items] == [("astronomy", "1"), ("astronomy", "0"), ("chinese_food_culture", "3")]
    assert items[0].question == "地球绕什么转？\nA. 月亮\nB. 太阳\nC. 火星\nD. 木星\n答案："
