"""Several readers of one engine in one thread: whoever reads drives it, and each hears of its own requests alone."""

from collections import deque
from collections.abc import Iterator, Sequence

from openmimo.engine.engine import TorchEngine
from openmimo.engine.request import News, Request


class Readers:
    """An engine and those who wait for its news."""

    def __init__(self, engine: TorchEngine):
        self.engine = engine
        self._heard: dict[int, deque[News]] = {}

    def follow(self, requests: Sequence[Request]) -> Iterator[tuple[int, News]]:
        """Submit requests and give news of them, with the place of each in `requests`, until all have ended.

        Closing the iterator cancels what is still under way. Raises `InputError` as
        `submit` does, and then none of them runs.
        """
        heard: deque[News] = deque()
        places: dict[int, int] = {}
        try:
            for place, request in enumerate(requests):
                number = self.engine.submit(request)
                places[number], self._heard[number] = place, heard
            running = len(requests)
            while running:
                if not heard:
                    self._drive()
                    continue
                news = heard.popleft()
                running -= news.finished is not None
                yield places[news.id], news
        finally:
            for number in places:
                self.engine.cancel(number)
                del self._heard[number]

    def _drive(self) -> None:
        for news in self.engine.step():
            # Of a request whose reader has gone, nobody wants to know.
            if news.id in self._heard:
                self._heard[news.id].append(news)
