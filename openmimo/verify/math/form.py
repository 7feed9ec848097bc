"""Whether something of the right value is an answer at all, or only the question in another place.

"48*37" is worth 1776, and who is asked for the product has not answered with it: a model that
is paid for that learns to say questions back. Knows terms, no values. Source: ours.
"""

from openmimo.verify.math.gold import Gold, tight
from openmimo.verify.math.terms import CONTAINERS, Term

VALUES = frozenset({"number", "neg", "name", "%", "deg", *CONTAINERS})  # what a gold is made of that leaves nothing to do
LEAST = 3  # characters of an answer that can be the question said back


def undone(gold: Term, answer: Term) -> bool:
    """Whether an answer leaves arithmetic to its reader where the gold leaves none.

    Left undone are sums, products and quotients of nothing but numerals, and a fraction where
    the gold is whole. Fractions, scientific notation, powers, roots, functions and multiples of
    constants are values as people write them. A gold with operations of its own asks for nothing.
    """
    if not all(part.head in VALUES or _is_fraction(part) for part in gold):
        return False
    whole = all(part.value.denominator == 1 and not _is_fraction(part) for part in gold)
    return any(_undone(part) or (whole and _is_fraction(part)) for part in _result(answer))


def said_back(question: str, gold: Gold, answer: str, term: Term | None) -> bool:
    """Whether an answer is a piece of the question, and the gold is written otherwise.

    A numeral may be: "which is larger, 1/2 or 1/3" has the answer 0.5. Not where the gold is
    another fraction, or the numeral rounded.
    """
    said = tight(answer)
    if len(said) < LEAST or said not in tight(question) or said == tight(gold.text):
        return False
    if term is None or not all(part.head in ("number", "neg", "name", "word") or _is_fraction(part) for part in term):
        return True
    wanted = gold.reading.term if gold.reading else None
    fraction = gold.kind == "rational" or (wanted is not None and wanted.head == "neg" and _is_fraction(wanted.args[0]))
    return fraction or (gold.kind == "decimal" and term.places is not None and len(said) > len(tight(gold.text)))


def _result(answer: Term) -> Term:
    """What a chain such as x = 2 + 3 = 5 comes to."""
    return answer.args[-1] if answer.head == "relation" and set(answer.name.split()) <= {"="} else answer


def _undone(term: Term) -> bool:
    if term.head in ("*", "/"):
        numerals = all(part.head in ("number", "neg", "*", "/", "^") for part in term)
        return numerals and not _is_fraction(term) and not _is_scientific(term)
    return term.head == "+"


def _is_fraction(term: Term) -> bool:
    """A quotient of two whole numerals."""
    parts = [part.args[0] if part.head == "neg" else part for part in term.args]
    return term.head == "/" and all(part.is_number and part.value.denominator == 1 and part.places is None for part in parts)


def _is_scientific(term: Term) -> bool:
    """A numeral times a power of ten."""
    return len(term.args) == 2 and term.args[0].is_number and term.args[1].head == "^" and term.args[1].args[0].value == 10
