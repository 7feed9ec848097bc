"""Any OpenAI-compatible server as an `Answerer`: asks go in at once, and come out as they end.

Requests run in one event loop in a thread of its own. What is sent and read is in
`speech.py`, trying again in `connection.py`. Knows no benchmark.
"""

import asyncio
import os
import queue
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from openmimo.core.errors import InputError
from openmimo.eval.ask import Ask, Said
from openmimo.eval.endpoint.address import base_of, key_of
from openmimo.eval.endpoint.connection import Connection, Patience, Sleep
from openmimo.eval.endpoint.failure import Failed
from openmimo.eval.endpoint.form import first, record
from openmimo.eval.endpoint.speech import check, explained, request, said, wants_other_limit
from openmimo.eval.endpoint.told import Told

NAME = "name the model (--served-name)"


class Endpoint:
    """A model behind an address; `concurrency` requests are under way at most, and the rest wait here.

    With `streaming` an answer comes in portions, and what there is of one that is cancelled
    or cut off by time is kept. Used by any threads; each number comes out exactly once.
    """

    def __init__(
        self,
        url: str,
        model: str = "",
        concurrency: int = 16,
        streaming: bool = False,
        patience: Patience = Patience(),  # noqa: B008 - frozen
        sleep: Sleep = asyncio.sleep,
    ):
        """Look whether the server is there, and which model it has if none is named; `InputError` if that fails."""
        if concurrency < 1:
            raise InputError(f"a concurrency of {concurrency} asks nothing", "use at least 1")
        self._connection = Connection(base_of(url), key_of(os.environ), concurrency, patience, sleep)
        self._streaming = streaming
        self._limit = "max_tokens"  # OpenAI's newer models call it max_completion_tokens
        self._lock = threading.Lock()
        self._submitted = self._owed = 0  # owed: submitted, and claimed by no `finished`
        self._closed = False
        self._out: queue.SimpleQueue[Said] = queue.SimpleQueue()
        self._tasks: dict[int, asyncio.Task[Said]] = {}  # of the loop's thread alone
        self._room = asyncio.Semaphore(concurrency)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="endpoint", daemon=True)
        self._thread.start()
        try:
            self.model = asyncio.run_coroutine_threadsafe(self._look(model), self._loop).result()
        except BaseException:
            self.close()
            raise

    @property
    def url(self) -> str:
        """The base of the server's addresses, such as http://host:8000/v1."""
        return self._connection.base

    def submit(self, ask: Ask) -> int:
        """Queue an ask and give its number; `InputError` for one that no server could answer."""
        check(ask)
        with self._lock:
            if self._closed:
                raise RuntimeError("asked after close")
            self._submitted += 1
            self._owed += 1
            self._loop.call_soon_threadsafe(self._begin, self._submitted, ask)
            return self._submitted

    def finished(self) -> Iterator[Said]:
        """What was said, as it ends, until nothing is under way; more may be submitted meanwhile."""
        while self._claim():
            try:
                one = self._out.get()
            except BaseException:  # an interrupt: the answer is still owed
                with self._lock:
                    self._owed += 1
                raise
            yield one

    def cancel(self, number: int) -> None:
        """End an ask and its connection; it comes out as `cancelled`, with what a stream has brought. An ended one stays as it is."""
        with self._lock:
            if not self._closed:
                self._loop.call_soon_threadsafe(self._cancel, number)

    def close(self) -> None:
        """Cancel what is under way, which can still be had from `finished`, and let go of connections and thread."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _claim(self) -> bool:
        """Take it on to bring out one more, if one is owed: two threads never wait for the same."""
        with self._lock:
            if self._owed == 0:
                return False
            self._owed -= 1
            return True

    # What follows runs in the loop's thread.

    async def _look(self, model: str) -> str:
        """The model to ask for."""
        try:
            listed = await self._connection.models()
        except Failed as failed:
            if failed.unreached:
                raise InputError(f"the endpoint cannot be reached: {failed.cause}", "start the server, or correct the address") from None
            if failed.status in (401, 403):
                raise InputError(f"the endpoint {self.url} lets nobody in without a key: {failed.cause}", failed.fix) from None
            if not model:
                # What is no server of models at all has said so in its fix; one that only lists none can still be asked.
                fix = NAME if failed.status else failed.fix
                raise InputError(f"the endpoint {self.url} does not say which models it has: {failed.cause}", fix) from None
            return model  # many gateways answer, and list nothing
        if model:
            return model
        name = first(record(listed).get("data")).get("id")
        if not isinstance(name, str):
            raise InputError(f"the endpoint {self.url} lists no model", NAME)
        return name

    def _begin(self, number: int, ask: Ask) -> None:
        told = Told()
        task = self._loop.create_task(self._answer(number, ask, told))
        self._tasks[number] = task
        # Not in the coroutine itself: one that is cancelled before its first step never runs.
        task.add_done_callback(partial(self._ended, number, ask, told))

    def _cancel(self, number: int) -> None:
        if number in self._tasks:
            self._tasks[number].cancel()

    def _ended(self, number: int, ask: Ask, told: Told, task: asyncio.Task[Said]) -> None:
        del self._tasks[number]
        if task.cancelled():
            one = self._partly(number, ask, told)
        elif error := task.exception():
            cause = str(error) if isinstance(error, Failed) else f"{type(error).__name__}, which should not be: {error}"
            one = replace(self._partly(number, ask, told), ending="failed", error=cause)
        else:
            one = task.result()
        self._out.put(one)

    async def _answer(self, number: int, ask: Ask, told: Told) -> Said:
        async with self._room:
            limit = self._limit
            place, body = request(ask, self.model, limit, self._streaming)
            try:
                reply = await self._connection.post(place, body, number, told)
            except Failed as failed:
                if not (ask.messages and limit == "max_tokens" and wants_other_limit(failed)):
                    raise explained(failed, ask) from None
                place, body = request(ask, self.model, "max_completion_tokens", self._streaming)
                reply = await self._connection.post(place, body, number, told)
                self._limit = "max_completion_tokens"
            return said(number, ask, reply, told.seconds)

    def _partly(self, number: int, ask: Ask, told: Told) -> Said:
        """What there is of an answer that was cut short."""
        if ask.continuation or not told.parts:
            return Said(number, ending="cancelled", seconds=told.seconds)
        return said(number, ask, told.reply(), told.seconds, "cancelled")

    async def _end(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)  # so that the last of them is put out
        await self._connection.close()
