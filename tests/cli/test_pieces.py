"""What is shown of an answer: reasoning on stderr, the rest on stdout just as the model wrote it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.cli.pieces import show_pieces
from openmimo.text.reasoning import ReasoningParser

TEXT = '<think>\nI add.\n</think>\nSo:\n```python\nprint(1)\n```\nand\n<tool_call>{"name": "x"}</tool_call>\ndone'


def test_marks_are_put_back_and_reasoning_kept_apart(capsys: pytest.CaptureFixture[str]) -> None:
    parser = ReasoningParser()
    show_pieces([*parser.feed(TEXT), *parser.end()])
    shown = capsys.readouterr()
    assert shown.out == TEXT.split("</think>\n")[1] + "\n"
    assert shown.err.strip() == "I add."


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=30))
def test_however_it_arrives(sizes: list[int]) -> None:
    import contextlib
    import io

    def shown(cuts: list[int]) -> str:
        parser, out, place, pieces = ReasoningParser(), io.StringIO(), 0, []
        for size in cuts:
            pieces += parser.feed(TEXT[place : place + size])
            place += size
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
            show_pieces([*pieces, *parser.feed(TEXT[place:]), *parser.end()])
        return out.getvalue()

    assert shown(sizes) == shown([])
