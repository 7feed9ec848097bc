"""A breakdown has every question in one part, in an order that a reader expects."""

from openmimo.eval.measured import Part, breakdown
from openmimo.eval.statistics import Scored, wilson


def test_parts_come_in_their_natural_order_with_their_own_interval() -> None:
    named = [
        ("10", Scored("a", (1,))),
        ("2", Scored("b", (0,))),
        ("10", Scored("c", (0,))),
        ("1", Scored("d", (1,))),
        ("", Scored("e", (1,))),
    ]
    parts = breakdown(named)
    assert [(part.name, part.mean, part.questions) for part in parts] == [("", 1, 1), ("1", 1, 1), ("2", 0, 1), ("10", 0.5, 2)]
    assert parts[3] == Part("10", 0.5, wilson(0.5, 2), 2)
    words = breakdown([("number theory", Scored("a", (1,))), ("Algebra", Scored("b", (1,))), ("algebra 2", Scored("c", (1,)))])
    assert [part.name for part in words] == ["Algebra", "algebra 2", "number theory"]


def test_one_part_is_no_breakdown() -> None:
    assert breakdown([("1", Scored("a", (1,))), ("1", Scored("b", (0,)))]) == ()
    assert breakdown([]) == ()
