"""Units in the spellings that people use, to tell an answer in another unit from one without.

Converts nothing: which unit was asked for, the question says and not the gold.
"""

import re

SPELLINGS = {
    "mm": ("millimeter", "millimetre"), "cm": ("centimeter", "centimetre"), "m": ("meter", "metre"), "km": ("kilometer", "kilometre"),
    "in": ("inch", "inche"), "ft": ("foot", "feet"), "yd": ("yard",), "mi": ("mile",), "s": ("second", "sec"), "min": ("minute",),
    "h": ("hour", "hr"), "day": ("day",), "week": ("week",), "year": ("year", "yr"), "mg": ("milligram",), "g": ("gram",),
    "kg": ("kilogram",), "lb": ("pound",), "oz": ("ounce",), "$": ("dollar", "usd"), "cent": ("cent", "¢"), "€": ("euro",), "£": ("gbp",),
    "%": ("percent", "pct"), "degree": ("deg", "°"), "mph": ("mph",), "km/h": ("kph", "kmh"),
}  # fmt: skip
CANONICAL = {spelling: unit for unit, spellings in SPELLINGS.items() for spelling in (unit, *spellings)}


def units_differ(one: str, other: str) -> bool:
    """Whether both are known units and not the same."""
    first, second = _canonical(one), _canonical(other)
    return first is not None and second is not None and first != second


def _canonical(text: str) -> str | None:
    words = re.sub(r"[\s^{}\d]+|square|cubic|sq\b", "", text.strip().casefold())
    return CANONICAL.get(words) or CANONICAL.get(words.removesuffix("s"))
