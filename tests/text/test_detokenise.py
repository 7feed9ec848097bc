"""The stream of text equals decoding all at once, and holds back nothing but broken characters."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.text.detokenise import StreamDetokeniser
from openmimo.text.tokenizer import Tokenizer


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.lists(st.integers(0, 420)), st.lists(st.integers(9, 264))), st.booleans())
def test_any_ids_come_out_as_decoded_at_once(tokenizer: Tokenizer, ids: list[int], skip: bool) -> None:
    stream = StreamDetokeniser(tokenizer, skip_special=skip)
    assert "".join(map(stream.feed, ids)) + stream.flush() == tokenizer.decode(ids, skip_special=skip)


@settings(max_examples=50, deadline=None)
@given(st.text())
def test_text_leaves_as_soon_as_it_is_whole(tokenizer: Tokenizer, text: str) -> None:
    stream, seen, raw = StreamDetokeniser(tokenizer), "", b""
    for token in tokenizer.encode(text):
        seen += stream.feed(token)
        raw += tokenizer.token_bytes(token)
        assert seen == raw.decode("utf-8", "ignore")  # for the start of a sound text: its whole characters
    assert (seen, stream.flush()) == (text, "")


@pytest.mark.parametrize(("skip", "shown"), [(False, "a<think>b"), (True, "ab")])
def test_special_tokens_are_shown_or_skipped(tokenizer: Tokenizer, skip: bool, shown: str) -> None:
    stream = StreamDetokeniser(tokenizer, skip_special=skip)
    assert "".join(map(stream.feed, tokenizer.encode("a<think>b", special=True))) == shown


def test_a_flush_ends_one_text_and_begins_the_next(tokenizer: Tokenizer) -> None:
    stream = StreamDetokeniser(tokenizer)
    first = tokenizer.encode("é")[0]
    assert (stream.feed(first), stream.flush()) == ("", "\ufffd")
    assert "".join(map(stream.feed, tokenizer.encode("é"))) + stream.flush() == "é"
