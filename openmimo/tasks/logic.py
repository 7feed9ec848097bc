"""Puzzles of logic: who lies, who came first, what follows from some rules, and the value of a boolean expression.

Liars are found by trying every case in a fixed order, orders by elimination place after
place, conclusions by following the rules back to what leads to a statement, expressions by working out
one operation after the other. Clues and rules are gone through in the order in which they
are told, each with a verdict, so none has to be searched for. Read `logic_wording.py` for how the questions are put.
"""

import itertools
import random
import re
from dataclasses import dataclass

from openmimo.tasks.logic_wording import BOOLEAN, LIARS, ORDER, ORDERS, RULES, STATES
from openmimo.tasks.task import Family, Phrasings, Task
from openmimo.tasks.wording import dress

NAMES = ("Anna", "Ben", "Carla", "David", "Emma", "Felix", "Grace", "Hugo", "Ines", "Jonas", "Lena", "Max", "Nora", "Oscar", "Paula", "Tom")
ORDINALS = ("first", "second", "third", "fourth", "fifth")
Made = tuple[Phrasings, dict[str, object], list[str], str]


def make(rng: random.Random, level: int, held_out: bool) -> Task:
    """One puzzle of a kind of the level."""
    maker = rng.choice(
        {
            1: (_facts, _order, _rules, _boolean),
            2: (_facts, _liars, _order, _rules, _boolean),
            3: (_liars, _order, _rules, _boolean),
        }[level]
    )
    phrasings, parts, lines, answer = maker(rng, level)
    question, phrasing = phrasings.put(rng, held_out, **parts)
    return Task("logic", level, dress(rng, question), "\n".join(lines), answer, phrasing)


def _called(names: list[str]) -> str:
    return ", ".join(names[:-1]) + " and " + names[-1]


# --- Liars ---


@dataclass(frozen=True)
class Claim:
    """What somebody says about another (`about`), or about all of them."""

    kind: str
    speaker: str
    about: str

    @property
    def words(self) -> str:
        return CLAIMS[self.kind].format(x=self.about)

    def holds(self, honest: dict[str, bool]) -> bool:
        """Whether it is true, if `honest` says who tells the truth."""
        match self.kind:
            case "lies" | "honest":
                return honest[self.about] == (self.kind == "honest")
            case "same" | "differ":
                return (honest[self.about] == honest[self.speaker]) == (self.kind == "same")
            case "some":
                return not all(honest.values())
        return not any(honest.values())


CLAIMS = {
    "lies": "{x} lies.",
    "honest": "{x} tells the truth.",
    "same": "{x} and I are of the same kind.",
    "differ": "{x} and I are of different kinds.",
    "some": "At least one of us lies.",
    "every": "All of us lie.",
}
SHORT = {"lies": "{x} lies", "honest": "{x} honest", "same": "{x} same", "differ": "{x} different", "some": "some lie", "every": "all lie"}


def _cases(names: list[str], claims: list[Claim]) -> list[dict[str, bool]]:
    """Every way to be honest or not that fits the claims: each is true exactly if its speaker is honest."""
    ways = [dict(zip(names, values, strict=True)) for values in itertools.product((True, False), repeat=len(names))]
    return [honest for honest in ways if all(claim.holds(honest) == honest[claim.speaker] for claim in claims)]


def _liars(rng: random.Random, level: int) -> Made:
    """Claims of two or three people that leave exactly one case."""
    names = rng.sample(NAMES, level)
    while True:
        kinds = [rng.choice(list(CLAIMS)) for _ in names]
        claims = [
            Claim(kind, name, rng.choice([other for other in names if other != name])) for kind, name in zip(kinds, names, strict=True)
        ]
        fitting = _cases(names, claims)
        if len(fitting) == 1:
            break
    lines = list[str]()
    for values in itertools.product((True, False), repeat=len(names)):
        line, fits = _tried(dict(zip(names, values, strict=True)), claims)
        lines.append(line)
        if fits:
            break
    answer = _those([name for name in names if not fitting[0][name]])
    return LIARS, {"p": _called(names), "c": _said([(claim.speaker, claim.words) for claim in claims])}, [*lines, answer], answer


def _tried(honest: dict[str, bool], claims: list[Claim]) -> tuple[str, bool]:
    """One case, T for truth and L for lie, tried claim by claim up to the first that does not fit."""
    marks = {name: f"{name} {'T' if value else 'L'}" for name, value in honest.items()}
    parts, fits = [], True
    for claim in claims:
        holds = claim.holds(honest)
        fits = holds == honest[claim.speaker]
        seen = {"some": marks.values(), "every": marks.values(), "same": (marks[claim.about], marks[claim.speaker])}
        seen["differ"] = seen["same"]
        grounds = ", ".join(seen.get(claim.kind, (marks[claim.about],)))
        told = SHORT[claim.kind].format(x=claim.about)
        parts.append(f"{told}: {grounds}, {'true' if holds else 'false'}, {marks[claim.speaker]} {'fits' if fits else 'no'}")
        if not fits:
            break
    return ", ".join(marks.values()) + ". " + "; ".join(parts), fits


def _said(claims: list[tuple[str, str]]) -> str:
    return " ".join(f'{speaker} says: "{words}"' for speaker, words in claims)


def _those(names: list[str]) -> str:
    return ", ".join(names) or "nobody"


def _facts(rng: random.Random, level: int) -> Made:
    """The first says something about numbers, and each other about somebody before, so one after the other is found out."""
    names = rng.sample(NAMES, level + 1)
    fact, right, lines = _fact(rng)
    said, honest = [(names[0], f"{fact}.")], {names[0]: right}
    lines.append(f"{names[0]} {_kind(right)}")
    for name in names[1:]:
        claim = Claim(rng.choice(("lies", "honest")), name, list(honest)[-1])
        holds = claim.holds(honest)
        said.append((name, claim.words))
        known = f"{claim.about} {_kind(claim.kind == 'honest')}? {claim.about} {_kind(honest[claim.about])}"
        lines.append(f"{known}, {'true' if holds else 'false'}; {name} {_kind(holds)}")
        honest[name] = holds
    answer = _those(sorted(name for name in names if not honest[name]))
    lines.append("; ".join(f"{name} {_kind(honest[name])}" for name in sorted(names)))
    return LIARS, {"p": _called(sorted(names)), "c": _said(said)}, [*lines, answer], answer


def _kind(honest: bool) -> str:
    return "honest" if honest else "liar"


def _fact(rng: random.Random) -> tuple[str, bool, list[str]]:
    """A claim about numbers, whether it is true, and why."""
    one, other = rng.sample(range(2, 100), 2)
    if rng.random() < 0.5:
        claimed, parity = rng.choice(("even", "odd")), "odd" if one % 2 else "even"
        right = claimed == parity
        return f"{one} is {claimed}", right, [f"{one} ends in {one % 10}, {parity}; {claimed} {'true' if right else 'false'}"]
    right, sign = one > other, ">" if one > other else "<"
    tens, ones = (one // 10, other // 10), (one % 10, other % 10)
    digits = f"{tens[0]} = {tens[1]}, {ones[0]} {sign} {ones[1]}" if tens[0] == tens[1] else f"{tens[0]} {sign} {tens[1]}"
    return f"{one} is more than {other}", right, [f"{digits}, {one} {sign} {other}, {'true' if right else 'false'}"]


# --- Orders ---


@dataclass(frozen=True)
class Clue:
    """That `name` comes before `other`, or, if that is empty, that it is not at `place`."""

    name: str
    other: str = ""
    place: int = 0


def _order(rng: random.Random, level: int) -> Made:
    """Who is at some place: at each place one is left when the clues have ruled out the others."""
    names = rng.sample(NAMES, level + 2)
    pool = [Clue(one, other) for one, other in itertools.combinations(names, 2)]
    if level == 3:
        pool += [Clue(name, place=place) for name in names for place in range(4) if names[place] != name]
    rng.shuffle(pool)
    clues = pool
    for clue in pool:  # what is not needed is left out
        fewer = [each for each in clues if each != clue]
        if _decided(names, fewer):
            clues = fewer
    shown = sorted(names)
    asked = rng.randrange(len(names))
    words = rng.choice(ORDERS)
    parts: dict[str, object] = {
        "p": _called(shown),
        "c": " ".join(_told(rng, clue, words) for clue in clues),
        "q": words[3].format(k=ORDINALS[asked]),
    }
    return ORDER, parts, [*_eliminated(shown, clues, names[: asked + 1]), names[asked]], names[asked]


def _told(rng: random.Random, clue: Clue, words: tuple[str, str, str, str]) -> str:
    before, after, never, _ = words
    if not clue.other:
        return never.format(x=clue.name, k=ORDINALS[clue.place])
    return rng.choice((before, after)).format(x=clue.name, y=clue.other)


def _out(clue: Clue, left: list[str], place: int) -> str:
    """Who cannot be next, at a place, by a clue; nobody is the empty string."""
    if clue.other:
        return clue.other if clue.name in left else ""
    return clue.name if clue.place == place else ""


def _decided(order: list[str], clues: list[Clue]) -> bool:
    """Whether the clues leave just the right one at each place."""
    for place, name in enumerate(order):
        left = order[place:]
        if set(left) - {_out(clue, left, place) for clue in clues} != {name}:
            return False
    return True


def _eliminated(names: list[str], clues: list[Clue], order: list[str]) -> list[str]:
    """The steps that fill place after place: what each clue says of it, then the names left up to the one that is not out.

    A clue is told as its two names, the earlier first, or as a name and a place that it is not at.
    """
    left, lines = list(names), list[str]()
    for place, name in enumerate(order):
        outs = [_out(clue, left, place) for clue in clues]
        told = [f"{clue.name} {clue.other or ORDINALS[clue.place]}" for clue in clues]
        if len(left) > 1:
            verdicts = "; ".join(f"{words} {'out' if out else 'no'}" for words, out in zip(told, outs, strict=True))
            lines.append(f"{ORDINALS[place].capitalize()}: {verdicts}")
        tried = [f"{each} out" for each in left[: left.index(name)]]
        lines.append("; ".join([*tried, f"{name} is {ORDINALS[place]}"]))
        left.remove(name)
        if place + 1 < len(order):
            lines.append("Left: " + ", ".join(left))
    return lines


# --- Rules ---


def _rules(rng: random.Random, level: int) -> Made:
    """A chain of if-then rules, some others among them, one fact, and what follows for one statement: yes, no or unknown."""
    target = rng.choice(("yes", "unknown") if level == 1 else ("yes", "no", "unknown"))
    while True:
        states = [" is ".join(state) for state in rng.sample(STATES, 2 * level + 1)]
        chain, others = states[: level + 2], states[level + 2 :]
        rules = [*itertools.pairwise(chain), *((rng.choice(chain), other) for other in others)]
        if level > 1:
            rng.shuffle(rules)
        fact, asked = rng.sample(states, 2)
        true = target == "yes" or (target == "unknown" and rng.random() < 0.5)
        known = _followed(rules, fact, true, asked)
        answer = "unknown" if asked not in known else "yes" if true else "no"
        if answer == target and (answer == "unknown" or len(known) > level):
            break
    told = [f"If {one}, {other}." for one, other in rules]
    told.insert(rng.choice((0, len(told))), (fact if true else _denied(fact)).capitalize() + ".")
    subject, predicate = asked.split(" is ")
    parts: dict[str, object] = {"c": " ".join(told), "q": f"Is {subject} {predicate}?"}
    return RULES, parts, [*_traced(rules, fact, true, asked), answer], answer


def _denied(state: str) -> str:
    return state.replace(" is ", " is not ")


def _followed(rules: list[tuple[str, str]], fact: str, true: bool, asked: str) -> list[str]:
    """What follows from a fact: forward along the rules if it is true, backward if it is not, up to what was asked."""
    known = [fact]
    for state in known:
        for one, other in rules:
            condition, result = (one, other) if true else (other, one)
            if condition == state and result not in known and asked not in known:
                known.append(result)
    return known


def _traced(rules: list[tuple[str, str]], fact: str, true: bool, asked: str) -> list[str]:
    """The steps from rule to rule, each time to the one rule that leads to a state, if there is one.

    They begin with what is asked and look for a true fact, or begin with a false fact, whose
    conditions must be false too, and look for what is asked. Either way no step has two ways on.
    """
    state, goal = (asked, fact) if true else (fact, asked)
    lines = [f"Known: {'' if true else 'not '}{_about(fact)}", f"Asked: {_about(asked)}", f"Goal: {_about(goal)}"]
    while state and state != goal:
        parts, leads = [], ""
        for one, other in rules:
            leads = one if other == state else ""
            verdict = "no" if not leads else "goal" if leads == goal else "yes"
            parts.append(f"{_about(one)} to {_about(other)} {verdict}")
            if leads:
                break
        lines.append(f"To {_about(state)}: {'; '.join(parts)}")
        state = leads
    return lines


def _about(state: str) -> str:
    """`road` for `the road is wet`: no two states are about the same thing."""
    return state.split()[1]


# --- Boolean expressions ---

VALUE = r"(?:true|false)"
OPERATION = re.compile(rf"\d+ [<>] \d+|not {VALUE}|\({VALUE} (?:and|or) {VALUE}\)|^{VALUE} (?:and|or) {VALUE}$")


def _boolean(rng: random.Random, level: int) -> Made:
    """An expression of as many operations as the level asks for, in brackets wherever `and` meets `or`."""
    while True:
        expression = _joined(rng, level)
        lines = _worked_out(expression)
        if len(lines) > 2 * level:
            break
    return BOOLEAN, {"e": expression}, lines[1:], lines[-1]


def _joined(rng: random.Random, level: int) -> str:
    if level == 3:
        sides = [f"{'not ' if rng.random() < 0.4 else ''}({_joined(rng, 1)})" for _ in range(2)]
    else:
        sides = [_atom(rng), f"({_joined(rng, 1)})" if level == 2 else _atom(rng)]
        rng.shuffle(sides)
    return f" {rng.choice(('and', 'or'))} ".join(sides)


def _atom(rng: random.Random) -> str:
    if rng.random() < 0.6:
        one, other = rng.sample(range(1, 30), 2)
        return f"{one} {rng.choice('<>')} {other}"
    return rng.choice(("true", "false", "not true", "not false"))


def _worked_out(expression: str) -> list[str]:
    """The expression again and again, each time with its first operation done, down to its value."""
    lines = [expression]
    while found := OPERATION.search(lines[-1]):
        lines.append(lines[-1][: found.start()] + _value(found[0].strip("()").split()) + lines[-1][found.end() :])
    return lines


def _value(words: list[str]) -> str:
    """The value of one operation on values: `3 < 5`, `not true`, `true and false`."""
    if words[0] == "not":
        return "false" if words[1] == "true" else "true"
    first, sign, second = words
    if sign in "<>":
        holds = int(first) < int(second) if sign == "<" else int(first) > int(second)
    else:
        holds = "false" not in (first, second) if sign == "and" else "true" in (first, second)
    return "true" if holds else "false"


def check(gold: str, answer: str) -> bool:
    """The same word, or the same names in any order, with commas or "and" between."""
    return _said_names(gold) == _said_names(answer)


def _said_names(text: str) -> list[str]:
    return sorted(part.strip() for part in re.split(r",|\band\b", text.casefold().strip().rstrip(".")) if part.strip())


FAMILY = Family(
    "logic",
    "liars, orders found by elimination, if-then rules and boolean expressions",
    (1, 2, 3),
    make,
    check,
    (LIARS, ORDER, RULES, BOOLEAN),
)
