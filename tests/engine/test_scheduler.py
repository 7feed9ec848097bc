"""Who is served when: answers before prompts, prompts in parts, the queue in order, the newest gives way."""

from collections.abc import Sequence

from openmimo.engine.blocks import BlockPool
from openmimo.engine.config import EngineConfig
from openmimo.engine.request import Live, Request
from openmimo.engine.scheduler import Scheduler, Work


def scheduler(blocks: int = 100, chunk: int = 8, rows: int = 8) -> Scheduler:
    return Scheduler(BlockPool(blocks, 4), EngineConfig(block=4, chunk=chunk, rows=rows))


def queue(where: Scheduler, *prompts: Sequence[int], room: int = 100) -> list[Live]:
    lives = [Live(number, Request(prompt, 50), list(prompt), room) for number, prompt in enumerate(prompts)]
    where.waiting.extend(lives)
    return lives


def run(where: Scheduler) -> list[tuple[int, int, int, bool]]:
    """One step in which every ready request is told token 7."""
    work = where.plan()
    for piece in work:
        if piece.ready:
            piece.live.ids.append(7)
        where.computed(piece, piece.end - piece.start)
    return [said(piece) for piece in work]


def said(piece: Work) -> tuple[int, int, int, bool]:
    return piece.live.id, piece.start, piece.end, piece.ready


def test_a_long_prompt_is_read_in_parts_while_answers_go_on() -> None:
    where = scheduler(chunk=8)
    queue(where, [1, 2, 3], range(20))
    assert run(where) == [(0, 0, 3, True), (1, 0, 5, False)]
    assert run(where) == [(0, 3, 4, True), (1, 5, 12, False)]
    assert run(where) == [(0, 4, 5, True), (1, 12, 19, False)]
    assert run(where) == [(0, 5, 6, True), (1, 19, 20, True)]


def test_a_full_cache_queues_and_the_queue_keeps_its_order() -> None:
    where = scheduler(blocks=4, chunk=100)
    lives = queue(where, range(9), range(20, 29), [1])
    assert [piece[0] for piece in run(where)] == [0]
    where.remove(lives[0])
    assert [piece[0] for piece in run(where)] == [1, 2]


def test_no_more_rows_than_asked_for() -> None:
    where = scheduler(rows=2, chunk=100)
    queue(where, [1], [2], [3])
    assert len(run(where)) == len(run(where)) == 2


def test_the_newest_gives_way_to_an_older_answer_and_comes_back_first() -> None:
    where = scheduler(blocks=4, chunk=100)
    old, new, _ = queue(where, [1] * 6, [2] * 6, [3])
    steps = [run(where) for _ in range(3)]
    assert [[piece[0] for piece in step] for step in steps] == [[0, 1], [0, 1], [0, 1]]
    assert len(old.blocks) == len(new.blocks) == 2
    assert [piece[0] for piece in run(where)] == [0], "the old one takes a third block, and nobody comes in for the new one"
    assert (new.preempted, new.computed, new.blocks) == (1, 0, [])
    where.remove(old)
    assert run(where)[0][:3] == (1, 0, 9), "its own answer so far is read again"


def test_what_is_put_in_takes_blocks_as_an_answer_does() -> None:
    where = scheduler(blocks=4, chunk=100)
    old, new = queue(where, [1] * 6, [2] * 6)
    run(where)
    old.ids += [8] * 5
    assert run(where) == [(0, 6, 12, True)], "the newest gives way before its work is planned"
    assert (len(old.blocks), new.preempted, new.blocks) == (3, 1, [])


def test_what_is_put_in_is_read_in_parts() -> None:
    where = scheduler(chunk=4)
    (live,) = queue(where, [1] * 3)
    run(where)
    live.ids += [8] * 8
    assert [run(where) for _ in range(3)] == [[(0, 3, 7, False)], [(0, 7, 11, False)], [(0, 11, 12, True)]]
    assert run(where) == [(0, 12, 13, True)]


def test_a_pre_empted_request_leaves_no_prefix_behind() -> None:
    where = scheduler(blocks=4, chunk=100)
    _, new, _ = queue(where, [1] * 6, [2] * 6, [3])
    for _ in range(4):
        run(where)
    assert new.preempted
    assert where.pool.match([2] * 4)[0] == []


def test_the_same_prompt_is_read_once_for_a_group() -> None:
    where = scheduler(chunk=100)
    queue(where, range(10), range(10), range(10))
    assert run(where) == [(0, 0, 10, True)]
    assert run(where) == [(0, 10, 11, True), (1, 8, 10, True), (2, 8, 10, True)]
    assert where.pool.used == 2 + 3


def test_drafts_never_push_anybody_out() -> None:
    where = scheduler(blocks=3, chunk=100)
    (live,) = queue(where, [1] * 3)
    run(where)
    live.drafts = [5, 6, 7]
    where.pool.take(2)
    (piece,) = where.plan()
    assert (live.drafts, piece.end - piece.start) == ([], 1)
