"""Packed rows hold every answer once and whole, with what belongs to each token beside it."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.rl.batch import Selected, mini_batches, pack_groups

ANSWERS = st.tuples(st.integers(1, 6), st.integers(1, 14), st.floats(-2, 2), st.integers(0, 3))


def selected(number: int, shape: tuple[int, int, float, int]) -> Selected:
    prompt, answer, advantage, forced = shape
    logprobs = [-(number + place / 100) for place in range(answer)]
    return Selected([number] * prompt, [100 + number] * answer, logprobs, advantage, range(1, min(1 + forced, answer)))


@settings(max_examples=60, deadline=None)
@given(
    shapes=st.lists(st.lists(ANSWERS, min_size=1, max_size=4), min_size=1, max_size=4),
    row=st.sampled_from([4, 16, 40]),
    rows=st.integers(1, 3),
)
def test_every_answer_is_there_once_with_its_own(shapes: list[list[tuple[int, int, float, int]]], row: int, rows: int) -> None:
    groups, number = [], 0
    for group in shapes:
        groups.append([selected(number + place, shape) for place, shape in enumerate(group)])
        number += len(group)
    everything = [sample for group in groups for sample in group]
    found: dict[int, tuple[int, int]] = {}
    longest = max(sample.length for sample in everything)
    batches = pack_groups(groups, "token", 14, row, rows, "these")
    drawn = sum(sample.drawn for sample in everything)
    for batch in batches:
        assert batch.rows.ids_BT.numel() <= max(rows * row, longest)
        for r in range(len(batch.rows.ids_BT)):
            for document in batch.rows.documents_BT[r].unique().tolist():
                here = batch.rows.documents_BT[r] == document
                if document < 0:
                    assert not batch.rows.learn_BT[r][here].any()
                    assert not batch.weights_BT[r][here].any()
                    continue
                (sample_number,) = batch.samples_BT[r][here].unique().tolist()
                sample = everything[sample_number]
                assert sample_number not in found
                found[sample_number] = (r, document)
                assert batch.rows.ids_BT[r][here].tolist() == [*sample.prompt, *sample.answer]
                assert batch.rows.positions_BT[r][here].tolist() == list(range(sample.length))
                learnt = batch.rows.learn_BT[r][here].tolist()
                assert learnt == [False] * len(sample.prompt) + [place not in sample.forced for place in range(len(sample.answer))]
                said = slice(len(sample.prompt), None)
                assert batch.rollout_BT[r][here][said].tolist() == pytest.approx(list(sample.logprobs))
                assert batch.advantages_BT[r][here][said].tolist() == pytest.approx([sample.advantage] * len(sample.answer))
                assert batch.weights_BT[r][here][said].tolist() == pytest.approx([1 / max(drawn, 1)] * len(sample.answer))
    assert found.keys() == set(range(len(everything)))


def test_answers_of_a_row_share_their_prompt_and_each_begins_where_it_ends() -> None:
    group = [selected(7, (3, length, 1.0, 0)) for length in (4, 2, 5)]
    other = [selected(8, (2, 3, 1.0, 0))]
    (batch,) = pack_groups([group, other], "token", 14, 20, 1, "these", share_prompts=True)
    assert batch.after_BT is not None
    assert batch.rows.ids_BT.tolist() == [[7] * 3 + [107] * 11 + [8] * 2 + [108] * 3]
    assert batch.rows.positions_BT.tolist() == [[0, 1, 2, 3, 4, 5, 6, 3, 4, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4]]
    assert batch.rows.documents_BT.tolist() == [[0] * 3 + [1] * 4 + [2] * 2 + [3] * 5 + [4] * 5]
    assert batch.after_BT.tolist() == [[0] * 14 + [4] * 5]
    assert batch.drawn(batch.said_at_BT).tolist() == [2, 3, 4, 5, 2, 7, 2, 9, 10, 11, 12, 15, 16, 17]
    assert batch.drawn(batch.samples_BT).tolist() == [0] * 4 + [1] * 2 + [2] * 5 + [3] * 3
    short = pack_groups([group, other], "token", 14, 9, 1, "these", share_prompts=True)  # where a row has no room, the prompt comes again
    assert [batch.rows.ids_BT.tolist() for batch in short] == [[[7] * 3 + [107] * 6], [[7] * 3 + [107] * 5], [[8] * 2 + [108] * 3]]
    assert short[1].after_BT is None


def test_rows_are_no_longer_than_they_need_be_and_parts_are_named() -> None:
    batches = pack_groups([[selected(0, (3, 5, 1.0, 0)), selected(1, (3, 9, 1.0, 0))]], "sample", 14, 12, 1, "step 7")
    assert [tuple(batch.rows.ids_BT.shape) for batch in batches] == [(1, 12), (1, 8)]
    assert [batch.rows.name for batch in batches] == ["part 1 of 2 of step 7", "part 2 of 2 of step 7"]
    assert batches[0].drawn(batches[0].weights_BT).tolist() == pytest.approx([1 / 18] * 9)


def test_an_answer_without_a_prompt_or_with_too_few_logprobs_is_no_answer() -> None:
    with pytest.raises(AssertionError):
        Selected([], [1], [-1.0], 1.0)
    with pytest.raises(AssertionError):
        Selected([1], [1, 2], [-1.0], 1.0)


@settings(max_examples=60, deadline=None)
@given(groups=st.integers(1, 40), updates=st.integers(1, 40), seed=st.integers(0, 9), step=st.integers(0, 9))
def test_mini_batches_share_out_whole_groups(groups: int, updates: int, seed: int, step: int) -> None:
    if updates > groups:
        return
    shares = mini_batches(range(groups), updates, seed, step)
    assert sorted(group for share in shares for group in share) == list(range(groups))
    assert len(shares) == updates
    assert max(map(len, shares)) - min(map(len, shares)) <= 1
    assert shares == mini_batches(range(groups), updates, seed, step)


def test_the_order_changes_from_step_to_step_and_a_single_update_keeps_it() -> None:
    assert mini_batches(range(32), 4, 0, 1) != mini_batches(range(32), 4, 0, 2)
    assert mini_batches(range(32), 4, 0, 1) != mini_batches(range(32), 4, 1, 1)
    assert mini_batches("abc", 1, 0, 1) == [["a", "b", "c"]]
    assert [len(share) for share in mini_batches(range(512), 16, 0, 1)] == [32] * 16  # the report's


def test_a_batch_goes_to_a_device_whole() -> None:
    (batch,) = pack_groups([[selected(0, (1, 2, 1.0, 0))]], "token", 2, 8, 1, "one")
    moved = batch.to(torch.device("meta"))
    tensors = [moved.rows.ids_BT, moved.rollout_BT, moved.advantages_BT, moved.weights_BT, moved.samples_BT]
    assert {tensor.device.type for tensor in tensors} == {"meta"}
