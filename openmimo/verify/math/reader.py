"""Reads mathematical text into terms by recursive descent; never `eval`, never sympy's parsers.

Reads all of a text or nothing: what is not understood to the last sign raises Unreadable.
Words after a complete value are its unit. Read `lexer.py` for the tokens, `terms.py` for
what comes out.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from openmimo.verify.math.cursor import Cursor
from openmimo.verify.math.lexer import FUNCTIONS, Token, tokens
from openmimo.verify.math.terms import CONTAINERS, LISTS, MAX_DEPTH, Malformed, Term, TooLarge, Unreadable, name, negative, number

RELATIONS = ("=", "<", ">", "<=", ">=", "!=", "in", "approx")
CLOSE = {"(": (")", "]"), "[": ("]", ")"), "{{": ("}}",), "{": ("}",)}
MATRICES = {"matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "smallmatrix", "array"}
PREFIXES = ("$", "€", "£")
IGNORED_COMMANDS = {"overrightarrow", "mathopen", "mathclose", "boxed", "fbox"}
GREEK = {
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "kappa", "lambda", "mu", "nu", "xi", "rho", "sigma", "tau",
    "phi", "chi", "psi", "omega", "Gamma", "Delta", "Theta", "Lambda", "Sigma", "Phi", "Psi", "Omega", "ell", "pi", "e", "i", "inf",
    "emptyset", "angle", "triangle", "hbar",
}  # fmt: skip
SETS = {"cup": "union", "cap": "meet", "minus": "minus"}
UNIT_LETTERS = set("mgshLNJWVAKC")
WORDS = 4  # a unit is no longer than this
NO_UNIT = {
    "not",
    "is",
    "isn't",
    "wrong",
    "maybe",
    "if",
    "but",
    "no",
    "else",
    "unless",
    "to",
    "than",
    "more",
    "less",
    "times",
    "modulo",
    "mod",
}


@dataclass(frozen=True)
class Reading:
    """A text read: its term, and the unit or other words that followed it ("" if none)."""

    term: Term
    unit: str = ""


@lru_cache(maxsize=4096)
def read(text: str) -> Reading:
    """The term of a text; raises Unreadable or TooLarge."""
    reader = _Reader(tokens(text))
    try:
        return reader.all()
    except RecursionError as error:
        raise TooLarge("nested too deep") from error


class _Reader(Cursor):
    def all(self) -> Reading:
        self._take("approx")
        unit = self._tokens[0].text if self._tokens and self._tokens[0].text in PREFIXES else ""
        while self._tokens and self._tokens[-1].kind == "sign" and self._tokens[-1].text in (".", ",", ";", "$", "€", "£"):
            last = self._tokens.pop()
            unit = unit or (last.text if last.text in PREFIXES else "")
        term = self._statement()
        unit = unit or self._unit()
        if self._place < len(self._tokens):
            raise Unreadable(f"{self._tokens[self._place].text!r} after the end")
        return Reading(term, unit)

    # A list of relations between sums.

    def _statement(self) -> Term:
        items = [self._relation()]
        while self._take(",", ";", "quad"):
            while self._take(",", ";"):  # "1, and 2"
                pass
            if self._at_end():
                break
            items.append(self._relation())
        return items[0] if len(items) == 1 else Term("list", tuple(items))

    def _relation(self) -> Term:
        self._take(*PREFIXES)
        sides, signs = [self._union()], []
        while sign := self._take(*RELATIONS):
            self._take(*PREFIXES)
            signs.append(sign)
            sides.append(self._union())
        return Term("relation", tuple(sides), " ".join(signs)) if signs else sides[0]

    def _union(self) -> Term:
        term = self._sum()
        while sign := self._take(*SETS):
            if sign == "cap":
                raise Unreadable("an intersection")
            term = Term(SETS[sign], (*(term.args if term.head == SETS[sign] == "union" else (term,)), self._sum()))
        return term

    def _sum(self) -> Term:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise TooLarge("nested too deep")
        terms = []
        sign = self._take("+", "-", "pm", "mp") or "+"
        while True:
            term = self._product()
            if sign in ("pm", "mp"):
                term = Term("±", (term,), sign)
            terms.append(negative(term) if sign == "-" else term)
            if not (sign := self._take("+", "-", "pm", "mp")):
                break
        self._depth -= 1
        return terms[0] if len(terms) == 1 else Term("+", tuple(terms))

    def _product(self) -> Term:
        term = self._signed()
        while True:
            if sign := self._take("*", "/", ":"):
                term = Term(sign, (term, self._signed()))
            elif self._starts_factor():
                if self._tokens[self._place].kind == "number":
                    return self._written_mixed(term)
                factor = self._power()
                term = self._mixed(term, factor) or Term("*", (term, factor))
            else:
                return term

    def _written_mixed(self, whole: Term) -> Term:
        """5 3/4 is five and three quarters; no other numeral follows a value without a sign."""
        over = self._atom()
        if self._take("/") and not self._at_end() and (term := self._mixed(whole, Term("/", (over, self._atom()), "frac"))):
            return term
        raise Malformed("two numbers without a sign between them")

    def _mixed(self, whole: Term, part: Term) -> Term | None:
        """2\\frac13 is two and a third."""
        if (
            whole.is_number
            and whole.places is None
            and part.head == "/"
            and part.name == "frac"
            and all(side.is_number for side in part.args)
        ):
            over, under = (side.value for side in part.args)
            if 0 < over < under and over.denominator == under.denominator == 1:
                return number(whole.value + over / under)
        return None

    def _signed(self) -> Term:
        sign = self._take("-", "+")
        if sign:
            self._deeper()
            term = self._signed()
            self._depth -= 1
            return negative(term) if sign == "-" else term
        return self._power()

    def _power(self) -> Term:
        term = self._atom()
        while True:
            if self._take("^"):
                term = self._raise(term)
            elif self._take("!"):
                term = Term("!", (term,))
            elif self._take("%"):
                term = Term("%", (term,))
            elif self._take("circ"):
                term = Term("deg", (term,))
            elif term.head == "name" and self._take("'"):
                term = name(term.name + "'")
            else:
                return term

    def _raise(self, base: Term) -> Term:
        if self._take("circ"):
            return Term("deg", (base,))
        if self._take("'"):
            return name(base.name + "'")
        self._deeper()
        if self._peek("{"):
            exponent = self._group()
            if exponent.head == "name" and exponent.name == "circ":
                return Term("deg", (base,))
        else:
            exponent = self._signed_atom()
        self._depth -= 1
        return Term("^", (base, exponent))

    def _signed_atom(self) -> Term:
        if self._take("-"):
            return negative(self._signed_atom_of())
        self._take("+")
        return self._signed_atom_of()

    def _signed_atom_of(self) -> Term:
        term = self._atom()
        if self._take("^"):  # powers stack to the right
            self._deeper()
            term = self._raise(term)
            self._depth -= 1
        return term

    # What stands alone.

    def _atom(self) -> Term:
        token = self._next()
        if token.kind == "number":
            return self._numeral(token.text)
        if token.kind == "name":
            return self._named(token.text)
        if token.kind == "command":
            return self._command(token.text)
        if token.kind == "begin":
            return self._matrix(token.text)
        if token.kind == "word":
            return Term("word", name=token.text)
        if token.text in CLOSE:
            self._place -= 1
            return self._group()
        if token.text == "|":
            inside = self._sum()
            self._need("|")
            return Term("abs", (inside,))
        if token.text == "...":
            return Term("word", name="...")
        raise Unreadable(f"{token.text!r} where a value was expected")

    def _numeral(self, text: str) -> Term:
        text, _, power = text.lower().partition("e")
        whole, point, part = text.partition(".")
        value = Fraction(int(whole or "0") if len(whole) < 4000 else _too_long())
        places: int | None = None
        if part:
            places = len(part) if len(part) < 4000 else _too_long()
            value += Fraction(int(part), 10**places)
        if point and self._take("overline"):
            repeated = self._atom_text()
            shift = 10 ** (places or 0)
            return number(value + Fraction(int(repeated), (10 ** len(repeated) - 1) * shift))
        if power:  # 1.5e3
            return number(value * Fraction(10) ** int(power), max((places or 0) - int(power), 0) or None)
        if self._take("_"):
            return Term("base", (number(value), self._subscript()))
        return number(value, places)

    def _atom_text(self) -> str:
        self._need("{")
        token = self._next()
        self._need("}")
        if token.kind != "number" or not token.text.isdigit() or len(token.text) > 100:
            raise Unreadable("a line over something")
        return token.text

    def _subscript(self) -> Term:
        return self._group() if self._peek("{") else self._atom()

    def _named(self, text: str) -> Term:
        if self._take("_"):
            text += "_" + _flat(self._subscript())
        term = name(text)
        if text in ("f", "g") and self._peek("("):
            return Term("call", self._arguments(), text)
        return term

    def _command(self, text: str) -> Term:
        if text == "frac":
            over, under = self._argument(), self._argument()
            return Term("/", (over, under), "frac")
        if text == "binom":
            return Term("binom", (self._argument(), self._argument()))
        if text == "sqrt":
            return self._root()
        if text in FUNCTIONS:
            return self._function(text)
        if text in GREEK:
            return self._named(text)
        if text == "overline":
            return name("overline " + _flat(self._argument()))
        if text == "circ":
            return name("circ")
        if text in IGNORED_COMMANDS:
            return self._argument()
        raise Unreadable(f"\\{text}")

    def _argument(self) -> Term:
        """What follows \\frac: a group, or one digit or letter."""
        if self._peek("{") or self._peek("("):
            return self._group()
        if self._place < len(self._tokens) and self._tokens[self._place].kind == "number":
            token = self._tokens[self._place]
            if len(token.text) > 1 and token.text.isdigit():  # \frac13
                self._tokens[self._place : self._place + 1] = [Token("number", token.text[0]), Token("number", token.text[1:])]
        return self._atom()

    def _root(self) -> Term:
        degree = number(2)
        if self._take("["):
            degree = self._sum()
            self._need("]")
        inside = self._group() if self._peek("{") or self._peek("(") else self._atom()
        return Term("root", (inside, degree))

    def _function(self, text: str) -> Term:
        if text == "abs":
            return Term("abs", self._arguments())
        power = base = None
        if self._take("_"):
            base = self._subscript()
        if self._take("^"):
            self._depth += 1
            power = self._group() if self._peek("{") else self._signed_atom()
            self._depth -= 1
        inside = self._arguments() if self._peek("(") else (self._bare_argument(),)
        inside = tuple(map(_radians, inside))
        if text == "exp":
            term = Term("^", (name("e"), inside[0]))
        elif base is not None:
            term = Term("/", (Term("call", inside, "ln"), Term("call", (base,), "ln")))
        else:
            term = Term("call", inside, text)
        if power is None:
            return term
        if power == number(-1):
            return Term("call", inside, "arc" + text)
        return Term("^", (term, power))

    def _bare_argument(self) -> Term:
        """The argument of a function without brackets: \\sin 2x."""
        term = self._signed()
        while self._starts_factor() and not (self._tokens[self._place].kind == "command" and self._tokens[self._place].text in FUNCTIONS):
            term = Term("*", (term, self._power()))
        return term

    def _arguments(self) -> tuple[Term, ...]:
        group = self._group()
        return group.args if group.head in ("tuple", "list") else (group,)

    def _group(self) -> Term:
        opening = self._next().text
        if opening not in CLOSE:
            raise Unreadable(f"{opening!r} where a bracket was expected")
        self._deeper()
        if opening == "{{" and self._take("}}"):
            self._depth -= 1
            return name("emptyset")
        inside = self._statement()
        self._unit_inside()
        closing = self._take(*CLOSE[opening])
        if not closing:
            raise Unreadable(f"{opening!r} is not closed")
        self._depth -= 1
        return _grouped(opening, closing, inside)

    def _matrix(self, kind: str) -> Term:
        if kind not in MATRICES:
            raise Unreadable(f"\\begin{{{kind}}}")
        if kind == "array" and self._peek("{"):
            while self._next().text != "}":
                pass
        rows: list[list[Term]] = [[]]
        while True:
            if self._take_end(kind):
                break
            if self._take("\\\\"):
                rows.append([])
            elif not self._take("&"):
                rows[-1].append(self._relation())
        rows = [row for row in rows if row]
        if not rows or len({len(row) for row in rows}) > 1:
            raise Unreadable("a matrix with uneven rows")
        return Term("matrix", tuple(entry for row in rows for entry in row), str(len(rows[0])))

    # Units and other words.

    def _unit(self) -> str:
        """The words to the end, if they can be a unit: `square units`, `cm^2`, `m`."""
        rest = self._tokens[self._place :]
        words = [token.text for token in rest]
        if not rest or len(words) > 2 * WORDS or set(" ".join(words).lower().split()) & NO_UNIT:
            return ""
        if not any(
            token.kind == "word" or (token.kind == "name" and token.text in UNIT_LETTERS) or token.text in PREFIXES for token in rest
        ):
            return ""
        if any(token.kind not in ("word", "name", "number") and token.text not in ("^", "/", "*", "{", "}", *PREFIXES) for token in rest):
            return ""
        if any(token.kind == "number" and token.text not in ("2", "3") for token in rest):
            return ""
        self._place = len(self._tokens)
        return " ".join(words)

    def _unit_inside(self) -> None:
        if self._place < len(self._tokens) and self._tokens[self._place].kind == "word":
            raise Unreadable("words within brackets")

    # Tokens.

    def _starts_factor(self) -> bool:
        if self._at_end():
            return False
        token = self._tokens[self._place]
        if (
            token.kind == "name"
            and token.spaced
            and token.text in UNIT_LETTERS
            and self._is_unit_at_end()
            and self._tokens[self._place - 1].kind == "number"
        ):
            return False  # 5 m
        if token.kind in ("number", "name", "begin"):
            return True
        if token.kind == "command":
            return token.text in FUNCTIONS or token.text in GREEK or token.text in ("frac", "binom", "overline")
        return token.text in ("(", "{", "[") and not (token.text == "[" and self._depth == 0)

    def _is_unit_at_end(self) -> bool:
        """Whether the letter ends the text, or is m^2 or m^3 there."""
        return self._place == len(self._tokens) - 1 or (self._tokens[self._place].text == "m" and self._tokens[self._place + 1].text == "^")


def _grouped(opening: str, closing: str, inside: Term) -> Term:
    items = inside.args if inside.head == "list" else (inside,)
    if opening == "{{":
        return Term("set", items)
    if opening == "{":
        return inside
    if opening == "[" or closing == "]":
        if len(items) == 2:
            return Term("interval", items, opening + closing)
        if len(items) == 1 and opening == "[" and closing == "]":
            return inside if inside.head not in LISTS else Term("tuple", (inside,))
        if opening == "[" and closing == "]":
            return Term("tuple", items)
        raise Unreadable("brackets that do not fit")
    if inside.head == "list":
        return Term("tuple", items)
    return inside


def _radians(term: Term) -> Term:
    """Degrees within a function, sin 30°, as the number they are."""
    parts = tuple(map(_radians, term.args))
    if term.head == "deg":
        return Term("/", (Term("*", (parts[0], name("pi"))), number(180)))
    return Term(term.head, parts, term.name, term.value, term.places) if parts else term


def _flat(term: Term) -> str:
    if term.head in CONTAINERS:
        raise Unreadable("a list below the line")
    if term.is_number:
        return str(term.value)
    return term.name + "".join(map(_flat, term.args))


def _too_long() -> int:
    raise TooLarge("a number of more than 4000 digits")
