"""LaTeX and plain mathematical text as tokens, in one spelling.

Knows no grammar; `reader.py` does. Spacing, sizes and fonts go; units and other words are
tokens of their own, so that the reader decides what may be passed over.
"""

import re
from dataclasses import dataclass

from openmimo.verify.math.terms import MAX_LENGTH, TooLarge, Unreadable

UNICODE = {
    "−": "-", "–": "-", "—": "-", "×": "*", "·": "*", "⋅": "*", "∙": "*", "÷": "/", "⁄": "/", "∕": "/", "π": r"\pi ", "√": r"\sqrt ",
    "∞": r"\infty ", "≤": r"\le ", "≥": r"\ge ", "≠": r"\ne ", "∪": r"\cup ", "∩": r"\cap ", "∈": r"\in ", "±": r"\pm ", "∓": r"\mp ",
    "°": r"^\circ ", "≈": r"\approx ", "∅": r"\emptyset ", "…": r"\ldots ", "′": "'", "’": "'", "\u00a0": " ", "\u2009": " ", "\u202f": " ",
    "½": r"\frac12 ", "⅓": r"\frac13 ", "⅔": r"\frac23 ", "¼": r"\frac14 ", "¾": r"\frac34 ", "α": r"\alpha ", "β": r"\beta ", "γ": r"\gamma ",
    "θ": r"\theta ", "λ": r"\lambda ", "φ": r"\phi ", "ω": r"\omega ", "⟨": r"\langle ", "⟩": r"\rangle ",
}  # fmt: skip
SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-", strict=True))
SPACING = re.compile(
    r"\\(?:left|right|[bB]igg?[lrm]?|displaystyle|textstyle|limits|quad|qquad|hfill|thinspace|enspace|phantom\{[^{}]*\})(?![a-zA-Z])\.?|(?<!\\)\\[ !,;:>]|~"
)
SPACES = re.compile(r"\\(?:hspace|vspace|label|color)\*?\{[^{}]*\}")
JOINED = re.compile(r"(?<=\d)(?:\{,\}|,\s*\\!)\s*(?=\d{3}(?!\d))")  # 32{,}349 and 32,\!349 are numbers anywhere
SPACED = re.compile(r"(?<![\d.,])\d{1,3}(?: \d{3})+(?![\d.,])")  # 1 000
FONTS = r"\\(?:text(?:normal|rm|bf|it|sf|tt|up)?|mbox|hbox|mathrm|mathbf|mathit|mathsf|mathcal|mathbb|boldsymbol|bm|operatorname\*?|pmb|vec|hat|bar|tilde)"
LEXEMES = re.compile(
    rf"(?P<font>{FONTS})\s*\{{(?P<inside>[^{{}}]*)\}}"
    r"|\\(?P<env>begin|end)\s*\{(?P<kind>[a-zA-Z]+)\*?\}"
    r"|(?P<number>\d+(?:\.\d+)?[eE][-+]?\d{1,3}(?![\dA-Za-z])|\d{1,3}(?:,\d{3})+(?!\d|,\d)(?:\.\d+)?|\d+\.\d+|\.\d+|\d+\.(?=\\overline)|\d+)"
    r"|\\(?P<command>[a-zA-Z]+)|(?P<row>\\\\)|\\(?P<escaped>[{}%$|&#_])|(?P<word>[A-Za-z]+)"
    r"|(?P<sign><=|>=|!=|==|\*\*|\.\.\.|[-+*/^_()\[\]{}|=<>,;:.!%&'$€£])|(?P<space>\s+)|(?P<other>.)",
    re.DOTALL,
)
FUNCTIONS = {
    "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "ln", "log", "exp", "sqrt", "abs",
    "gcd", "lcm", "max", "min", "det", "floor", "ceil",
}  # fmt: skip
RUN_ON = re.compile(r"([A-Za-z]{1,2})(sqrt|sin|cos|tan|ln|log|exp|pi)")  # xsqrt(5) is x sqrt(5)
NAMES = {"pi": "pi", "inf": "inf", "infinity": "inf", "infty": "inf", "oo": "inf", "theta": "theta", "alpha": "alpha", "beta": "beta"}
JOINS = {"and", "or"}
COMMANDS = {
    "dfrac": "frac", "tfrac": "frac", "cfrac": "frac", "dbinom": "binom", "tbinom": "binom", "leq": "<=", "le": "<=", "leqslant": "<=",
    "geq": ">=", "ge": ">=", "geqslant": ">=", "ne": "!=", "neq": "!=", "lt": "<", "gt": ">", "cdot": "*", "times": "*", "ast": "*",
    "div": "/", "colon": ":", "approx": "approx", "lbrace": "{{", "rbrace": "}}", "lbrack": "[", "rbrack": "]", "vert": "|", "lvert": "|",
    "rvert": "|", "mid": "|", "dots": "...", "ldots": "...", "cdots": "...", "backslash": "minus", "setminus": "minus", "prime": "'",
    "infty": "inf", "varnothing": "emptyset", "imath": "i", "varphi": "phi", "varepsilon": "epsilon", "land": ",", "lor": ",",
    "degree": "circ", "sim": "approx", "simeq": "approx", "exp": "exp", "langle": "(", "rangle": ")",
}  # fmt: skip
SIGNS = frozenset(("<=", ">=", "!=", "<", ">", "*", "/", ":", "{{", "}}", "[", "]", "(", ")", "|", "...", "'", ","))


@dataclass(frozen=True)
class Token:
    """A piece of text; `kind` is number, name, command, word, sign, begin or end. `spaced`: blanks stand before it."""

    kind: str
    text: str
    spaced: bool = False


def tokens(text: str) -> list[Token]:
    """The tokens of an answer; raises Unreadable for what has no spelling here, TooLarge for what is too long."""
    if len(text) > MAX_LENGTH:
        raise TooLarge(f"longer than {MAX_LENGTH} characters")
    text = plain(text)
    found: list[Token] = []
    depth, spaced = 0, False
    for piece in LEXEMES.finditer(text):
        if piece["space"]:
            spaced = True
            continue
        new = _tokens_of(piece, depth, spaced)
        depth += sum(token.text in ("(", "[", "{{") for token in new) - sum(token.text in (")", "]", "}}") for token in new)
        found += new
        spaced = False
    return found


def plain(text: str) -> str:
    """The text without spacing, sizes and the many spellings of the same sign."""
    if r"\begin" not in text:
        text = re.sub(r"\\\\(?=[a-zA-Z])", r"\\", text)  # a backslash that was escaped twice
    text = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+", lambda found: "^{" + "".join(SUPERSCRIPTS[sign] for sign in found[0]) + "}", text)
    text = "".join(UNICODE.get(letter, letter) for letter in text)
    text = JOINED.sub("", text)
    text = SPACES.sub(" ", SPACING.sub(" ", text))
    text = SPACED.sub(lambda found: found[0].replace(" ", ""), text)
    return text.strip()


def _tokens_of(piece: re.Match[str], depth: int, spaced: bool) -> list[Token]:
    if piece["font"]:
        return _font(piece["font"], piece["inside"].strip(" ~\\"), spaced)
    if piece["env"]:
        return [Token(piece["env"], piece["kind"])]
    if piece["number"]:
        return _number(piece["number"], depth, spaced)
    if piece["command"]:
        command = COMMANDS.get(piece["command"], piece["command"])
        return [Token("sign" if command in SIGNS else "command", command, spaced)]
    if piece["row"]:
        return [Token("sign", "\\\\")]
    if piece["escaped"]:
        escaped = {"{": "{{", "}": "}}", "|": "||"}.get(piece["escaped"], piece["escaped"])
        return [Token("sign", escaped, spaced)]
    if piece["word"]:
        return _word(piece["word"], spaced)
    if piece["sign"]:
        return [Token("sign", {"**": "^", "==": "="}.get(piece["sign"], piece["sign"]), spaced)]
    raise Unreadable(f"the sign {piece[0]!r}")


def _number(text: str, depth: int, spaced: bool) -> list[Token]:
    if "," in text and depth:  # within brackets 1,200 are two numbers
        parts = text.split(",")
        return [token for part in parts for token in (Token("number", part, spaced), Token("sign", ","))][:-1]
    return [Token("number", text.replace(",", ""), spaced)]


def _font(font: str, inside: str, spaced: bool) -> list[Token]:
    if len(inside) == 1 and inside.isalpha():
        # A letter set upright after a blank is a unit, 5 \text{ m}; alone it is a name, \mathrm{e}.
        return [Token("name", inside, spaced)]
    if inside.lower() in FUNCTIONS and not (inside == "min" and not font.startswith((r"\op", r"\mathrm"))):
        return [Token("command", inside.lower(), spaced)]
    if inside.lower().strip(" ,") in JOINS or inside in (",", ";"):
        return [Token("sign", ",", spaced)]
    if not inside:
        return []
    if re.fullmatch(r"[-+\d.,\s/]+", inside):
        # Digits in a text box are no number for math-verify; they are for a reader.
        return [token for token in tokens(inside)]
    return [Token("word", inside, spaced)]


def _word(text: str, spaced: bool) -> list[Token]:
    low = text.lower()
    if low in JOINS:
        return [Token("sign", ",", spaced)]
    if low in FUNCTIONS:
        return [Token("command", low, spaced)]
    if low in NAMES:
        return [Token("name", NAMES[low], spaced)]
    if found := RUN_ON.fullmatch(text):
        return [*_word(found[1], spaced), *_word(found[2], False)]
    if len(text) > 3 or low in UNIT_WORDS or (low in SHORT_WORDS and text != text.upper()):
        return [Token("word", text, spaced)]
    return [Token("name", letter, spaced and place == 0) for place, letter in enumerate(text)]


UNIT_WORDS = {"cm", "mm", "km", "dm", "kg", "mg", "lb", "lbs", "oz", "ft", "yd", "mi", "min", "sec", "hr", "hrs", "mph", "deg", "rad", "kph", "ml", "pm", "am", "day", "pct"}  # fmt: skip
SHORT_WORDS = {"is", "no", "not", "the", "are", "of", "to", "if", "it", "be", "we", "so", "but", "yes", "odd", "all", "one", "two", "six", "ten", "any", "nor"}  # fmt: skip
