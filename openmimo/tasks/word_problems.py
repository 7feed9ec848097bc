"""Money and rate problems in words, over a graph of quantities in which each is found from earlier ones.

A story is a chain of quantities: the first are given, each later one is defined from one
or two earlier ones, and one is asked for. From level 3 on a quantity may be told that
nobody needs. The idea of such graphs is that of iGSM (arXiv 2407.20311); the writing is ours.
"""

import random
from dataclasses import dataclass

from openmimo.tasks.answers import same_number
from openmimo.tasks.correction import with_slip
from openmimo.tasks.task import Family, Phrasings, Task
from openmimo.tasks.wording import dress
from openmimo.tasks.written import difference_lines, product_lines, quotient_lines, sum_lines

PEOPLE = (
    "Anna",
    "Ben",
    "Carla",
    "David",
    "Emma",
    "Felix",
    "Grace",
    "Hugo",
    "Ida",
    "Jonas",
    "Kim",
    "Lena",
    "Max",
    "Nora",
    "Omar",
    "Paula",
    "Ravi",
    "Sara",
    "Tom",
    "Uma",
    "Vera",
    "Will",
    "Yusuf",
    "Zoe",
)
THINGS = (
    "apples",
    "books",
    "marbles",
    "stickers",
    "pencils",
    "coins",
    "cards",
    "shells",
    "stamps",
    "eggs",
    "balloons",
    "cookies",
    "stones",
    "flowers",
    "oranges",
    "beads",
)
GOODS = (
    "pen",
    "notebook",
    "cup",
    "shirt",
    "ball",
    "lamp",
    "ticket",
    "hat",
    "plate",
    "toy",
    "cake",
    "bag",
    "plant",
    "mug",
    "chair",
    "poster",
)

# Stories of one or two operations around numbers a, b, c; each kind says how its steps run.
STORIES: dict[str, Phrasings] = {
    "buy": Phrasings(
        "word_problems.buy",
        (
            "{p} buys {a} {g}s at {b} dollars each. How much does {p} pay?",
            "A {g} costs {b} dollars. How much do {a} {g}s cost?",
            "One {g} is {b} dollars. What do {a} of them cost?",
            "{p} needs {a} {g}s. Each costs {b} dollars. What is the total?",
            "If a {g} costs {b} dollars, what is the price of {a} {g}s?",
            "How much are {a} {g}s at {b} dollars apiece?",
            "{p} sells {a} {g}s for {b} dollars each. How much money is that?",
            "A shop sells {a} {g}s a day at {b} dollars each. How much does it take in a day?",
            "{a} {g}s were bought for {b} dollars each. What was the total cost?",
            "The price of a {g} is {b} dollars and {p} takes {a}. What is the bill?",
        ),
        (
            "What must {p} hand over for {a} {g}s if one costs {b} dollars?",
            "{p} orders {a} {g}s; the list says {b} dollars for one. The sum?",
            "At {b} dollars the piece, {a} {g}s come to how much?",
        ),
    ),
    "change": Phrasings(
        "word_problems.change",
        (
            "{p} buys {a} {g}s at {b} dollars each and pays with {c} dollars. How much change does {p} get?",
            "{p} has {c} dollars and buys {a} {g}s for {b} dollars each. How much money is left?",
            "A {g} costs {b} dollars. {p} buys {a} of them with {c} dollars. What is the change?",
            "{p} pays {c} dollars for {a} {g}s at {b} dollars each. How much does {p} get back?",
            "With {c} dollars {p} buys {a} {g}s that cost {b} dollars each. What remains?",
            "From {c} dollars {p} spends enough for {a} {g}s at {b} dollars each. How many dollars are left?",
            "{a} {g}s cost {b} dollars each. {p} gives {c} dollars. How much comes back?",
            "{p} had {c} dollars before buying {a} {g}s at {b} dollars apiece. How much does {p} have now?",
            "How much of {c} dollars is left after buying {a} {g}s for {b} dollars each?",
            "{p} takes {c} dollars to the shop and buys {a} {g}s for {b} dollars each. What is left over?",
        ),
        (
            "Out of a purse with {c} dollars {p} pays for {a} {g}s, {b} dollars for each. What stays in the purse?",
            "Handing over {c} dollars for {a} {g}s of {b} dollars, what does {p} receive?",
            "{p} can spend {c} dollars and takes {a} {g}s for {b} dollars each. The rest?",
        ),
    ),
    "wages": Phrasings(
        "word_problems.wages",
        (
            "{p} earns {b} dollars an hour and works {a} hours. How much does {p} earn?",
            "{p} works {a} hours for {b} dollars an hour. What is the pay?",
            "At {b} dollars per hour, how much does {p} make in {a} hours?",
            "{p} is paid {b} dollars per hour. How much is that for {a} hours?",
            "A job pays {b} dollars an hour. What do {a} hours pay?",
            "{p} worked {a} hours at {b} dollars an hour. How much money is that?",
            "How much does {p} get for {a} hours at {b} dollars per hour?",
            "{p} makes {b} dollars every hour. How much in {a} hours?",
            "If {p} earns {b} dollars each hour, what are the earnings after {a} hours?",
            "For {a} hours of work at {b} dollars an hour, what is {p} paid?",
        ),
        (
            "{p} helps in a garden for {a} hours; an hour brings {b} dollars. What does it bring in all?",
            "An hour of {p}'s time costs {b} dollars. The bill for {a} hours?",
            "{a} hours at a wage of {b}: what does {p} take home?",
        ),
    ),
    "distance": Phrasings(
        "word_problems.distance",
        (
            "A car drives at {b} km per hour for {a} hours. How far does it go?",
            "{p} rides {b} km per hour for {a} hours. How many km is that?",
            "How far does a train get in {a} hours at {b} km per hour?",
            "At a speed of {b} km/h, how far do you get in {a} hours?",
            "A bus travels {a} hours at {b} km/h. What distance is that?",
            "{p} drives for {a} hours at {b} km/h. How far is it?",
            "A ship sails {b} km every hour. How far does it sail in {a} hours?",
            "What distance does a bike cover in {a} hours at {b} km per hour?",
            "If a van goes {b} km per hour, how far does it go in {a} hours?",
            "A plane flies {b} km each hour. How many km does it fly in {a} hours?",
        ),
        (
            "{p} keeps a speed of {b} km/h during {a} hours. How long is the way?",
            "Going {b} km in every hour, where is a truck after {a} hours?",
            "{a} hours on the road with {b} km/h make how many km?",
        ),
    ),
    "time": Phrasings(
        "word_problems.time",
        (
            "A car drives {c} km at {a} km per hour. How many hours does it take?",
            "How long does it take to go {c} km at {a} km/h, in hours?",
            "{p} wants to ride {c} km at {a} km per hour. How many hours is that?",
            "At {a} km per hour, how many hours are needed for {c} km?",
            "A train covers {c} km at {a} km/h. How many hours does it travel?",
            "A pump fills {a} litres an hour. How many hours for {c} litres?",
            "{p} reads {a} pages a day. How many days does a book of {c} pages take?",
            "A machine makes {a} parts an hour. How many hours does it need for {c} parts?",
            "{p} saves {a} dollars a week. After how many weeks does {p} have {c} dollars?",
            "A tank of {c} litres is filled at {a} litres per minute. How many minutes does it take?",
        ),
        (
            "{c} km lie ahead and {p} makes {a} km each hour. How many hours to go?",
            "With {a} litres coming every minute, when are {c} litres in, in minutes?",
            "{p} writes {a} lines a day; {c} lines need how many days?",
        ),
    ),
    "share": Phrasings(
        "word_problems.share",
        (
            "{p} shares {c} {t} equally among {a} friends. How many does each get?",
            "{c} {t} are put into {a} boxes, the same number in each. How many are in a box?",
            "{a} children share {c} {t} equally. How many does each child get?",
            "{c} {t} are divided equally among {a} people. How many are there for each?",
            "{p} packs {c} {t} into {a} equal bags. How many {t} are in each bag?",
            "If {a} friends split {c} {t} evenly, how many does one get?",
            "There are {c} {t} for {a} tables, equally many on each. How many are on a table?",
            "{p} has {c} {t} and {a} jars and fills them evenly. How many go into one jar?",
            "How many {t} does each of {a} people get from {c}?",
            "{c} {t} are to be shared by {a} pupils. What is the share of one?",
        ),
        (
            "{p} deals out {c} {t} to {a} players until none is left. How many has each?",
            "Into {a} equal heaps go {c} {t}. How large is a heap?",
            "{a} baskets, {c} {t}, all baskets alike: how many in one?",
        ),
    ),
    "more": Phrasings(
        "word_problems.more",
        (
            "{p} has {a} {t} and {q} has {b} more. How many do they have together?",
            "{p} has {a} {t}. {q} has {b} more than {p}. How many {t} do both have?",
            "{q} has {b} more {t} than {p}, who has {a}. How many is that in all?",
            "There are {a} {t} in a red box and {b} more than that in a blue box. How many are there in both?",
            "{p} found {a} {t}; {q} found {b} more than {p}. How many did they find together?",
            "{p} picked {a} {t}, and {q} picked {b} more. How many {t} did they pick in total?",
            "On Monday {p} sold {a} {t}, on Tuesday {b} more. How many on both days?",
            "{p} owns {a} {t}. {q} owns {b} more. What is the total?",
            "One shelf holds {a} {t}, another {b} more. How many are on both shelves?",
            "{p} counted {a} {t} and {q} {b} more. How many did they count altogether?",
        ),
        (
            "{q} beats {p} by {b} {t}; {p} has {a}. What do the two own jointly?",
            "If {p} collects {a} {t} and {q} collects {b} more, how big is the collection of both?",
            "{p}: {a} {t}. {q}: {b} more. Both?",
        ),
    ),
    "twice": Phrasings(
        "word_problems.twice",
        (
            "{p} has {a} {t} and {q} has {b} times as many. How many do they have together?",
            "{p} has {a} {t}. {q} has {b} times as many. How many {t} do both have?",
            "{q} has {b} times as many {t} as {p}, who has {a}. How many is that in all?",
            "There are {a} {t} in a small bag and {b} times as many in a big one. How many are there in both bags?",
            "{p} found {a} {t}; {q} found {b} times as many. How many did they find together?",
            "{p} picked {a} {t}, and {q} picked {b} times as many. How many {t} is that in total?",
            "On Monday {p} sold {a} {t}, on Tuesday {b} times as many. How many on both days?",
            "{p} owns {a} {t}. {q} owns {b} times as many. What is the total?",
            "One shelf holds {a} {t}, another {b} times as many. How many are on both?",
            "{p} counted {a} {t} and {q} {b} times as many. How many did they count altogether?",
        ),
        (
            "What {p} has, {a} {t}, {q} has {b} times over. Together they have how many?",
            "If {p} collects {a} {t} and {q} collects {b} times that, how big is the whole collection?",
            "{p}: {a} {t}. {q}: {b} times as many. Both?",
        ),
    ),
    "lose": Phrasings(
        "word_problems.lose",
        (
            "{p} has {a} {t} and gives {b} to {q}. How many are left?",
            "{p} had {a} {t} and lost {b}. How many does {p} have now?",
            "There are {a} {t} in a basket and {p} takes {b} out. How many remain?",
            "Of {a} {t}, {b} are sold. How many are left?",
            "{p} has {a} {t}. {q} takes {b} of them. How many does {p} still have?",
            "{p} collected {a} {t} but {b} broke. How many are whole?",
            "{a} {t} are on the table and {b} are taken away. How many are still there?",
            "A shop had {a} {t} and sold {b}. How many does it have now?",
            "{p} used {b} of {a} {t}. How many are left over?",
            "From {a} {t} {p} gives away {b}. How many does {p} keep?",
        ),
        (
            "{b} of {p}'s {a} {t} go to {q}. What does {p} keep?",
            "{p} started with {a} {t}; then {b} rolled away. How many stayed?",
            "Take {b} {t} from the {a} that {p} owns: what stays?",
        ),
    ),
}
GRAPH = Phrasings(
    "word_problems.graph",
    (
        "{s} How many {t} does {w} have?",
        "{s} How many {t} has {w}?",
        "{s} How many {t} are {w}'s?",
        "{s} What is the number of {t} that {w} has?",
        "{s} How many {t} belong to {w}?",
        "{s} Find out how many {t} {w} has.",
        "{s} So how many {t} does {w} have?",
        "{s} How many {t} does {w} own?",
        "{s} Calculate how many {t} {w} has.",
        "{s} Tell me how many {t} {w} has.",
    ),
    ("{s} Count {w}'s {t}.", "{s} And {w}, how many {t} are in the hands of {w}?", "{s} What number of {t} can {w} call their own?"),
)
TOGETHER = Phrasings(
    "word_problems.together",
    (
        "{s} How many {t} do they have together?",
        "{s} How many {t} do they all have together?",
        "{s} How many {t} is that in total?",
        "{s} What is the total number of {t}?",
        "{s} How many {t} do they have in all?",
        "{s} Find the total number of {t}.",
        "{s} How many {t} are there altogether?",
        "{s} How many {t} is that for all of them?",
        "{s} Calculate how many {t} they have together.",
        "{s} What do they have together?",
    ),
    (
        "{s} They put all {t} on one heap. How many lie there?",
        "{s} Everybody's {t}, counted as one: how many?",
        "{s} What is the number of {t} of the whole group?",
    ),
)

KINDS = {
    1: ("buy", "wages", "distance", "time", "share", "lose"),
    2: ("change", "more", "twice", "graph", "graph"),
    3: ("graph",),
    4: ("graph",),
}


@dataclass(frozen=True)
class Quantity:
    """One quantity of a graph: who has it, the sentence that defines it, its value, and the steps that find it."""

    owner: str
    sentence: str
    value: int
    lines: tuple[str, ...]
    needs: tuple[int, ...]


def make(rng: random.Random, level: int, held_out: bool) -> Task:
    """One story; its solution takes as many operations as the level says."""
    kind = rng.choice(KINDS[level])
    if kind == "graph":
        return _graph(rng, level, held_out)
    p, q = rng.sample(PEOPLE, 2)
    numbers, lines, answer = _solve(rng, kind, level)
    question, phrasing = STORIES[kind].put(rng, held_out, p=p, q=q, g=rng.choice(GOODS), t=rng.choice(THINGS), **numbers)
    return Task("word_problems", level, dress(rng, question), "\n".join(with_slip(rng, lines)), str(answer), phrasing)


def _solve(rng: random.Random, kind: str, level: int) -> tuple[dict[str, int], list[str], int]:
    """Numbers for a story, its steps and its answer."""
    a, b = rng.randint(2, 12), rng.randint(2, 25)
    if kind in ("buy", "wages"):
        return {"a": a, "b": b}, product_lines(a, b), a * b
    if kind == "distance":
        b = rng.choice([rng.randint(4, 30), rng.randint(3, 12) * 10])
        return {"a": a, "b": b}, product_lines(a, b), a * b
    if kind == "change":
        a = rng.randint(2, 9)
        c = a * b + rng.randint(1, 60) if rng.random() < 0.6 else (a * b // 50 + 1) * 50
        return {"a": a, "b": b, "c": c}, [*product_lines(a, b), *difference_lines(c, a * b)], c - a * b
    if kind in ("time", "share"):
        each = rng.randint(2, 25)
        return {"a": a, "c": a * each}, quotient_lines(a * each, a), each
    if kind == "lose":
        b = rng.randint(2, 80)
        a = b + rng.randint(1, 90)
        return {"a": a, "b": b}, difference_lines(a, b), a - b
    a = rng.randint(3, 60)
    if kind == "more":
        b = rng.randint(2, 40)
        return {"a": a, "b": b}, [*sum_lines(a, b), *sum_lines(a, a + b)], 2 * a + b
    b = rng.randint(2, 5)
    return {"a": a, "b": b}, [*product_lines(a, b), *sum_lines(a, a * b)], a + a * b


def _graph(rng: random.Random, level: int, held_out: bool) -> Task:
    """A chain of quantities of several people, told in order, of which one or the sum is asked for."""
    thing = rng.choice(THINGS)
    people = rng.sample(PEOPLE, level + 2)
    # A sum of all adds one operation for every one that defines, so it takes an even number of them.
    together = level % 2 == 0 and rng.random() < 0.35
    depth = level // 2 if together else level
    chain = [_given(rng, people[0], thing)]
    for number in range(1, depth + 1):
        chain.append(_defined(rng, people[number], thing, chain))
    sentences = [quantity.sentence for quantity in chain]
    if together:
        answer, lines = chain[0].value, [line for quantity in chain for line in quantity.lines]
        for quantity in chain[1:]:
            lines += sum_lines(answer, quantity.value)
            answer += quantity.value
    else:
        needed, todo = {depth}, [depth]
        while todo:
            for place in chain[todo.pop()].needs:
                if place not in needed:
                    needed.add(place)
                    todo.append(place)
        lines = [line for place in sorted(needed) for line in chain[place].lines]
        answer = chain[depth].value
        if level >= 3 and rng.random() < 0.4:
            sentences.insert(
                rng.randint(1, len(sentences)),
                rng.choice(
                    (
                        f"{people[-1]} has {rng.randint(2, 50)} {thing}.",
                        f"{people[0]} is {rng.randint(6, 14)} years old.",
                        f"They have known each other for {rng.randint(2, 9)} years.",
                    )
                ),
            )
    phrasings = TOGETHER if together else GRAPH
    question, phrasing = phrasings.put(rng, held_out, s=" ".join(sentences), t=thing, w=people[depth])
    return Task("word_problems", level, dress(rng, question), "\n".join(with_slip(rng, lines)), str(answer), phrasing)


def _given(rng: random.Random, owner: str, thing: str) -> Quantity:
    value = rng.randint(3, 40)
    sentence = rng.choice(
        (f"{owner} has {value} {thing}.", f"{owner} owns {value} {thing}.", f"There are {value} {thing} in {owner}'s bag.")
    )
    return Quantity(owner, sentence, value, (), ())


def _defined(rng: random.Random, owner: str, thing: str, chain: list[Quantity]) -> Quantity:
    """A quantity found by one operation from the last one, and sometimes from another before it."""
    place = len(chain) - 1
    last = chain[place]
    kinds = ["more", "more", "times"]
    if last.value > 6:
        kinds += ["fewer", "fewer"]
    if last.value % 2 == 0:
        kinds.append("half")
    if place >= 1:
        kinds.append("both")
    kind = rng.choice(kinds)
    if kind == "times" and last.value > 120:
        kind = "more"
    if kind == "more":
        more = rng.randint(2, 30)
        return Quantity(
            owner,
            rng.choice((f"{owner} has {more} more than {last.owner}.", f"{owner} has {more} {thing} more than {last.owner}.")),
            last.value + more,
            tuple(_of(owner, sum_lines(last.value, more))),
            (place,),
        )
    if kind == "fewer":
        fewer = rng.randint(1, last.value - 1)
        return Quantity(
            owner,
            rng.choice((f"{owner} has {fewer} fewer than {last.owner}.", f"{owner} has {fewer} {thing} less than {last.owner}.")),
            last.value - fewer,
            tuple(_of(owner, difference_lines(last.value, fewer))),
            (place,),
        )
    if kind == "times":
        times = rng.randint(2, 4)
        word = {2: "twice", 3: "three times", 4: "four times"}[times]
        return Quantity(
            owner,
            f"{owner} has {word} as many as {last.owner}.",
            last.value * times,
            tuple(_of(owner, product_lines(last.value, times))),
            (place,),
        )
    if kind == "half":
        return Quantity(
            owner,
            f"{owner} has half as many as {last.owner}.",
            last.value // 2,
            tuple(_of(owner, [f"{last.value} / 2 = {last.value // 2}"])),
            (place,),
        )
    other = chain[place - 1]
    return Quantity(
        owner,
        f"{owner} has as many as {other.owner} and {last.owner} together.",
        other.value + last.value,
        tuple(_of(owner, sum_lines(other.value, last.value))),
        (place - 1, place),
    )


def _of(owner: str, lines: list[str]) -> list[str]:
    """The steps with the name of whose quantity they find."""
    return [f"{owner}: {lines[0]}", *lines[1:]]


FAMILY = Family(
    "word_problems",
    "money, rates and shares in words, over up to four operations",
    (1, 2, 3, 4),
    make,
    same_number,
    (*STORIES.values(), GRAPH, TOGETHER),
)
