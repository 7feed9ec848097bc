"""However a text is cut, it ends before its first stop string, and no more is held back than must be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openmimo.core.errors import InputError
from openmimo.text.stops import StopStrings

AB = st.text("ab", max_size=12)


@given(st.lists(AB, max_size=6), st.lists(st.text("ab", min_size=1, max_size=4), max_size=3))
def test_equals_cutting_the_whole_text(portions: list[str], stops: list[str]) -> None:
    reader, text = StopStrings(stops), "".join(portions)
    given_ = "".join([*map(reader.feed, portions), reader.flush()])
    places = [text.find(stop) for stop in stops if stop in text]
    assert reader.hit == bool(places)
    if not places:
        assert given_ == text
    else:
        # Which stop is hit can depend on how many letters came at once; none is ever passed.
        assert text.startswith(given_)
        assert not any(stop in given_ for stop in stops)
        assert any(text.startswith(stop, len(given_)) for stop in stops)


def test_holds_back_only_what_may_become_a_stop() -> None:
    reader = StopStrings(["\n\nQ:"])
    assert reader.feed("A: 4\n") == "A: 4"
    assert reader.feed("5") == "\n5"
    assert reader.feed("\n\nQ") == ""
    assert reader.feed(": more") == ""
    assert reader.hit
    assert reader.feed("x") == reader.flush() == ""


def test_an_empty_stop_is_refused() -> None:
    with pytest.raises(InputError, match="stop string is empty"):
        StopStrings(["x", ""])
