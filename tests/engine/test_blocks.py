"""Blocks are counted, shared by content, kept while somebody uses them, and never lost."""

import random

from openmimo.engine.blocks import ROOT, BlockPool


def sealed(pool: BlockPool, ids: list[int]) -> list[int]:
    """Blocks that hold `ids`, full ones known."""
    blocks = pool.take(pool.needed(len(ids)))
    assert blocks is not None
    before = ROOT
    for number in range(len(ids) // pool.size):
        before = pool.seal(blocks[number], before, ids[number * pool.size : (number + 1) * pool.size])
    return blocks


def test_a_prefix_is_found_as_far_as_it_is_the_same() -> None:
    pool = BlockPool(8, 4)
    blocks = sealed(pool, [1, 2, 3, 4, 5, 6, 7, 8, 9])
    assert pool.match([1, 2, 3, 4, 5, 6, 7, 8, 0])[0] == blocks[:2]
    assert pool.match([1, 2, 3, 4, 5, 6, 7, 0])[0] == blocks[:1]
    assert pool.match([0, 2, 3, 4, 5, 6, 7, 8])[0] == []
    assert pool.match([5, 6, 7, 8])[0] == [], "the same tokens after something else are something else"


def test_a_shared_block_stays_until_its_last_user_is_gone() -> None:
    pool = BlockPool(3, 2)
    blocks = sealed(pool, [1, 2, 3, 4])
    shared, _ = pool.match([1, 2, 3, 4])
    pool.release(blocks)
    assert pool.take(2) is None
    pool.release(shared)
    assert (pool.used, pool.available) == (0, 3)


def test_idle_blocks_are_overwritten_longest_unused_first_and_ends_before_beginnings() -> None:
    pool = BlockPool(4, 2)
    for ids in ([1, 2, 3, 4], [5, 6, 7, 8]):
        pool.release(sealed(pool, ids))
    assert pool.take(1) is not None
    found, _ = pool.match([1, 2, 3, 4])
    assert len(found) == 1
    assert len(pool.match([5, 6, 7, 8])[0]) == 2


def test_what_a_pre_empted_request_computed_is_forgotten_unless_another_uses_it() -> None:
    pool = BlockPool(4, 2)
    blocks = sealed(pool, [1, 2, 3, 4])
    other, _ = pool.match([1, 2, 9])
    pool.release(blocks, forget=True)
    assert pool.match([1, 2, 3, 4])[0] == other


def test_new_weights_forget_everything_and_keep_what_is_in_use() -> None:
    pool = BlockPool(4, 2)
    used = sealed(pool, [1, 2])
    pool.release(sealed(pool, [3, 4]))
    pool.forget_all()
    assert pool.match([1, 2])[0] == pool.match([3, 4])[0] == []
    assert pool.used == 1
    pool.release(used)
    assert pool.available == 4


def test_no_block_is_ever_lost_or_given_twice() -> None:
    rng, pool, held = random.Random(5), BlockPool(24, 2), []
    for _ in range(3000):
        ids = [rng.randint(0, 1) for _ in range(rng.randint(1, 12))]
        found, chain = pool.match(ids)
        more = pool.take(pool.needed(len(ids)) - len(found))
        if more is None:
            pool.release(found)
        else:
            blocks = found + more
            for number in range(len(chain), len(ids) // 2):
                chain.append(pool.seal(blocks[number], chain[-1] if chain else ROOT, ids[number * 2 : number * 2 + 2]))
            held.append((blocks, len(found)))
        private = [block for blocks, found_count in held for block in blocks[found_count:]]
        assert len(private) == len(set(private))
        assert pool.used == len({block for blocks, _ in held for block in blocks})
        while held and (pool.available < 6 or rng.random() < 0.3):
            pool.release(held.pop(rng.randrange(len(held)))[0], forget=rng.random() < 0.2)
        if rng.random() < 0.01:
            pool.forget_all()
    for blocks, _ in held:
        pool.release(blocks)
    assert pool.available == pool.blocks
