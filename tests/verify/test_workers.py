"""Workers answer, are killed when they overstep, and leave nothing behind."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError, wait

import pytest

from openmimo.verify.slots import Closed
from openmimo.verify.workers import WorkerDied, WorkerError, WorkerFault, WorkerMemory, WorkerPool, WorkerTimeout

C_LOOP = "sum(range(10**12))"  # holds the interpreter, and heeds no signal
SLEEP = "__import__('time').sleep(60)"
PID = "__import__('os').getpid()"


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    with WorkerPool("builtins:eval", workers=2, memory=128 << 20) as pool:
        yield pool


def gone(pid: int, seconds: float = 1.0) -> bool:
    end = time.monotonic() + seconds
    while alive(pid):
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits for its adopted parent does not."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
    return state != "" and not state.startswith("Z")


def test_it_answers_and_keeps_the_process(pool: WorkerPool) -> None:
    pool.call("0", 5)
    assert pool.call("[1, 'ä\\ud800', None, 10**30]", 5) == [1, "ä\ud800", None, 10**30]
    assert len({pool.call(PID, 5) for _ in range(20)}) <= 2


def test_a_large_request_and_answer(pool: WorkerPool) -> None:
    assert len(pool.call(f"{'x' * 3_000_000!r} * 2", 10)) == 6_000_000


def test_printing_does_no_harm(pool: WorkerPool) -> None:
    assert pool.call("[print('x' * 10), __import__('os').system('echo hello')]", 5) == [None, 0]


def test_slow_python_ends_in_time_and_keeps_the_process(pool: WorkerPool) -> None:
    before = set(pool.processes())
    started = time.monotonic()
    with pytest.raises(WorkerTimeout):
        pool.call("all(x >= 0 for x in iter(int, 1))", 0.3)
    assert time.monotonic() - started < 1.5
    assert set(pool.processes()) >= before


def test_c_code_that_heeds_nothing_is_killed_in_time(pool: WorkerPool) -> None:
    pool.call("0", 5)
    started = time.monotonic()
    with pytest.raises(WorkerTimeout):
        pool.call(C_LOOP, 0.3)
    assert time.monotonic() - started < 1.5
    assert pool.call("1 + 1", 5) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not hold the limit")
def test_a_memory_hog_is_told_from_a_slow_one(pool: WorkerPool) -> None:
    with pytest.raises(WorkerMemory):
        pool.call("len(bytearray(400 << 20))", 5)
    with pytest.raises(WorkerMemory):
        pool.call("len([i for i in range(10**8)])", 20)
    assert pool.call("1 + 1", 5) == 2
    assert 0 < pool.peak_memory() < 300 << 20


def test_exceptions_are_faults_with_their_reason(pool: WorkerPool) -> None:
    with pytest.raises(WorkerFault, match="division by zero") as caught:
        pool.call("1 / 0", 5)
    assert caught.value.type == "ZeroDivisionError"
    assert "1 / 0" in caught.value.trace or "<string>" in caught.value.trace
    with pytest.raises(WorkerFault, match="not JSON serializable"):
        pool.call("{1, 2}", 5)
    with pytest.raises(WorkerFault, match="SystemExit"):
        pool.call("__import__('sys').exit(3)", 5)


def test_a_process_that_ends_itself_is_tried_once_more(pool: WorkerPool, tmp_path: object) -> None:
    with pytest.raises(WorkerDied, match="exit code 7"):
        pool.call("__import__('os')._exit(7)", 5)
    once = f"open('{tmp_path}/a', 'x') and __import__('os').kill({PID}, 9) if not __import__('os').path.exists('{tmp_path}/a') else 'again'"
    assert pool.call(once, 5) == "again"


def test_kill_9_of_workers_loses_and_doubles_nothing() -> None:
    with WorkerPool("builtins:eval", workers=2) as pool:
        pool.call("0", 5)
        futures = [pool.submit(f"[__import__('time').sleep(0.01), {number}]", 5) for number in range(100)]
        for _ in range(3):
            time.sleep(0.15)
            os.kill(pool.processes()[0], signal.SIGKILL)
        assert [future.result()[1] for future in futures] == list(range(100))


def test_cancelling_kills_the_run(pool: WorkerPool) -> None:
    pool.call("0", 5)
    future = pool.submit(f"[{PID}, {SLEEP}]", 60)
    time.sleep(0.2)
    before = set(pool.processes())
    assert future.cancel()
    assert wait([future], timeout=1).done
    with pytest.raises(CancelledError):
        future.result()
    time.sleep(0.7)
    assert any(gone(pid, 0.01) for pid in before)
    assert pool.call("1 + 1", 5) == 2


def test_asyncio_runs_beside_itself_and_cancels(pool: WorkerPool) -> None:
    async def work() -> list[int]:
        task = asyncio.create_task(pool.acall(SLEEP, 60))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return await asyncio.gather(*(pool.acall(f"{number} + 1", 5) for number in range(50)))

    assert asyncio.run(work()) == list(range(1, 51))


def test_a_full_queue_blocks_threads_and_not_the_event_loop() -> None:
    with WorkerPool("builtins:eval", workers=1, queue=2) as pool:

        async def work() -> list[int]:
            return await asyncio.gather(*(pool.acall(f"{number}", 5) for number in range(30)))

        assert asyncio.run(work()) == list(range(30))
        futures = [pool.submit(f"{number}", 5) for number in range(30)]
        assert [future.result() for future in futures] == list(range(30))


def test_sixteen_threads(pool: WorkerPool) -> None:
    seen: dict[int, list[int]] = {}

    def work(thread: int) -> None:
        seen[thread] = [pool.call(f"{thread} * 100 + {number}", 10) for number in range(20)]

    threads = [threading.Thread(target=work, args=(thread,)) for thread in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {thread: [thread * 100 + number for number in range(20)] for thread in range(16)}


def test_a_factory_gets_the_options() -> None:
    with WorkerPool("operator:itemgetter", options="b", workers=1) as pool:
        assert pool.call({"a": 1, "b": 2}, 5) == 2


def test_a_target_that_cannot_be_imported_is_a_fault() -> None:
    with WorkerPool("openmimo.verify.nothing:nothing", workers=1) as pool, pytest.raises(WorkerFault, match="nothing"):
        pool.call(1, 5)


def test_closing_ends_every_process_and_request() -> None:
    pool = WorkerPool("builtins:eval", workers=2)
    futures = [pool.submit(f"[__import__('subprocess').Popen(['sleep', '60']), {SLEEP}]", 60) for _ in range(5)]
    time.sleep(0.7)
    pids = pool.processes()
    started = time.monotonic()
    pool.close()
    assert time.monotonic() - started < 1
    assert all(gone(pid) for pid in pids)
    for future in futures:
        with pytest.raises((WorkerError, Closed)):
            future.result(1)
    with pytest.raises(Closed):
        pool.call("1", 5)


def test_a_forked_child_is_told(pool: WorkerPool) -> None:
    pool.call("0", 5)
    child = os.fork()
    if child == 0:
        try:
            pool.call("1", 5)
        except RuntimeError as error:
            os._exit(0 if "fork" in str(error) else 2)
        os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    assert pool.call("1", 5) == 1


CALLER = """
import sys, time
from openmimo.verify.slots import Closed
from openmimo.verify.workers import WorkerPool
pool = WorkerPool("builtins:eval", workers=2)
pool.call("0", 5)
futures = [pool.submit(sys.argv[1], 1.0 if "range" in sys.argv[1] else 60) for _ in range(4)]
time.sleep(0.6)
print(*pool.processes(), flush=True)
time.sleep(60 if len(sys.argv) > 2 else 0)
"""


@pytest.mark.parametrize(("work", "seconds"), [(SLEEP, 1.0), (C_LOOP, 1.0)])
def test_kill_9_of_the_caller_leaves_no_process(work: str, seconds: float) -> None:
    caller = subprocess.Popen([sys.executable, "-c", CALLER, work, "wait"], stdout=subprocess.PIPE, text=True)
    assert caller.stdout is not None
    pids = [int(pid) for pid in caller.stdout.readline().split()]
    caller.kill()
    caller.wait()
    caller.stdout.close()
    assert len(pids) == 2
    assert all(gone(pid, seconds) for pid in pids)


def test_the_interpreter_ends_at_once_with_work_under_way() -> None:
    done = subprocess.run([sys.executable, "-c", CALLER, SLEEP], capture_output=True, text=True, timeout=10)
    assert done.returncode == 0, done.stderr
    assert all(gone(int(pid)) for pid in done.stdout.split())
