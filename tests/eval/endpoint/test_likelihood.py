"""The tokens of a continuation are found in what servers echo, in each of the ways they write it, or else an error says what lacks.

The forms are those of vLLM 0.32 (marks of the beginning, empty texts for parts of characters),
of servers that decode token by token (U+FFFD), and of llama-cpp-python 0.3 (parts of
characters left out, with offsets); read in their sources.
"""

from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import openmimo
from openmimo.eval.endpoint.failure import Failed
from openmimo.eval.endpoint.likelihood import Likelihood, likelihood, spelled
from openmimo.text.detokenise import StreamDetokeniser
from openmimo.text.tokenizer import Tokenizer

TOKENIZER = Tokenizer.from_folder(Path(openmimo.__file__).parent / "models" / "nano")
PROMPTS = st.text(alphabet="ab .\n'ж你好😀é\u0301\ufffd", min_size=1, max_size=25)


def echo(tokens: list[str], values: list[float | None], text: str = "", **more: Any) -> dict[str, Any]:
    return {"text": text, "logprobs": {"tokens": tokens, "token_logprobs": values, **more}}


@pytest.mark.parametrize(
    "tokens, count",
    [
        (["The", " sky", " is", " blue"], 2),
        (["<s>", "The", " sky", " is", " blue"], 2),  # the mark of the beginning is echoed, and is no part of the prompt
        (["The", "sky", "is", "blue"], 2),  # spaces lost in decoding
        (["", "The", " sky", " is", " blue", ".", " It"], 2),  # more was generated
        (["The", " sky is", " blue"], 2),  # one straddles: it counts, whole
        (["The sky", " is", " ", "blue"], 3),
        (["The sky is blue"], 1),
    ],
)
def test_the_tokens_of_the_continuation(tokens: list[str], count: int) -> None:
    values: list[float | None] = [-(2.0**place) for place in range(len(tokens))]
    spelt = [token for token in tokens if token not in (".", " It")]
    ours = values[len(spelt) - count : len(spelt)]
    assert likelihood(echo(tokens, values), "The sky", " is blue") == Likelihood(sum(v for v in ours if v), count, None)


@pytest.mark.parametrize(
    "tokens, count",
    [
        (["答", "案", ":", "\ufffd", "\ufffd", "好"], 3),  # 你 in two parts
        (["答", "\ufffd", "\ufffd", "\ufffd", ":", "\ufffd", "\ufffd", "\ufffd", "好"], 4),  # byte by byte
        (["答", "", "案", ":", "", "", "你", "好"], 4),  # as vLLM writes it
        (["答案", ":你", "好"], 2),
    ],
)
def test_characters_that_are_cut_up(tokens: list[str], count: int) -> None:
    values: list[float | None] = [-1.0 - place for place in range(len(tokens))]
    found = likelihood(echo(tokens, values), "答案:", "你好")
    assert (found.tokens, found.logprob) == (count, sum(v for v in values[-count:] if v))


def test_what_was_generated_is_not_taken_for_a_part_of_the_last_character() -> None:
    # 你 in two tokens and one more begun, or in three and none begun: only the number tells.
    found = [likelihood(echo(["a", "\ufffd", "\ufffd", "\ufffd"], [None, -1.0, -2.0, -4.0]), "a", "你", count) for count in (0, 1, 9)]
    assert [(one.tokens, one.logprob) for one in found] == [(3, -7.0), (2, -3.0), (3, -7.0)]


def test_an_empty_token_goes_with_what_it_begins() -> None:
    # The space and the first bytes of the face are one token, which vLLM shows as empty.
    found = likelihood(echo(["so", "", " 😀"], [None, -2.0, -4.0]), "so ", "😀")
    assert (found.tokens, found.logprob) == (2, -6.0)


def test_offsets_are_believed_where_tokens_cannot_spell_and_the_sum_is_right() -> None:
    tokens, values = ["so", "", "", " ok", "!"], [None, -1.0, -2.0, -4.0, -8.0]  # llama-cpp-python: 你 is nowhere
    offsets = [0, 2, 2, 3, 6]
    found = likelihood(echo(tokens, values, "so你 ok!", text_offset=offsets), "so", "你 ok")
    assert (found.tokens, found.logprob) == (3, -7.0)
    for broken in ([0, 2, 2, 3], [0, 2, 2, 4, 7], [1, 2, 2, 3, 6], [0, 3, 2, 3, 6], [-1] * 5, ["0", 2, 2, 3, 6], None):
        with pytest.raises(Failed, match="do not spell it; likelihoods need a server"):
            likelihood(echo(tokens, values, "so你 ok!", text_offset=broken), "so", "你 ok")
    with pytest.raises(Failed, match="do not spell it"):
        likelihood(echo(tokens, values, "!", text_offset=offsets), "so", "你 ok")


def test_whether_each_was_the_likeliest() -> None:
    tokens, values = ["a", " b", " c"], [None, -1.0, -2.0]

    def greedy(*top: Any) -> bool | None:
        return likelihood(echo(tokens, values, top_logprobs=list(top)), "a", " b c").greedy

    assert greedy(None, {" b": -1.0}, {" c": -2.0}) is True
    assert greedy(None, {" b": -1.0}, {" d": -1.5}) is False
    assert greedy(None, {" b": -1.0}, {" c": -2.0, " d": -1.5}) is False  # the token and the likeliest
    assert greedy(None, {" b": -1.0}, {" c": -1.5}) is False  # another token with the same text was likelier
    assert greedy(None, {" b": -1.0}, None) is None
    assert greedy(None) is None
    # What the text itself would have been is no matter.
    assert likelihood(echo(tokens, values, top_logprobs=[None, {" x": -0.5}, {" c": -2.0}]), "a b", " c").greedy is True


@pytest.mark.parametrize(
    "choice, cause",
    [
        ({"text": "x"}, "no log-probabilities of tokens"),
        ({"logprobs": None}, "no log-probabilities of tokens"),
        ({"logprobs": {"content": [{"token": "x", "logprob": -1}]}}, "no log-probabilities of tokens"),  # of a chat
        (echo([], []), "no log-probabilities of tokens"),
        (echo(["a", " b"], [None]), "no log-probabilities of tokens"),
        (echo([7, 8], [None, -1.0]), "no log-probabilities of tokens"),  # type: ignore[list-item]
        (echo(["."], [-1.0], "."), "does not echo"),  # of what was generated, alone
        (echo(["a"], [None]), "does not echo"),
        (echo(["a", " b"], [None, None]), "no log-probability for each token of the continuation"),
        (echo(["a", " b"], [None, float("nan")]), "no log-probability for each token of the continuation"),
    ],
)
def test_what_lacks_is_named(choice: dict[str, Any], cause: str) -> None:
    with pytest.raises(Failed, match=cause):
        likelihood(choice, "a", " b")


def test_the_first_token_of_all_has_no_likelihood_unless_a_mark_is_before_it() -> None:
    with pytest.raises(Failed, match="begin with a text"):
        likelihood(echo(["a", " b"], [None, -1.0]), "", "a b")
    assert likelihood(echo(["<s>", "a", " b"], [None, -2.0, -1.0]), "", "a b") == Likelihood(-3.0, 2, None)


def cut(prompt: str, data: st.DataObject) -> list[int]:
    size = len(prompt.encode())
    return [0, *sorted(data.draw(st.sets(st.integers(1, size - 1), max_size=size)) if size > 1 else []), size]


@settings(max_examples=100, deadline=None)
@given(PROMPTS, st.sampled_from(["more", "\ufffd", "", " "]), st.data())
def test_any_cut_at_bytes_is_found_again_from_what_the_parts_decode_to(prompt: str, more: str, data: st.DataObject) -> None:
    whole, places = prompt.encode(), cut(prompt, data)
    tokens = [whole[start:end].decode(errors="replace") for start, end in pairwise(places)]
    spans = spelled([*tokens, more], whole, 1)
    assert spans is not None
    assert [whole[start:end].decode(errors="replace") for start, end in spans] == tokens
    assert [start for start, _ in spans] == [0, *(end for _, end in spans[:-1])]
    assert spans[-1][1] == len(whole)
    if "\ufffd" not in "".join(tokens):
        assert spans == list(pairwise(places))


@settings(max_examples=100, deadline=None)
@given(PROMPTS, st.data())
def test_any_cut_is_found_where_a_character_is_written_with_its_last_byte(prompt: str, data: st.DataObject) -> None:
    whole, places = prompt.encode(), cut(prompt, data)
    shown = [len(whole[:end].decode(errors="ignore")) for end in places]
    tokens = [prompt[start:end] for start, end in pairwise(shown)]
    spans = spelled([*tokens, ""], whole, 1)
    assert spans is not None
    assert [whole[start:end].decode() for start, end in spans] == tokens


@settings(max_examples=100, deadline=None)
@given(PROMPTS, st.sampled_from(["", "<s>"]), st.sampled_from(["more", "\ufffd", ""]))
def test_the_tokens_of_a_real_tokenizer_are_placed(prompt: str, mark: str, more: str) -> None:
    ids, whole = TOKENIZER.encode(prompt), prompt.encode()
    ends = list(accumulate(len(TOKENIZER.token_bytes(token)) for token in ids))
    spans = spelled([mark, *(TOKENIZER.decode([token]) for token in ids), more], whole, 1)
    assert spans == [(0, 0), *pairwise([0, *ends])]
    stream = StreamDetokeniser(TOKENIZER)
    spans = spelled([mark, *map(stream.feed, ids), more], whole, 1)
    assert spans is not None
    assert [end for _, end in spans[1:]] == [len(whole[:end].decode(errors="ignore").encode()) for end in ends]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(alphabet="ab \ufffd", max_size=3), max_size=8), st.text(alphabet="ab 你", min_size=1, max_size=8))
def test_whatever_is_echoed_is_spelled_or_refused(tokens: list[str], prompt: str) -> None:
    spans = spelled(tokens, prompt.encode(), 1)
    assert spans is None or (len(spans) <= len(tokens) and spans[-1][1] == len(prompt.encode()))
