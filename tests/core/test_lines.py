"""Lines that were written are read again, a half one at the end is dropped, and a broken one in the middle is named."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.core.errors import InputError
from openmimo.core.lines import Lines, read_lines

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.text(max_size=8), lambda inner: st.lists(inner, max_size=3), max_leaves=5
)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.lists(st.dictionaries(st.text(max_size=5), JSON, max_size=3), max_size=6), st.integers(0, 200))
def test_a_file_cut_anywhere_keeps_its_whole_lines(
    tmp_path_factory: pytest.TempPathFactory, values: list[dict[str, object]], cut: int
) -> None:
    path = tmp_path_factory.mktemp("lines") / "deep" / "lines.jsonl"
    with Lines(path) as lines:
        for value in values:
            lines.append(value)
    assert read_lines(path) == values
    data = path.read_bytes()[:cut]
    path.write_bytes(data)
    whole = data.count(b"\n")
    assert read_lines(path) == values[:whole]
    with Lines(path) as lines:
        lines.append({"last": 1})
    assert read_lines(path) == [*values[:whole], {"last": 1}]


def test_a_file_that_is_not_there_has_no_lines(tmp_path: Path) -> None:
    assert read_lines(tmp_path / "none.jsonl") == []


@pytest.mark.parametrize("broken", ["{", "7", '"text"', ""])
def test_a_broken_line_is_named(tmp_path: Path, broken: str) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text(f'{{"a": 1}}\n{broken}\n{{"b": 2}}\n')
    with pytest.raises(InputError, match=r"lines\.jsonl:2: no JSON object"):
        read_lines(path)
