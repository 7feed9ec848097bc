"""Showing an answer as it comes: reasoning dimmed on stderr, the answer plain on stdout."""

import os
import sys
from collections.abc import Iterable

from openmimo.text.reasoning import Piece
from openmimo.text.special import TOOL_CALL, TOOL_CALL_END

DIM, PLAIN = "\x1b[2m", "\x1b[0m"
FENCE = "```"


def show_pieces(pieces: Iterable[Piece]) -> None:
    """Print pieces at once as they arrive; a shell that captures stdout gets the bare answer."""
    dim = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    before, thought, answered = "", False, False
    for piece in pieces:
        if piece.kind == "reasoning":
            text = piece.text if thought else piece.text.lstrip()
            thought = thought or bool(text)
            sys.stderr.write(f"{DIM}{text}{PLAIN}" if dim else text)
            sys.stderr.flush()
        else:
            if before == "reasoning":
                sys.stderr.write("\n")
                sys.stderr.flush()
            text = _shown(piece, before)
            text = text if answered else text.lstrip()
            answered = answered or bool(text)
            sys.stdout.write(text)
            sys.stdout.flush()
        before = piece.kind
    sys.stdout.write(f"{FENCE}\n" if before == "code" else "\n")
    sys.stdout.flush()


def _shown(piece: Piece, before: str) -> str:
    """The text of a piece with the marks that the parser took off around code and tool calls."""
    if piece.kind == "tool_call":
        return f"{TOOL_CALL}{piece.text}{TOOL_CALL_END}"
    opens = f"{FENCE}{piece.language}\n" if piece.kind == "code" and before != "code" else ""
    closes = FENCE if piece.kind != "code" and before == "code" else ""
    return closes + opens + piece.text
