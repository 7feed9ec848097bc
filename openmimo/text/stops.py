"""Stop strings in a stream: text ends before the first of them, and what may become one is held back. Knows no ids."""

from collections.abc import Sequence

from openmimo.core.errors import InputError


class StopStrings:
    """Feed text in any portions; once `hit`, the text has ended and nothing more comes."""

    def __init__(self, stops: Sequence[str]):
        if "" in stops:
            raise InputError("a stop string is empty", "leave it out, or give the text to stop at")
        self._stops = tuple(stops)
        self._held = ""
        self.hit = False

    def feed(self, text: str) -> str:
        """What is surely before any stop string."""
        if self.hit:
            return ""
        self._held += text
        found = [place for stop in self._stops if (place := self._held.find(stop)) >= 0]
        if found:
            self.hit = True
            return self._give(min(found))
        return self._give(len(self._held) - self._undecided())

    def flush(self) -> str:
        """What was held back and has not become a stop string."""
        return "" if self.hit else self._give(len(self._held))

    def _undecided(self) -> int:
        """How many characters at the end may be the beginning of a stop string."""
        longest = max((len(stop) - 1 for stop in self._stops), default=0)
        ends = range(min(longest, len(self._held)), 0, -1)
        return next((size for size in ends if any(stop.startswith(self._held[-size:]) for stop in self._stops)), 0)

    def _give(self, size: int) -> str:
        given, self._held = self._held[:size], self._held[size:]
        return given
