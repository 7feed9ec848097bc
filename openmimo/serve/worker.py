"""The engine in a thread of its own, and whoever waits for its news in an event loop.

The thread alone steps the engine; requests come from the loop, and news go back to it, all
news of a step at once. Knows ids only: no text, no HTTP. Read `turn.py` next.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from openmimo.engine.engine import TorchEngine
from openmimo.engine.request import News, Request, Statistics


class Full(Exception):
    """There are as many requests already as may wait."""


class Stopped(Exception):
    """The engine is gone: its thread was stopped, or failed; the message says which."""


class Following:
    """The news of one request, for one reader: `async for news in following`, in lists of what has come by then.

    Ends after the news with which the sample ended. `close` cancels it; so does leaving it.
    """

    def __init__(self, worker: "EngineWorker", number: int):
        self._worker, self.number = worker, number
        self._heard: deque[News | Stopped] = deque()
        self._woken = asyncio.Event()
        self._over = False

    def __aiter__(self) -> "Following":
        return self

    async def __anext__(self) -> list[News]:
        if self._over:
            raise StopAsyncIteration
        while not self._heard:
            self._woken.clear()
            await self._woken.wait()
        news: list[News] = []
        while self._heard:
            said = self._heard[0]
            if isinstance(said, Stopped):
                if news:
                    break  # to be raised the next time
                self._over = True
                raise said
            news.append(said)
            self._heard.popleft()
        self._over = news[-1].finished is not None
        return news

    def hear(self, news: News | Stopped) -> None:
        """Take what the engine said; called in the loop."""
        self._heard.append(news)
        self._woken.set()

    def close(self) -> None:
        """End the request within a step if it is still under way; nobody hears of it any more."""
        self._over = True
        self._worker.leave(self.number)


class EngineWorker:
    """Steps an engine while there is something to do. All its methods are for the loop it was started in."""

    def __init__(self, engine: TorchEngine, waiting: int):
        self.engine, self.most = engine, engine.config.rows + waiting
        self.failure: BaseException | None = None
        self._followed: dict[int, Following] = {}
        self._calls: deque[tuple[Callable[[], Any], asyncio.Future[Any]]] = deque()
        self._wake, self._stopping = threading.Event(), False
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def under_way(self) -> int:
        """Requests that somebody follows."""
        return len(self._followed)

    @property
    def alive(self) -> bool:
        """Whether requests are taken."""
        return self._loop is not None and self.failure is None and not self._stopping

    @property
    def statistics(self) -> Statistics:
        """What the engine has done so far."""
        return self.engine.statistics

    def start(self) -> None:
        """Begin to step, for the loop that runs now."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    def follow(self, requests: Sequence[Request]) -> list[Following]:
        """Submit requests that belong together.

        Raises `Full` where they are more than may wait, `Stopped`, and `InputError` as the
        engine's `submit` does; then none of them runs.
        """
        if not self.alive:
            raise Stopped(f"the engine failed: {self.failure}" if self.failure else "the engine is stopped")
        if self.under_way + len(requests) > self.most:
            raise Full
        followed: list[Following] = []
        try:
            for request in requests:
                # News come to the loop later than this, so none is missed.
                number = self.engine.submit(request)
                following = self._followed[number] = Following(self, number)
                followed.append(following)
        except Exception:
            for following in followed:
                following.close()
            raise
        self._wake.set()
        return followed

    def leave(self, number: int) -> None:
        """Forget a request, and cancel it if it is under way."""
        if self._followed.pop(number, None):
            self.engine.cancel(number)
            self._wake.set()

    async def call(self, what: Callable[[], Any]) -> Any:
        """Do something with the engine between two steps, such as loading weights; gives or raises what it does."""
        if not self.alive or self._loop is None:
            raise Stopped("the engine is stopped")
        future: asyncio.Future[Any] = self._loop.create_future()
        self._calls.append((what, future))
        self._wake.set()
        return await future

    async def stop(self) -> None:
        """End the thread after the step it is in; who still follows hears of it."""
        self._stopping = True
        self._wake.set()
        if self._loop is not None:
            await asyncio.to_thread(self._thread.join)
            self._tell_all(Stopped("the server is stopping"))

    def _run(self) -> None:
        assert self._loop is not None
        try:
            while not self._stopping:
                self._wake.clear()
                self._make_calls()
                if not self.engine.busy:
                    self._wake.wait()
                elif news := self.engine.step():
                    self._loop.call_soon_threadsafe(self._tell, news)
        except BaseException as failure:
            self.failure = failure
            self._loop.call_soon_threadsafe(self._tell_all, Stopped(f"the engine failed: {failure}"))
            raise

    def _make_calls(self) -> None:
        assert self._loop is not None
        while self._calls:
            what, future = self._calls.popleft()
            try:
                given = what()
            except Exception as failure:
                self._loop.call_soon_threadsafe(_settle, future, None, failure)
            else:
                self._loop.call_soon_threadsafe(_settle, future, given, None)

    def _tell(self, heard: list[News]) -> None:
        for news in heard:
            # Of a request whose reader has gone, nobody wants to know.
            if following := self._followed.get(news.id):
                following.hear(news)
                if news.finished:
                    del self._followed[news.id]

    def _tell_all(self, stopped: Stopped) -> None:
        for following in self._followed.values():
            following.hear(stopped)
        self._followed.clear()


def _settle(future: "asyncio.Future[Any]", given: Any, failure: Exception | None) -> None:
    """Give a future its outcome, unless whoever waited has gone."""
    if future.done():
        return
    if failure is None:
        future.set_result(given)
    else:
        future.set_exception(failure)
