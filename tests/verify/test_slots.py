"""Slots: every request is answered once, in any number of threads, and can be taken back at any moment."""

import asyncio
import gc
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, wait

import pytest

from openmimo.verify.slots import Closed, Slots


class Echo:
    """Sleeps for the seconds it is asked for, unless interrupted; counts what it did."""

    made = 0

    def __init__(self, log: list[float]):
        self.log, self.wake, self.closed = log, threading.Event(), False

    def serve(self, request: float, cancelled: Callable[[], bool]) -> float:
        if request < 0:
            raise ValueError("negative")
        self.wake.clear()
        self.wake.wait(request)
        self.log.append(request)
        return request

    def prepare(self) -> None:
        self.ready = True

    def interrupt(self) -> None:
        self.wake.set()

    def kill(self) -> None:
        self.wake.set()

    def close(self) -> None:
        self.closed = True


def slots(log: list[float], count: int = 2, waiting: int = 100) -> Slots[float, float]:
    return Slots(lambda: Echo(log), count, waiting)


def test_every_request_is_answered_once() -> None:
    log: list[float] = []
    pool = slots(log, 4)
    results: list[float] = []

    def ask(first: int) -> None:
        results.extend(pool.submit((first * 100 + place) / 1e7).result() for place in range(50))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == sorted(log) == sorted((first * 100 + place) / 1e7 for first in range(16) for place in range(50))
    pool.close()


def test_what_is_raised_reaches_the_caller_and_the_slot_goes_on() -> None:
    pool = slots([], 1)
    with pytest.raises(ValueError, match="negative"):
        pool.submit(-1).result()
    assert pool.submit(0.0).result() == 0.0
    pool.close()


def test_cancelling_works_in_the_queue_and_under_way() -> None:
    log: list[float] = []
    pool = slots(log, 1)
    under_way, queued, last = pool.submit(30.0), pool.submit(20.0), pool.submit(0.001)
    time.sleep(0.05)
    assert queued.cancel()
    assert under_way.cancel()
    assert last.result(timeout=2) == 0.001
    assert 20.0 not in log
    with pytest.raises(CancelledError):
        under_way.result()
    pool.close()


def test_a_full_queue_makes_the_caller_wait() -> None:
    pool = slots([], 1, waiting=1)
    first, second = pool.submit(0.3), pool.submit(0.0)
    started = time.monotonic()
    third = pool.submit(0.0)
    assert time.monotonic() - started > 0.1
    assert len(wait([first, second, third], timeout=3).done) == 3
    pool.close()


def test_in_an_event_loop() -> None:
    async def main() -> list[float]:
        pool = slots([], 2, waiting=1)
        slow = asyncio.create_task(pool.asubmit(30.0))
        await asyncio.sleep(0.05)
        slow.cancel()
        results = await asyncio.gather(*(pool.asubmit(place / 1e6) for place in range(20)))
        with pytest.raises(asyncio.CancelledError):
            await slow
        await asyncio.to_thread(pool.close)
        return results

    started = time.monotonic()
    assert asyncio.run(main()) == [place / 1e6 for place in range(20)]
    assert time.monotonic() - started < 5


def test_closing_takes_back_what_waits_and_refuses_more() -> None:
    pool = slots([], 1)
    futures = [pool.submit(30.0), pool.submit(30.0)]
    time.sleep(0.05)
    pool.close()
    with pytest.raises(Closed):
        futures[1].result(timeout=2)
    with pytest.raises(Closed):
        pool.submit(0.0)


def test_slots_that_are_forgotten_close_themselves() -> None:
    log: list[float] = []
    servers: list[Echo] = []

    def make() -> Echo:
        servers.append(Echo(log))
        return servers[-1]

    pool = Slots(make, 2, 10)
    pool.submit(0.0).result()
    del pool
    gc.collect()
    assert [server.closed for server in servers] == [True]


def test_waiting_for_several_learns_of_a_cancelled_one() -> None:
    pool = slots([], 1)
    futures = [pool.submit(30.0), pool.submit(0.0)]
    futures[0].cancel()
    assert len(wait(futures, timeout=2).done) == 2
    pool.close()


def test_after_a_fork_it_refuses() -> None:
    pool = slots([], 1)
    pool.submit(0.0).result()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            pool.submit(0.0)
            os.write(writer, b"served")
        except RuntimeError as error:
            os.write(writer, str(error).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert b"after a fork" in os.read(reader, 1000)
    os.close(reader)
    os.close(writer)
    pool.close()
