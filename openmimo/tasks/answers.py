"""Whether a bare answer is right: exact, in any form a person would accept. Runs nothing, guesses nothing."""

import re
from collections.abc import Callable
from fractions import Fraction

NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:\s*/\s*[-+]?\d+)?")


def number_of(text: str) -> Fraction | None:
    """The value of `12`, `-7.5`, `3/4`, `$1,200.`, `x = 5` or `40%`; None if it is anything else."""
    bare = text.strip().rstrip(".").strip()
    bare = re.sub(r"^[A-Za-z]\s*=\s*", "", bare).strip("$ ").removesuffix("%").strip()
    bare = re.sub(r"(?<=\d),(?=\d{3}(?:\D|$))", "", bare)
    if len(bare) > 40 or not NUMBER.fullmatch(bare):
        return None
    top, _, bottom = bare.partition("/")
    if not bottom:
        return Fraction(top.strip())
    return Fraction(top.strip()) / Fraction(bottom.strip()) if Fraction(bottom.strip()) else None


def same_number(gold: str, answer: str) -> bool:
    """Whether two answers are the same number, exactly; per cents only where the gold is one."""
    value = number_of(answer)
    return value is not None and value == number_of(gold) and ("%" in gold or "%" not in answer)


def same_form(gold: str, answer: str) -> bool:
    """Whether two answers are the same number in the same form: a fraction in lowest terms for one, and for no other.

    Where a question holds its own answer in another form, as "Simplify 12/16." does, the value alone would accept it said back.
    """
    if not same_number(gold, answer) or ("/" in gold) != ("/" in answer):
        return False
    return "/" not in gold or re.findall(r"\d+", gold) == re.findall(r"\d+", answer.replace(",", ""))


def same_words(gold: str, answer: str) -> bool:
    """Whether two answers are the same words, but for case, spaces and a last full stop."""
    return _words(gold) == _words(answer)


def same_list(gold: str, answer: str) -> bool:
    """Whether two answers list the same numbers in the same order, with or without brackets and "and"."""
    return bool(_items(gold)) and _items(gold) == _items(answer)


def same_set(gold: str, answer: str) -> bool:
    """Whether two answers list the same numbers, each as often, in any order."""
    return bool(_items(gold)) and sorted(_items(gold)) == sorted(_items(answer))


def same_parts(gold: str, answer: str) -> bool:
    """Whether quotient and remainder agree: `142 remainder 6`, `142 r 6`, `142 R6`."""
    return _parts(gold) is not None and _parts(gold) == _parts(answer)


def same_factors(gold: str, answer: str) -> bool:
    """Whether two products have the same prime factors, in any order, with or without powers."""
    return _factors(gold) is not None and _factors(gold) == _factors(answer)


def either(*checks: Callable[[str, str], bool]) -> Callable[[str, str], bool]:
    """A check that accepts what any of `checks` accepts."""
    return lambda gold, answer: any(check(gold, answer) for check in checks)


def _words(text: str) -> str:
    return " ".join(text.casefold().strip().rstrip(".").split())


def _items(text: str) -> list[str]:
    bare = re.sub(r"\band\b", ",", text.strip().rstrip(".").strip("[](){}"))
    items = [item.strip() for item in bare.split(",") if item.strip()]
    return items if all(re.fullmatch(r"-?\d+(?:\.\d+)?", item) for item in items) else []


def _parts(text: str) -> tuple[int, int] | None:
    found = re.fullmatch(r"(\d+)\s*(?:,|and)?\s*(?:with\s+)?(?:a\s+)?(?:remainder|rem|r)\.?\s*(?:of\s+)?(\d+)", _words(text))
    return (int(found[1]), int(found[2])) if found else None


def _factors(text: str) -> list[int] | None:
    factors: list[int] = []
    for part in re.split(r"\s*[*x×·]\s*", text.strip().rstrip(".")):
        found = re.fullmatch(r"(\d{1,12})(?:\s*\^\s*(\d{1,2}))?", part)
        if not found:
            return None
        factors += [int(found[1])] * int(found[2] or 1)
    return sorted(factors)
