"""Showing an answer as it comes: reasoning dimmed on stderr, the answer plain on stdout."""

import os
import sys
from collections.abc import Iterable

from openmimo.text.reasoning import Piece

DIM, PLAIN = "\x1b[2m", "\x1b[0m"


def show_pieces(pieces: Iterable[Piece]) -> None:
    """Print pieces at once as they arrive; a shell that captures stdout gets the bare answer."""
    dim = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    before, answered = "", False
    for piece in pieces:
        if piece.kind == "reasoning":
            text = piece.text if before else piece.text.lstrip()
            sys.stderr.write(f"{DIM}{text}{PLAIN}" if dim else text)
            sys.stderr.flush()
        else:
            if before == "reasoning":
                sys.stderr.write("\n")
                sys.stderr.flush()
            text = piece.text if answered else piece.text.lstrip()
            answered = answered or bool(text)
            sys.stdout.write(text)
            sys.stdout.flush()
        before = piece.kind
    sys.stdout.write("\n")
    sys.stdout.flush()
