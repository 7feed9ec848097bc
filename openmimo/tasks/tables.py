"""Small tables, as Markdown or as plain text: look up, add, compare, count and price what stands in them.

What is asked is said first. Then each row that is needed is read out whole, every number
after the name of its column, so that the number to take is the one after the name asked
for; a sum, a count or the best so far is carried along from row to row. Read
`table_wording.py` for how the questions are put.
"""

import random
from dataclasses import dataclass

from openmimo.tasks.answers import same_number, same_words
from openmimo.tasks.comparison import told_apart
from openmimo.tasks.correction import with_slip
from openmimo.tasks.table_wording import COUNT, DIFFERENCE, LOOKUP, MOST, ORDER, SOME, SUM, TOTAL
from openmimo.tasks.task import Family, Phrasings, Task
from openmimo.tasks.wording import dress
from openmimo.tasks.written import difference_lines, product_lines, sum_lines

GOODS = ("tea", "rice", "milk", "bread", "soap", "salt", "honey", "cheese", "sugar", "butter", "flour", "juice")
THINGS = (
    ("item", GOODS, ("price", "stock", "weight", "demand")),
    ("name", ("Anna", "Ben", "Carla", "David", "Emma", "Felix", "Grace", "Hugo", "Ines", "Jonas"), ("score", "savings", "bonus", "record")),
    ("shop", ("bakery", "grocery", "bookshop", "pharmacy", "florist", "butcher", "bank"), ("rent", "profit", "area", "budget")),
    ("room", ("kitchen", "hall", "bedroom", "study", "bathroom", "attic", "cellar"), ("length", "width", "area", "volume")),
    ("city", ("Oldtown", "Newport", "Lakeside", "Greenhill", "Riverton", "Westfield"), ("area", "rainfall", "altitude", "budget")),
    ("book", ("atlas", "novel", "diary", "guide", "comic", "manual", "reader"), ("price", "length", "weight", "stock")),
)


@dataclass(frozen=True)
class Table:
    """Rows of numbers with a name each; `head` is the word for the rows, then the names of the columns."""

    head: tuple[str, ...]
    rows: dict[str, tuple[int, ...]]

    def column(self, name: str) -> dict[str, int]:
        """The numbers of a column by row."""
        return {row: numbers[self.head.index(name) - 1] for row, numbers in self.rows.items()}

    def read(self, row: str) -> str:
        """A row read out, each number behind the name of its column."""
        return f"{row}: " + ", ".join(f"{column} {number}" for column, number in zip(self.head[1:], self.rows[row], strict=True))

    def taken(self, row: str, name: str) -> str:
        """A row read out, and then what stands in one column."""
        return f"{self.read(row)}; {name} {self.column(name)[row]}"

    def held_against(self, row: str, name: str, other: int) -> str:
        """A row read out, and then what stands in one column beside another number, told apart from it."""
        return f"{self.read(row)}; {name} {told_apart(self.column(name)[row], other)}"


Made = tuple[Phrasings, Table, dict[str, object], list[str], str]


def make(rng: random.Random, level: int, held_out: bool) -> Task:
    """One task of a kind of the level; the table stands in the question."""
    maker = rng.choice(
        {
            1: (_lookup, _most, _sum, _difference),
            2: (_most, _sum, _difference, _count, _order),
            3: (_sum, _count, _some, _order, _total),
        }[level]
    )
    phrasings, table, parts, lines, answer = maker(rng, level)
    shown = _written(rng, table)
    question, phrasing = phrasings.put(rng, held_out, t=shown, **parts)
    # Nothing is put before or after a table.
    bare = question.startswith(shown) or question.endswith(shown)
    return Task("tables", level, question if bare else dress(rng, question), "\n".join(with_slip(rng, lines)), answer, phrasing)


def _written(rng: random.Random, table: Table) -> str:
    """The table as Markdown, with commas between, or in columns of plain text."""
    rows = [table.head, *((name, *map(str, numbers)) for name, numbers in table.rows.items())]
    style = rng.choice(("marked", "marked", "commas", "columns"))
    if style == "marked":
        lines = ["| " + " | ".join(row) + " |" for row in rows]
        return "\n".join([lines[0], "|" + " --- |" * len(table.head), *lines[1:]])
    if style == "commas":
        return "\n".join(", ".join(row) for row in rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)


def _drawn(rng: random.Random, level: int) -> Table:
    """A table in which no column holds a number twice."""
    key, names, columns = rng.choice(THINGS)
    head = rng.sample(columns, 2 if level < 3 else rng.randint(2, 3))
    rows = rng.sample(names, {1: rng.randint(2, 3), 2: rng.randint(3, 4), 3: 4}[level])
    most = (20, 99, 400)[level - 1]
    numbers = [rng.sample(range(1, most + 1), len(rows)) for _ in head]
    return Table((key, *head), {row: tuple(column[place] for column in numbers) for place, row in enumerate(rows)})


def _added(total: int, number: int) -> list[str]:
    """Lines that add a number to the total so far, if there is one yet."""
    return sum_lines(total, number) if total else []


def _lookup(rng: random.Random, level: int) -> Made:
    table = _drawn(rng, level)
    column, row = rng.choice(table.head[1:]), rng.choice(list(table.rows))
    lines = [f"Asked: {column} of {row}", table.taken(row, column)]
    return LOOKUP, table, {"c": column, "r": row}, lines, str(table.column(column)[row])


def _sum(rng: random.Random, level: int) -> Made:
    table = _drawn(rng, level)
    column = rng.choice(table.head[1:])
    lines, total = [f"Asked: {column}"], 0
    for row, number in table.column(column).items():
        lines += [table.taken(row, column), *_added(total, number)]
        total += number
    return SUM, table, {"c": column}, lines, str(total)


def _most(rng: random.Random, level: int) -> Made:
    table = _drawn(rng, level)
    column, way = rng.choice(table.head[1:]), rng.choice(("largest", "smallest"))
    numbers = table.column(column)
    lines, best = [f"Asked: {way} {column}"], ""
    for row, number in numbers.items():
        read = table.held_against(row, column, numbers[best]) if best else table.taken(row, column)
        if not best or (number > numbers[best]) == (way == "largest"):
            best = row
        lines.append(f"{read}; {way} {numbers[best]}: {best}")
    return MOST, table, {"k": table.head[0], "c": column, "w": way}, lines, best


def _difference(rng: random.Random, level: int) -> Made:
    table = _drawn(rng, level)
    column = rng.choice(table.head[1:])
    numbers = table.column(column)
    high, low = sorted(rng.sample(list(numbers), 2), key=lambda row: -numbers[row])
    lines = [f"Asked: {column} of {high} and {low}", table.taken(high, column), table.taken(low, column)]
    lines += difference_lines(numbers[high], numbers[low])
    return DIFFERENCE, table, {"c": column, "r": high, "s": low}, lines, str(numbers[high] - numbers[low])


def _limit(rng: random.Random, numbers: dict[str, int]) -> tuple[str, str, int, list[str]]:
    """A condition on a column, in words and as a sign, its limit, and the rows that meet it; never none and never all."""
    above, ordered = rng.random() < 0.5, sorted(numbers.values())
    place = rng.randrange(len(ordered) - 1)
    limit = rng.randint(ordered[place], ordered[place + 1])
    kept = [row for row, number in numbers.items() if (number > limit if above else number < limit)]
    if not kept or len(kept) == len(numbers):
        return _limit(rng, numbers)
    return ("more than" if above else "less than"), (">" if above else "<"), limit, kept


def _count(rng: random.Random, level: int) -> Made:
    table = _drawn(rng, level)
    column = rng.choice(table.head[1:])
    numbers = table.column(column)
    words, sign, limit, kept = _limit(rng, numbers)
    lines, count = [f"Asked: {column} {sign} {limit}"], 0
    for row in numbers:
        count += row in kept
        lines.append(f"{table.held_against(row, column, limit)}; {'yes' if row in kept else 'no'}, {count}")
    return COUNT, table, {"k": table.head[0], "c": column, "w": f"{words} {limit}"}, lines, str(count)


def _some(rng: random.Random, level: int) -> Made:
    """One column added over the rows that meet a condition on another."""
    table = _drawn(rng, level)
    asked, column = rng.sample(table.head[1:], 2)
    numbers, values = table.column(column), table.column(asked)
    words, sign, limit, kept = _limit(rng, numbers)
    lines, total = [f"Asked: {asked} if {column} {sign} {limit}"], 0
    for row, value in values.items():
        read = table.held_against(row, column, limit)
        if row in kept:
            lines += [f"{read}; yes, {asked} {value}", *_added(total, value)]
            total += value
        else:
            lines.append(f"{read}; no, {total}")
    parts: dict[str, object] = {"a": asked, "c": column, "w": f"{words} {limit}"}
    return SOME, table, parts, lines, str(total)


def _priced(rng: random.Random, level: int, other: str) -> Table:
    """A table of goods with prices small enough to be multiplied in short."""
    rows = rng.sample(GOODS, 3 if level == 2 else rng.randint(3, 4))
    prices, others = rng.sample(range(2, 10 if level == 2 else 25), len(rows)), rng.sample(range(2, 10), len(rows))
    return Table(("item", "price", other), {row: (price, number) for row, price, number in zip(rows, prices, others, strict=True)})


def _order(rng: random.Random, level: int) -> Made:
    """What some pieces of two goods cost."""
    table = _priced(rng, level, "stock")
    prices = table.column("price")
    bought = {row: rng.randint(2, 5 if level == 2 else 9) for row in rng.sample(list(prices), 2)}
    (one, m), (other, n) = bought.items()
    lines, total = [f"Asked: {m} {one} and {n} {other}"], 0
    for row, count in bought.items():
        lines += [f"{count} {table.taken(row, 'price')}", *_cost(prices[row], count, total)]
        total += prices[row] * count
    return ORDER, table, {"m": m, "r": one, "n": n, "s": other}, lines, str(total)


def _total(rng: random.Random, level: int) -> Made:
    """What all goods of a table cost, each as often as it says."""
    table = _priced(rng, level, "amount")
    lines, total = list[str](), 0
    for row, (price, amount) in table.rows.items():
        lines += [table.read(row), *_cost(price, amount, total)]
        total += price * amount
    return TOTAL, table, {}, lines, str(total)


def _cost(price: int, count: int, total: int) -> list[str]:
    """Price times count, added to the total so far."""
    return [*product_lines(price, count), *_added(total, price * count)]


def check(gold: str, answer: str) -> bool:
    """The same number, or the same name of a row."""
    return same_number(gold, answer) if gold.isdigit() else same_words(gold, answer)


FAMILY = Family(
    "tables",
    "reading, adding, comparing and pricing in small tables",
    (1, 2, 3),
    make,
    check,
    (LOOKUP, SUM, MOST, DIFFERENCE, COUNT, SOME, ORDER, TOTAL),
)
