"""Axes: round numbers that span some values, where a value lies between them, and how a number is written.

Knows no drawing; `chart.py` puts the pieces together.
"""

import math
from dataclasses import dataclass

TINY = 1e-100  # a span below it is none: steps of it would come near the least number there is


@dataclass(frozen=True)
class Axis:
    """An axis from its first tick to its last, or from `low` to `high` if the ticks lie within."""

    low: float
    high: float
    ticks: list[float]
    log: bool = False

    def place(self, value: float) -> float:
        """Where a value lies: 0 at the low end, 1 at the high one."""
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def labels(self) -> list[tuple[float, str]]:
        """The place and the text of each tick."""
        greatest = max(map(abs, self.ticks), default=0.0)
        return [(self.place(tick), short(tick, abs(tick) if self.log else greatest)) for tick in self.ticks]


def value_axis(low: float, high: float, log: bool) -> Axis:
    """The axis of values: ends on ticks; from 0 unless the values stand far from it; `log` wants positive values."""
    if log:
        return _log_axis(low, high)
    scale = max(abs(low), abs(high))
    if high - low <= max(scale * 1e-6, TINY):
        low, high = (min(low, 0.0), max(high, 0.0)) if scale > TINY else (0.0, 1.0)
    elif 0 < low < high / 2:
        low = 0.0
    step = _step(high - low)
    ticks = _multiples(math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9), step)
    return Axis(ticks[0], ticks[-1], ticks)


def step_axis(low: float, high: float) -> Axis:
    """The axis of steps: from the first to the last, ticks at whole numbers within."""
    if low == high:
        return Axis(low - 1, low + 1, [low])
    step = max(_step(high - low), 1.0)
    ticks = _multiples(math.ceil(low / step), math.floor(high / step), step)
    return Axis(low, high, ticks)


def doubling_axis(low: float, high: float) -> Axis:
    """The axis of counts from 1 on that matter by their ratio: each doubling is as wide as another, ticks at powers of two."""
    if low == high:
        return step_axis(low, high)
    powers = range(math.ceil(math.log2(low)), math.floor(math.log2(high)) + 1)
    return Axis(low, high, [2.0**power for power in powers], log=True)


def number(value: float) -> str:
    """A number for a table: whole as it is, others with four digits, e.g. `1,234`, `0.2903`, `3.00e-4`."""
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    if not 1e-3 <= abs(value) < 1e15:
        mantissa, exponent = f"{value:.2e}".split("e")
        return f"{mantissa}e{int(exponent)}"
    return f"{value:,.{max(3 - math.floor(math.log10(abs(value))), 0)}f}"


def short(value: float, greatest: float) -> str:
    """A number for a tick, in the unit that suits the greatest one of its axis: `0.5`, `20k`, `1.5M`, `3e-4`."""
    if value == 0:
        return "0"
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e5, "k")):
        if size <= greatest < 1e12:
            return f"{value / (1e3 if letter == 'k' else size):.6g}{letter}"
    if not 1e-2 <= greatest < 1e12:
        mantissa, exponent = f"{value:.2e}".split("e")
        return f"{float(mantissa):g}e{int(exponent)}"
    return f"{value:,.6g}"


def _step(span: float) -> float:
    """The least round step, 1, 2 or 5 of a power of ten, that goes into a span no more than five times."""
    power = 10.0 ** math.floor(math.log10(span / 5))
    return min(power * each for each in (1, 2, 5, 10) if power * each >= span / 5 * (1 - 1e-9))


def _multiples(first: int, last: int, step: float) -> list[float]:
    # Rounded because 3 * 0.1 is not 0.3.
    return [float(f"{index * step:.12g}") for index in range(first, last + 1)]


def _log_axis(low: float, high: float) -> Axis:
    """Ends on 1, 2 or 5 of a power of ten; over more than two decades only the powers are ticks."""
    start, end = math.floor(math.log10(low)), math.ceil(math.log10(high))
    steps = [float(f"{each}e{power}") for power in range(start, end + 1) for each in (1, 2, 5)]
    first = max(step for step in steps if step <= low)
    last = min(step for step in steps if step >= high)
    within = [step for step in steps if first <= step <= last]
    powers = [step for step in within if f"{step:e}".startswith("1.")]
    return Axis(first, last, powers if len(within) > 7 else within, log=True)
