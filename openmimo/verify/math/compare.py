"""Whether two answers are the same: lists, sets, intervals, matrices, equations, and their parts.

True, False, or None where the parts could not be told. Single values are left to an oracle:
`scalar.py` without sympy, `symbolic.py` with it, inside a worker.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from openmimo.verify.math.gold import tight
from openmimo.verify.math.normal import Form, form
from openmimo.verify.math.scalar import Oracle, Verdict3, close
from openmimo.verify.math.terms import LISTS, Term, TooLarge, Unreadable, name, negative

MOST_ITEMS = 40
FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}
LESS, MORE = ("<", "<="), (">", ">=")


class Hedged(Exception):
    """The answer says two different things at once."""


@dataclass(frozen=True)
class Comparison:
    """Compares answers with an oracle for single values. `strict` is the policy `reward`; without it, what math-verify may see otherwise is None."""

    scalar: Oracle
    strict: bool = True

    def same(self, gold: Term, answer: Term) -> Verdict3:
        """Whether an answer is the gold one; raises Hedged."""
        gold, answer = _spread(gold), _spread(answer)
        if gold == answer:
            return True
        if "relation" in (gold.head, answer.head):
            return self._relations(gold, answer) if self.strict else self._sure_relations(gold, answer)
        if _is_named_list(gold) != _is_named_list(answer):
            if not self.strict:
                return self._sure_named(gold, answer)
            gold, answer = self._unnamed(gold), self._unnamed(answer)
        return self._containers(gold, answer)

    def _containers(self, gold: Term, answer: Term) -> Verdict3:
        heads = {gold.head, answer.head}
        if heads & {*LISTS, "interval"} and not heads & {"union", "minus", "matrix"}:
            return self._lists(gold, answer)
        if heads & {"union", "minus"} and len(heads) == 2 and self.strict and (gold.closed or answer.closed):
            return False
        if heads & {"union", "minus"}:
            return True if heads == {"union"} and self._unordered(gold.args, answer.args) else None
        if "matrix" in heads:
            return self._matrices(gold, answer)
        if "word" in heads:
            return self._words(gold, answer)
        if gold.head == ":" == answer.head:
            return self._ratios(gold, answer)
        return self.scalar(gold, answer)

    def _lists(self, gold: Term, answer: Term) -> Verdict3:
        kinds = {_kind(gold), _kind(answer)}
        if kinds <= {"tuple"} or kinds == {"tuple", "list"}:
            return self._firm(self._ordered(gold.args, answer.args), gold, answer)
        if kinds <= {"list", "set"}:
            return self._firm(self._unordered(_items(gold), _items(answer)), gold, answer)
        if kinds == {"interval"}:
            if gold.name != answer.name:
                endless = any(part == name("inf") for part in (*gold, *answer))
                return None if endless and not self.strict else False
            return self._ordered(gold.args, answer.args)
        if not self.strict:
            endless = any(part == name("inf") for part in (*gold, *answer))
            return False if kinds == {"tuple", "interval"} and not endless and len(gold.args) == len(answer.args) == 2 else None
        if kinds == {"set", "one"} or kinds == {"list", "one"}:
            return self.same(_items(gold)[0], _items(answer)[0]) if len(_items(gold)) == len(_items(answer)) == 1 else False
        return False

    def _firm(self, found: Verdict3, gold: Term, answer: Term) -> Verdict3:
        """A list that differs in length or order may be a set for math-verify."""
        firm = (
            self.strict
            or found
            or (len(gold.args) == len(answer.args) and gold.head == answer.head and len(set(gold.args)) == len(gold.args))
        )
        return found if firm else None

    def _ordered(self, gold: Sequence[Term], answer: Sequence[Term]) -> Verdict3:
        if len(gold) != len(answer):
            return False
        return _all([self.same(one, other) for one, other in zip(gold, answer, strict=True)])

    def _unordered(self, gold: Sequence[Term], answer: Sequence[Term]) -> Verdict3:
        """Each item has its own partner; equal items are counted."""
        if len(gold) != len(answer):
            return False
        if len(gold) > MOST_ITEMS:
            return None
        left, open_items = list(answer), []
        for one in gold:
            partner = next((other for other in left if self.same(one, other)), None)
            if partner is None:
                open_items.append(one)
            else:
                left.remove(partner)
        return _all([None if any(self.same(one, other) is None for other in left) else False for one in open_items])

    def _matrices(self, gold: Term, answer: Term) -> Verdict3:
        if gold.head == answer.head:
            return self._ordered(gold.args, answer.args) if gold.name == answer.name else False
        matrix, other = (gold, answer) if gold.head == "matrix" else (answer, gold)
        if not self.strict or any(part.head == "matrix" for part in other):
            return None  # a sum or product of matrices, perhaps
        one_line = matrix.name in ("1", str(len(matrix.args)))
        return other.head == "tuple" and one_line and self._ordered(gold.args, answer.args)  # a vector, in either spelling

    def _words(self, gold: Term, answer: Term) -> Verdict3:
        if not self.strict:
            return None
        return gold.head == answer.head and tight(gold.name) == tight(answer.name)

    def _ratios(self, gold: Term, answer: Term) -> Verdict3:
        same = self._ordered(gold.args, answer.args)
        if same is not False or any(part.is_number and part.value == 0 for part in (*gold.args, *answer.args)):
            return same
        return self.scalar(Term("/", gold.args), Term("/", answer.args))

    # Relations.

    def _sure_relations(self, gold: Term, answer: Term) -> Verdict3:
        """Under `eval`: a value against its equation, and inequalities of one number, either way; else only that they are the same."""
        of_set = gold.head != "relation" or _signs(gold) == ["in"]
        if of_set and answer.head == "relation" and not set(_signs(answer)) <= {"=", "in"}:
            return None  # a set for an inequality is taken, an inequality for a set is not
        found = self._relations(gold, answer)
        if gold.head == answer.head and (one := _as_set(gold)) and (other := _as_set(answer)) and one.head == other.head == "interval":
            return found
        equation = answer if gold.head != "relation" else gold
        if gold.head != answer.head and set(_signs(equation)) == {"="} and (gold if equation is answer else answer).closed:
            return found
        return found or None

    def _sure_named(self, gold: Term, answer: Term) -> Verdict3:
        return self._containers(self._unnamed(gold), self._unnamed(answer)) or None

    def _relations(self, gold: Term, answer: Term) -> Verdict3:
        if gold.head != "relation":
            return self._against_value(gold, answer)
        if answer.head != "relation":
            return self._named_gold(gold, answer)
        if _signs(gold) == _signs(answer) == ["="] and gold.args[0] == answer.args[0]:
            return self.same(gold.args[1], answer.args[1])
        if (one := _as_set(gold)) and (other := _as_set(answer)) and _variable(gold) == _variable(answer):
            return self.same(one, other)
        if set(_signs(answer)) <= {"=", "approx"} and len(answer.args) > 2:
            return self.same(gold, Term("relation", (answer.args[0], self._value(answer)), "="))
        if len(gold.args) == len(answer.args) == 2:
            return self._equations(gold, answer)
        if _signs(gold) == _signs(answer):
            return True if self._ordered(gold.args, answer.args) else None
        return True if self._ordered(gold.args, _turned(answer).args) and _signs(gold) == _signs(_turned(answer)) else None

    def _against_value(self, gold: Term, answer: Term) -> Verdict3:
        """The gold is a value, the answer says what has it: x = 5, x in S, x < 5."""
        if set(_signs(answer)) <= {"=", "approx"}:
            return self.same(gold, self._value(answer, approximate=gold.is_number and gold.places is not None))
        if gold.head in ("interval", "union", "set", "minus", "tuple"):
            if (found := _as_set(answer)) is None:
                return None
            return self.same(_open_interval(gold), _open_interval(found))
        return False

    def _named_gold(self, gold: Term, answer: Term) -> Verdict3:
        if _signs(gold) == ["in"]:
            return self.same(gold.args[1], answer)
        if set(_signs(gold)) <= {"=", "approx"} and _is_label(gold.args[0]):
            return self.same(gold.args[-1], answer)
        if answer.head in ("interval", "union", "set", "minus", "tuple"):
            if (found := _as_set(gold)) is None:
                return None
            return self.same(_open_interval(found), _open_interval(answer))
        return False

    def _value(self, chain: Term, approximate: bool = False) -> Term:
        """What a chain of equations says in the end; raises Hedged if its sides are not the same."""
        signs, sides = ["=", *_signs(chain)], list(chain.args)
        if _is_label(sides[0]):
            signs, sides = signs[1:], sides[1:]
        signs[0] = "="
        exact = [side for sign, side in zip(signs, sides, strict=True) if sign == "="]
        rough = [side for sign, side in zip(signs, sides, strict=True) if sign == "approx"]
        if not self.strict:
            return sides[-1]
        for one, other in pairwise(exact):
            if self.same(one, other) is False:
                raise Hedged("the sides of the answer are not the same")
        if any(not close(exact[-1], side) for side in rough):
            raise Hedged("the approximation in the answer is not near")
        return rough[-1] if rough and (approximate or not exact) else exact[-1]

    def _unnamed(self, term: Term) -> Term:
        return (
            Term(term.head, tuple(self._value(item) if item.head == "relation" else item for item in term.args))
            if _is_named_list(term)
            else term
        )

    def _equations(self, gold: Term, answer: Term) -> Verdict3:
        """Two relations are the same if their differences are, up to a factor that turns no sign."""
        sign, other = _signs(gold)[0], _signs(answer)[0]
        one, two = _difference(gold), _difference(answer)
        if one is None or two is None:
            return None
        if sign == other and sign in ("=", "!="):
            return _proportional(one, two, signed=False)
        if sign in (*LESS, *MORE) and other in (*LESS, *MORE) and ("=" in sign) == ("=" in other):
            turned = _difference(answer, turned=(sign in LESS) != (other in LESS))
            return _proportional(one, turned, signed=True) if turned else None
        return False if {sign, other} <= {"=", "<", "<=", ">", ">=", "!="} else None


def _difference(relation: Term, turned: bool = False) -> Form | None:
    left, right = reversed(relation.args) if turned else relation.args
    try:
        return form(Term("+", (left, negative(right))))
    except (Unreadable, TooLarge):
        return None


def _proportional(one: Form, other: Form, signed: bool) -> Verdict3:
    if not one.over or not other.over:
        return not one.over and not other.over
    if len(one.over) == len(other.over) and one.over.keys() == other.over.keys() and set(one.under) == set(other.under):
        key = next(iter(one.over))
        factor = other.over[key] / one.over[key]
        if (factor > 0 or not signed) and all(one.over[term] * factor == other.over[term] for term in one.over):
            return True if one.under == other.under else None
    return False if one.plain and other.plain and len(one.under) == len(other.under) == 1 and not signed else None


def _all(parts: Sequence[Verdict3]) -> Verdict3:
    if any(part is False for part in parts):
        return False
    return None if any(part is None for part in parts) else True


def _kind(term: Term) -> str:
    if term.head == "interval" and term.name == "()":
        return "tuple"
    return term.head if term.head in (*LISTS, "interval") else "one"


def _items(term: Term) -> tuple[Term, ...]:
    return term.args if term.head in ("list", "set") else (term,)


def _spread(term: Term) -> Term:
    """Each value with a ± is two values."""
    items = _items(term)
    if not any(part.head == "±" for part in term) or term.head == "relation":
        return term
    found = [value for item in items for value in (_chosen(item, False), _chosen(item, True))] if len(items) < MOST_ITEMS else []
    return Term("set" if term.head == "set" else "list", tuple(dict.fromkeys(found))) if found else term


def _chosen(term: Term, lower: bool) -> Term:
    if term.head == "±":
        inside = _chosen(term.args[0], lower)
        return negative(inside) if (term.name == "pm") == lower else inside
    return Term(term.head, tuple(_chosen(part, lower) for part in term.args), term.name, term.value, term.places)


def _signs(relation: Term) -> list[str]:
    return relation.name.split()


def _turned(relation: Term) -> Term:
    return Term("relation", tuple(reversed(relation.args)), " ".join(FLIPPED.get(sign, sign) for sign in reversed(_signs(relation))))


def _is_label(term: Term) -> bool:
    """Whether the left side only says what has the value: x, f(x), AB, |AB|, (p, q)."""
    names = [part for part in term if part.head in ("name", "call")]
    plain = all(
        part.head in ("name", "*", "/", ":", "abs", "call", "tuple", "interval", "list", "deg") for part in term if part.head != "number"
    )
    return bool(names) and plain and not term.closed and not (term.head == "*" and any(part.is_number for part in term.args))


def _is_named_list(term: Term) -> bool:
    return term.head in LISTS and all(item.head == "relation" and set(_signs(item)) == {"="} for item in term.args)


def _variable(relation: Term) -> Term:
    return next((side for side in relation.args if _is_label(side)), relation)


def _as_set(relation: Term) -> Term | None:
    """The numbers that an inequality or `x in S` describes, or None if it is neither."""
    signs, sides = _signs(relation), relation.args
    if signs == ["in"] and sides[0].head == "name":
        return sides[1]
    if signs[0] in MORE:
        relation = _turned(relation)
        signs, sides = _signs(relation), relation.args
    if not set(signs) <= set(LESS):
        return None
    if len(sides) == 2 and sides[1].head == "name" and sides[0].closed:
        return _interval(sides[0], name("inf"), signs[0], "<")
    if len(sides) == 2 and sides[0].head == "name" and sides[1].closed:
        return _interval(negative(name("inf")), sides[1], "<", signs[0])
    if len(sides) == 3 and sides[1].head == "name" and sides[0].closed and sides[2].closed:
        return _interval(sides[0], sides[2], *signs)
    return None


def _interval(low: Term, high: Term, left: str, right: str) -> Term:
    return Term("interval", (low, high), ("[" if left == "<=" else "(") + ("]" if right == "<=" else ")"))


def _open_interval(term: Term) -> Term:
    """(1, 2) among sets of numbers is an interval."""
    return Term("interval", term.args, "()") if term.head == "tuple" and len(term.args) == 2 else term
