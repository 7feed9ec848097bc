"""The calendar, held against the datetime library."""

import random
import re
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest

from openmimo.tasks.calendar import DAYS, FAMILY, LENGTHS, MONTHS
from openmimo.tasks.task import Task

YEAR = 2023  # no leap year, as the family says of itself
NAMES = "|".join(MONTHS)
DATE = re.compile(rf"(\d+) ({NAMES})|({NAMES}) (\d+)", re.IGNORECASE)


def dates(text: str) -> list[date]:
    found = [(match[2] or match[3], match[1] or match[4]) for match in DATE.finditer(text)]
    return [date(YEAR, MONTHS.index(month.title()) + 1, int(day)) for month, day in found]


def numbers(text: str) -> list[int]:
    """The whole numbers of a question that belong to no date and no clock time."""
    return [int(text) for text in re.findall(r"\d+", re.sub(r"\d+:\d+", "", DATE.sub("", text)))]


def clock(text: str) -> datetime:
    return datetime.combine(date(YEAR, 1, 1), datetime.strptime(text.strip(), "%H:%M").time())


def expected(task: Task) -> str:
    kind, problem = task.phrasing.split(".")[1], task.problem
    times = re.findall(r"\d+:\d+", problem)
    if kind == "weekday":
        start = next(number for number, day in enumerate(DAYS) if day.casefold() in problem.casefold())
        monday = date(2024, 1, 1)
        return (monday + timedelta(days=start + numbers(problem)[-1])).strftime("%A")
    if kind == "end":
        hours = re.search(r"(\d+) hour", problem, re.IGNORECASE)
        minutes = re.search(r"(\d+) minute", problem, re.IGNORECASE)
        lasts = timedelta(hours=int(hours[1]) if hours else 0, minutes=int(minutes[1]) if minutes else 0)
        return (clock(times[0]) + lasts).strftime("%H:%M")
    if kind == "span":
        return str((clock(times[1]) - clock(times[0])) // timedelta(minutes=1))
    if kind == "clock":
        shown = re.search(r"\d+:\d+ [ap]m", problem, re.IGNORECASE)
        assert shown, problem
        return datetime.strptime(shown[0], "%I:%M %p").strftime("%H:%M")
    if kind == "between":
        first, last = sorted(dates(problem))
        return str((last - first).days)
    (start_date,) = dates(problem)
    (days,) = numbers(problem)
    end = start_date + timedelta(days=days)
    return f"{end.day} {MONTHS[end.month - 1]}"


@pytest.mark.parametrize("level", FAMILY.levels)
@pytest.mark.parametrize("held_out", [False, True])
def test_the_datetime_library_agrees(level: int, held_out: bool) -> None:
    for seed in range(300):
        task = FAMILY.make(random.Random(f"{level}/{seed}"), level, held_out)
        assert task.answer == expected(task), task
        assert FAMILY.check(task.answer, task.answer.upper() + ".")


def test_month_lengths_are_those_of_a_common_year() -> None:
    firsts = [date(YEAR, month, 1) for month in range(1, 13)] + [date(YEAR + 1, 1, 1)]
    assert [(later - first).days for first, later in pairwise(firsts)] == list(LENGTHS)


@pytest.mark.parametrize(
    "gold, good",
    [
        ("14:25", "14.25"),
        ("14:25", " 14:25."),
        ("02:05", "2:05"),
        ("3 March", "March 3"),
        ("3 March", "the 3rd of March"),
        ("21 June", "June 21st."),
        ("Thursday", "thursday"),
        ("47", "47"),
    ],
)
def test_usual_forms_are_accepted(gold: str, good: str) -> None:
    assert FAMILY.check(gold, good)


@pytest.mark.parametrize(
    "gold, bad",
    [
        ("14:25", "2:25 pm"),  # that would be the question "Write 2:25 pm in 24-hour time." said back
        ("14:25", "14:26"),
        ("14:25", "2:25"),
        ("14:25", "2:25 am"),
        ("14:25", "14:75"),
        ("00:10", "24:10"),
        ("3 March", "3 April"),
        ("3 March", "4 March"),
        ("3 March", "3"),
        ("Thursday", "Friday"),
        ("Thursday", "Thursday or Friday"),
        ("47", "48"),
        ("47", ""),
    ],
)
def test_other_answers_are_not(gold: str, bad: str) -> None:
    assert not FAMILY.check(gold, bad)
