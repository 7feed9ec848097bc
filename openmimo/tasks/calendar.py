"""Days and hours: weekdays, dates, time spans and clock times, counted month by month and hour by hour."""

import random
import re

from openmimo.tasks.answers import either, same_number, same_words
from openmimo.tasks.correction import with_slip
from openmimo.tasks.task import Family, Phrasings, Task
from openmimo.tasks.wording import dress
from openmimo.tasks.written import quotient_lines, sum_lines

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

WEEKDAY = Phrasings(
    "calendar.weekday",
    (
        "Today is {w}. What day is it in {n} days?",
        "If today is {w}, what day of the week will it be in {n} days?",
        "It is {w}. Which weekday is {n} days later?",
        "What day comes {n} days after {w}?",
        "{w} plus {n} days is which day?",
        "What weekday is it {n} days after a {w}?",
        "Today is {w}. What weekday will it be {n} days from now?",
        "Which day of the week is {n} days after {w}?",
        "If it is {w} now, what day is it after {n} days?",
        "A trip starts on a {w} and lasts {n} days. On which weekday does it end?",
        "Count {n} days on from {w}. Which day is that?",
        "What day is {n} days from {w}?",
    ),
    (
        "My parcel was sent on {w} and takes {n} days. When does it arrive?",
        "Let {n} days pass after {w}: the weekday then?",
        "{n} days on from a {w}, what is the weekday?",
    ),
)
END = Phrasings(
    "calendar.end",
    (
        "A film starts at {t} and lasts {d}. When does it end?",
        "What time is it {d} after {t}?",
        "It is {t}. What time will it be in {d}?",
        "A train leaves at {t} and travels {d}. When does it arrive?",
        "{t} plus {d} is what time?",
        "Add {d} to {t}.",
        "A meeting begins at {t} and takes {d}. When is it over?",
        "If it is {t} now, what time is it {d} later?",
        "A cake goes into the oven at {t} for {d}. When is it done?",
        "What is the time {d} after {t}?",
        "A lesson starts at {t} and lasts {d}. At what time does it end?",
        "I leave at {t} and need {d}. When do I arrive?",
    ),
    (
        "The bus sets off at {t}; the ride is {d} long. Arrival?",
        "Starting the clock at {t}, after {d} it shows what?",
        "We meet at {t} and stay for {d}. Until when?",
    ),
)
SPAN = Phrasings(
    "calendar.span",
    (
        "How many minutes are there from {t} to {u}?",
        "How many minutes pass between {t} and {u}?",
        "A film runs from {t} to {u}. How many minutes is that?",
        "How long is it from {t} to {u} in minutes?",
        "Minutes from {t} to {u}?",
        "Find the number of minutes between {t} and {u}.",
        "A shift lasts from {t} to {u}. How many minutes?",
        "How many minutes is it from {t} until {u}?",
        "The time from {t} to {u} is how many minutes?",
        "Count the minutes from {t} to {u}.",
        "A train leaves at {t} and arrives at {u}. How many minutes does it travel?",
        "What is the difference between {t} and {u} in minutes?",
    ),
    (
        "I waited from {t} till {u}. How many minutes did I wait?",
        "Give the stretch {t} to {u} in minutes.",
        "School goes from {t} to {u}; that is how many minutes?",
    ),
)
LATER = Phrasings(
    "calendar.later",
    (
        "What date is {n} days after {d}?",
        "Which date comes {n} days after {d}?",
        "Today is {d}. What is the date in {n} days?",
        "Add {n} days to {d}.",
        "{d} plus {n} days is which date?",
        "If today is {d}, what date is it {n} days later?",
        "A course starts on {d} and ends {n} days later. On which date?",
        "It is {d}. What date will it be in {n} days?",
        "What is the date {n} days from {d}?",
        "Find the date {n} days after {d}.",
        "Count {n} days on from {d}. What date is that?",
        "A bill of {d} is due {n} days later. On which date?",
    ),
    ("Milk bought on {d} keeps {n} days. Until which date?", "Go {n} days on in the calendar from {d}.", "The date {n} days past {d}?"),
)
BETWEEN = Phrasings(
    "calendar.between",
    (
        "How many days are there from {d} to {e}?",
        "How many days is it from {d} to {e}?",
        "Days between {d} and {e}?",
        "How many days pass from {d} to {e}?",
        "Count the days from {d} to {e}.",
        "Find the number of days from {d} to {e}.",
        "It is {d}. How many days until {e}?",
        "How many days after {d} is {e}?",
        "From {d} to {e} it is how many days?",
        "Today is {d}. In how many days is it {e}?",
        "What is the number of days between {d} and {e}?",
        "A fair is on {e}. Today is {d}. How many days to go?",
    ),
    (
        "I leave on {d} and come home on {e}. How many days is that?",
        "{d} until {e}: how long in days?",
        "My birthday is on {e} and now it is {d}. Days to wait?",
    ),
)
CLOCK = Phrasings(
    "calendar.clock",
    (
        "Write {t} in 24-hour time.",
        "What is {t} in 24-hour time?",
        "Convert {t} to 24-hour format.",
        "{t} in 24-hour time",
        "Give {t} on a 24-hour clock.",
        "What does a 24-hour clock show at {t}?",
        "Turn {t} into 24-hour time.",
        "How is {t} written in 24-hour time?",
        "Express {t} in the 24-hour format.",
        "Change {t} to 24-hour time.",
        "{t} is what time on the 24-hour clock?",
        "What is {t} in the 24-hour system?",
    ),
    (
        "My watch counts to 24. What does it show at {t}?",
        "Show {t} the way train timetables do, with 24 hours.",
        "{t}, but as 24-hour time, please.",
    ),
)


def make(rng: random.Random, level: int, held_out: bool) -> Task:
    """One task of a kind of the level."""
    maker = rng.choice(
        {
            1: (_weekday, _end, _clock),
            2: (_weekday, _end, _span, _later),
            3: (_weekday, _end, _span, _later, _between),
            4: (_span, _end, _later, _between),
        }[level]
    )
    phrasings, parts, lines, answer = maker(rng, level)
    question, phrasing = phrasings.put(rng, held_out, **parts)
    return Task("calendar", level, dress(rng, question), "\n".join(with_slip(rng, lines)), answer, phrasing)


Made = tuple[Phrasings, dict[str, object], list[str], str]


def _weekday(rng: random.Random, level: int) -> Made:
    start, days = rng.randrange(7), rng.randint(1, (12, 60, 400)[level - 1])
    weeks, rest = divmod(days, 7)
    lines = [f"{days} = 7 * {weeks} + {rest}"] if days < 70 else [*quotient_lines(days, 7)]
    lines.append(f"So {rest} days after {DAYS[start]}.")
    lines.append(", ".join(DAYS[(start + step) % 7] for step in range(rest + 1)))
    return WEEKDAY, {"w": DAYS[start], "n": days}, lines, DAYS[(start + rest) % 7]


def _time(minutes: int) -> str:
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def _duration(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    parts = ([f"{hours} hour{'s' if hours > 1 else ''}"] if hours else []) + ([f"{rest} minute{'s' if rest > 1 else ''}"] if rest else [])
    return " and ".join(parts)


def _end(rng: random.Random, level: int) -> Made:
    start = rng.randint(6 * 60, (16, 20, 23, 24)[level - 1] * 60 - 1)
    if level == 1:
        start -= start % 5
    length = rng.randint(5, (90, 180, 300, 600)[level - 1])
    if level == 1:
        length = max(5, length - length % 5)
    hours, minutes = start // 60 + length // 60, start % 60 + length % 60
    lines = []
    if length // 60:
        lines.append(f"Hours: {start // 60} + {length // 60} = {hours}")
    if length % 60:
        lines.append(f"Minutes: {start % 60} + {length % 60} = {minutes}")
    if minutes >= 60:
        lines.append(f"{minutes} - 60 = {minutes - 60}, and one hour more: {hours} + 1 = {hours + 1}")
        hours, minutes = hours + 1, minutes - 60
    if hours >= 24:
        lines.append(f"{hours} - 24 = {hours - 24}")
    return END, {"t": _time(start), "d": _duration(length)}, [*lines, f"The time is {_time(start + length)}."], _time(start + length)


def _span(rng: random.Random, level: int) -> Made:
    start = rng.randint(6 * 60, 18 * 60)
    length = rng.randint(15, (60, 150, 300, 340)[level - 1])
    end = start + length
    lines, (hours, minutes) = [], (end // 60 - start // 60, end % 60 - start % 60)
    lines.append(f"Hours: {end // 60} - {start // 60} = {hours}")
    lines.append(f"{hours} * 60 = {hours * 60}")
    lines.append(f"Minutes: {end % 60} - {start % 60} = {minutes}")
    lines += sum_lines(hours * 60, minutes) if minutes >= 0 else [f"{hours * 60} - {-minutes} = {length}"]
    return SPAN, {"t": _time(start), "u": _time(end)}, lines, str(length)


def _date(month: int, day: int) -> str:
    return f"{day} {MONTHS[month]}"


def _later(rng: random.Random, level: int) -> Made:
    month, days = rng.randrange(9), rng.randint(2, (10, 25, 50, 75)[level - 1])
    day = rng.randint(1, LENGTHS[month])
    lines, at, where = [f"{day} + {days} = {day + days}"], day + days, month
    while at > LENGTHS[where]:
        lines.append(f"{MONTHS[where]} has {LENGTHS[where]} days: {at} - {LENGTHS[where]} = {at - LENGTHS[where]}")
        at, where = at - LENGTHS[where], where + 1
    return LATER, {"d": _shown(rng, month, day), "n": days}, [*lines, f"It is {_date(where, at)}."], _date(where, at)


def _shown(rng: random.Random, month: int, day: int) -> str:
    """A date of a common (not a leap) year, in one of two usual forms."""
    return _date(month, day) if rng.random() < 0.7 else f"{MONTHS[month]} {day}"


def _between(rng: random.Random, level: int) -> Made:
    month, apart = rng.randrange(9), rng.randint(0, level - 1)
    first, last = rng.randint(1, LENGTHS[month]), 0
    if apart == 0:
        first = rng.randint(1, LENGTHS[month] - 1)
        last = rng.randint(first + 1, LENGTHS[month])
        return (
            BETWEEN,
            {"d": _shown(rng, month, first), "e": _shown(rng, month, last)},
            [f"{last} - {first} = {last - first}"],
            str(last - first),
        )
    last = rng.randint(1, LENGTHS[month + apart])
    total = LENGTHS[month] - first
    lines = [f"Left in {MONTHS[month]}: {LENGTHS[month]} - {first} = {total}"]
    for between in range(month + 1, month + apart):
        lines += [f"{MONTHS[between]} has {LENGTHS[between]} days: {total} + {LENGTHS[between]} = {total + LENGTHS[between]}"]
        total += LENGTHS[between]
    lines.append(f"Days in {MONTHS[month + apart]}: {total} + {last} = {total + last}")
    return BETWEEN, {"d": _shown(rng, month, first), "e": _shown(rng, month + apart, last)}, lines, str(total + last)


def _clock(rng: random.Random, level: int) -> Made:
    hour, minute, half = rng.randint(1, 12), rng.randint(0, 59), rng.choice(("am", "pm"))
    if half == "am":
        value = 0 if hour == 12 else hour
        lines = ["12 am is hour 0." if hour == 12 else f"In the morning the hour stays {hour}."]
    else:
        value = 12 if hour == 12 else hour + 12
        lines = ["12 pm is hour 12." if hour == 12 else f"In the afternoon: {hour} + 12 = {value}"]
    return CLOCK, {"t": f"{hour}:{minute:02d} {half}"}, lines, f"{value:02d}:{minute:02d}"


def _clock_minutes(text: str) -> int | None:
    """A 24-hour time in minutes. No am or pm: what asks to convert one would be answered by repeating it."""
    found = re.fullmatch(r"(\d{1,2})[:.](\d{2})", text.strip().rstrip("."))
    return int(found[1]) * 60 + int(found[2]) if found and int(found[1]) < 24 and int(found[2]) < 60 else None


def _day_and_month(text: str) -> tuple[int, str] | None:
    words = re.sub(r"(\d)(?:st|nd|rd|th)\b", r"\1", text.lower().strip().rstrip(".").replace(" of ", " ").replace("the ", ""))
    found = re.fullmatch(r"(\d{1,2}) ([a-z]+)", words)
    if found:
        return int(found[1]), found[2]
    found = re.fullmatch(r"([a-z]+) (\d{1,2})", words)
    return (int(found[2]), found[1]) if found else None


def check(gold: str, answer: str) -> bool:
    """Clock times, dates, weekdays and numbers, each in any usual form."""
    for read in (_clock_minutes, _day_and_month):
        if read(gold) is not None:
            return read(gold) == read(answer)
    return either(same_number, same_words)(gold, answer)


FAMILY = Family(
    "calendar",
    "weekdays, dates (of a year that is no leap year), clock times and spans",
    (1, 2, 3, 4),
    make,
    check,
    (WEEKDAY, END, SPAN, LATER, BETWEEN, CLOCK),
)
