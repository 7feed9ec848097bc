"""Problems that no verifier can reward, told by their wording: proofs, and multiple choice, which guessing solves (report 3.2).

The report has a language model tell them; these are rules, ours, for English and the marks of LaTeX. Pure functions on text.
"""

import re

OPTIONS = 3  # so many at least, from A on
# (A) or [A]; A. or A) at the beginning of a line or after \quad; what LaTeX puts around a letter falls away before.
_OPTION = re.compile(r"(?<!\w)[(\[]\s*([A-H])\s*[)\]](?!\s*[,;.?](?!\w))|(?:^|\n|\\q?quad)\s*([A-H])\s*[.):]\s")
_DRESS = re.compile(
    r"\\(?:textbf|text|mathrm|mathbf|bf|rm|textrm)\s*\{\s*(\(?[A-H]\)?[.:)]?)[\s~\\]*\}|\$\s*(\\(?:textbf|text|mathrm)\{[^}]*\})\s*\$"
)
_DRAWING = re.compile(r"\[asy\].*?\[/asy\]", re.DOTALL)
_PROVE = re.compile(
    r"(?:^|[.!?:;,$]\s+|\n\s*|\([a-z0-9]+\)\s*|\b(?:then|and|please|to)\s+)(prove|show that|demonstrate that|give a proof)\b", re.IGNORECASE
)
_ASKS = re.compile(
    r"\b(find|determine|compute|calculate|evaluate|what|how many|how much|which|who|when|where|solve|express|simplify|give the (?:value|number|answer))\b",
    re.IGNORECASE,
)
_NO_ANSWER = re.compile(
    r"\\?(?:text\{)?\s*(?:see (?:the )?(?:proof|solution)|proof|proven|proved|q\.?e\.?d\.?|shown|n/?a)\s*\.?\s*\}?", re.IGNORECASE
)


def is_multiple_choice(statement: str) -> bool:
    """Whether the statement lists options: A, B and C at least, in this order."""
    bare = without_drawings(statement)
    while (found := _DRESS.sub(lambda one: f" {one[1] or one[2]} ", bare)) != bare:
        bare = found
    wanted = "A"
    for option in _OPTION.finditer(bare):
        if (option[1] or option[2]) == wanted:
            wanted = chr(ord(wanted) + 1)
    return ord(wanted) - ord("A") >= OPTIONS


def is_proof(statement: str, answer: str) -> bool:
    """Whether what is wanted is a proof: the answer says so, or the statement asks to prove and for nothing else."""
    if _NO_ANSWER.fullmatch(answer.strip()):
        return True
    asked = _PROVE.search(statement)
    return bool(asked) and not _ASKS.search(statement) and "?" not in statement


def without_drawings(statement: str) -> str:
    """A statement without the code of its drawings (Asymptote's): labels in it are no options, and many problems share much of it."""
    return _DRAWING.sub(" ", statement)
