"""Python values as text: what goes into the candidate's process as arguments and comes out as a result.

The text is JSON in which a list is a list, None, bool, int, finite float and str are themselves,
and an object has one key, its tag: `{"t": [1, 2]}` is a tuple. So a plain value costs little, every
value comes back with its own type, and what a hostile program writes can become nothing but data.

Runs on both sides of the sandbox's wall, under `python -I -S` too: it needs the standard library
alone. On the inner side the program has run before `encode`, so what is used there is bound on
import, subclasses are read by the methods of their base, and no code of a value is ever called.
Knows no test and no process. Read `compare.py` next, which compares values outside.
"""

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from json import JSONDecoder
from json.encoder import encode_basestring_ascii as _quoted
from typing import Any, NoReturn

DEEPEST = 200
LARGEST = 32 << 20
_LONGEST_RATIO = 20_000
_MOST_OF_ONE_HASH = 1000
_NUMBER = re.compile("-?[0-9a-f]+")

# The program may put other things under these names in `builtins`.
_len, _map, _set, _type, _max, _min, _issubclass, _attribute, _string = len, map, set, type, max, min, issubclass, getattr, str
_bytes, _frozenset, _dict_items, _set_members, _frozenset_members = bytes, frozenset, dict.items, set.__iter__, frozenset.__iter__
_list_item, _tuple_item, _bytes_item, _bytearray_item = list.__getitem__, tuple.__getitem__, bytes.__getitem__, bytearray.__getitem__
_whole, _real, _bits, _hexed, _ascii, _utf8 = int.__repr__, float.__repr__, int.bit_length, int.__format__, str.isascii, str.encode
_Error, _Recursion, _Unicode, _modules = ValueError, RecursionError, UnicodeEncodeError, sys.modules
_named = type.__dict__["__name__"].__get__
_everything = slice(None)
_infinite = (float("inf"), float("-inf"))
_ints = {int}


class Opaque:
    """A value that is not data, by the name of its type; equal to nothing but itself. `handle` is its number in the process that has it, or -1.

    No dataclass: `dataclasses` would double the time that the inner side takes to start.
    """

    __slots__ = ("handle", "type")

    def __init__(self, type: str, handle: int = -1):
        self.type = type
        self.handle = handle

    def __repr__(self) -> str:
        return f"<{self.type!r}>"


def encode(value: object, keep: Callable[[object], int] | None = None) -> str:
    """The value as text.

    None, bool, int, float, complex, str, bytes, list, tuple, set, frozenset, dict, Fraction and Decimal
    are exact; a subclass of them is written as its base, a bytearray as bytes, the keys of a dict as a set.
    Anything else is written as Opaque, with the number that `keep(value)` gives it, if there is `keep`.
    Raises ValueError for a value that holds itself, is deeper than DEEPEST or longer than LARGEST.
    """
    try:
        return _Writer(keep).text(value, 0)
    except _Recursion:
        raise _Error("the value is nested too deeply") from None


def decode(text: str, opaque: Callable[[str, int], object] = Opaque, find: Callable[[int], object] | None = None) -> Any:
    """The value of a text of `encode`; raises ValueError for any other text, and for one deeper than DEEPEST or longer than LARGEST.

    `opaque(type, handle)` makes what stands for a value that is not data. `find(handle)` gives the
    object behind an Opaque that came back to the process that has it; without `find` it stays Opaque.
    """
    if _len(text) > LARGEST:
        raise _Error(f"the text has {_len(text)} characters; the most is {LARGEST}")
    reader = _PLAIN if opaque is Opaque and find is None else _Reader(opaque, find).decode
    try:
        value = reader(text)
    except (_Recursion, TypeError, ArithmeticError, LookupError) as error:
        raise _Error(f"not a value: {error}") from None
    # A level is a bracket, so most texts need no walk.
    if text.count("[") > DEEPEST and _deeper(value, DEEPEST):
        raise _Error(f"the value is deeper than {DEEPEST} levels")
    return value


class _Writer:
    """One value on its way to text; `room` is how many characters it may still have, about."""

    def __init__(self, keep: Callable[[object], int] | None):
        self.keep = keep
        self.room = LARGEST

    def text(self, value: Any, depth: int) -> str:
        write = _WRITERS.get(_type(value))
        return write(self, value, depth) if write else self.other(value, depth)

    def other(self, value: Any, depth: int) -> str:
        """A value of another type: as the base that it is a subclass of, or Opaque."""
        kind = _type(value)
        for base, plain in _BASES:
            if _issubclass(kind, base):
                return self.text(plain(value), depth)
        # Who has a fraction or decimal has imported its module, which would be slow to do for all.
        if kind is _attribute(_modules.get("fractions"), "Fraction", None):
            return f'{{"q":{self.items([value.numerator, value.denominator], depth)}}}'
        if kind is _attribute(_modules.get("decimal"), "Decimal", None):
            return f'{{"n":{self.string(_string(value), depth)}}}'
        return self.opaque(Opaque(_named(kind), self.keep(value) if self.keep else -1), depth)

    def take(self, count: int) -> None:
        self.room -= count
        if self.room < 0:
            raise _Error(f"the value is longer than {LARGEST} characters")

    def items(self, values: Any, depth: int) -> str:
        """The members of a list, tuple or set."""
        self.take(2 * _len(values) + 8)
        if depth >= DEEPEST:
            raise _Error(f"the value holds itself, or is deeper than {DEEPEST} levels")
        if _set(_map(_type, values)) == _ints and _bits(_max(values)) < 64 and _bits(_min(values)) < 64:
            return "[" + ",".join(_map(_whole, values)) + "]"
        return "[" + ",".join([self.text(value, depth + 1) for value in values]) + "]"

    def pairs(self, value: dict[Any, Any], depth: int) -> str:
        self.take(6 * _len(value) + 8)
        if depth >= DEEPEST - 1:
            raise _Error(f"the value holds itself, or is deeper than {DEEPEST} levels")
        pairs = [f"[{self.text(key, depth + 2)},{self.text(item, depth + 2)}]" for key, item in value.items()]
        return '{"d":[' + ",".join(pairs) + "]}"

    def whole(self, value: int, depth: int) -> str:
        """Beyond 63 bits in hexadecimal: that takes linear time, and Python does not limit its digits."""
        size = _bits(value)
        self.take(size // 4 + 1)
        return _whole(value) if size < 64 else f'{{"i":"{_hexed(value, "x")}"}}'

    def real(self, value: float, depth: int) -> str:
        self.take(8)
        return f'{{"f":"{_real(value)}"}}' if value != value or value in _infinite else _real(value)

    def string(self, value: str, depth: int) -> str:
        """As JSON has it, or as bytes with surrogates, two of which JSON would join."""
        self.take(_len(value))
        if not _ascii(value):
            try:
                _utf8(value)
            except _Unicode:
                return f'{{"u":"{_utf8(value, "utf-8", "surrogatepass").hex()}"}}'
        return _quoted(value)

    def opaque(self, value: Opaque, depth: int) -> str:
        return f'{{"o":[{self.string(value.type, depth)},{_whole(value.handle)}]}}'


_WRITERS: dict[type, Callable[[_Writer, Any, int], str]] = {
    type(None): lambda writer, value, depth: "null",
    bool: lambda writer, value, depth: "true" if value else "false",
    int: _Writer.whole,
    float: _Writer.real,
    str: _Writer.string,
    list: _Writer.items,
    dict: _Writer.pairs,
    tuple: lambda writer, value, depth: f'{{"t":{writer.items(value, depth)}}}',
    set: lambda writer, value, depth: f'{{"s":{writer.items(value, depth)}}}',
    frozenset: lambda writer, value, depth: f'{{"z":{writer.items(value, depth)}}}',
    bytes: lambda writer, value, depth: f'{{"b":{writer.string(value.hex(), depth)}}}',
    complex: lambda writer, value, depth: f'{{"c":[{writer.real(value.real, depth)},{writer.real(value.imag, depth)}]}}',
    Opaque: _Writer.opaque,
}

# Each reads its base's own content of a value, whatever the subclass defines.
_BASES: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (int, int.__int__),
    (float, float.__float__),
    (str, str.__str__),
    (list, lambda value: _list_item(value, _everything)),
    (tuple, lambda value: _tuple_item(value, _everything)),
    (dict, lambda value: {key: item for key, item in _dict_items(value)}),
    (set, lambda value: {*_set_members(value)}),
    (frozenset, lambda value: _frozenset({*_frozenset_members(value)})),
    (bytes, lambda value: _bytes_item(value, _everything)),
    (bytearray, lambda value: _bytes(_bytearray_item(value, _everything))),
    (complex, complex.__complex__),
    (type({}.keys()), lambda value: {*value}),
)


class _Reader:
    """The way back. Every object of the text comes to `tagged` with what is inside it made already."""

    def __init__(self, opaque: Callable[[str, int], object], find: Callable[[int], object] | None):
        self.make = opaque
        self.find = find
        self.decode = JSONDecoder(object_pairs_hook=self.tagged, parse_constant=_no_constant).decode
        self.readers: dict[str, Callable[[Any], object]] = {
            "t": lambda given: tuple(_listed(given)),
            "s": lambda given: _distinct(set, _listed(given)),
            "z": lambda given: _distinct(frozenset, _listed(given)),
            "d": _dict,
            "b": bytes.fromhex,
            "u": lambda given: bytes.fromhex(given).decode("utf-8", "surrogatepass"),
            "i": _big,
            "f": lambda given: {"nan": float("nan"), "inf": float("inf"), "-inf": float("-inf")}[given],
            "c": lambda given: complex(*_listed(given, float, 2)),
            "q": _fraction,
            "n": _decimal,
            "o": self.opaque,
        }

    def tagged(self, pairs: list[tuple[str, Any]]) -> object:
        if len(pairs) != 1 or pairs[0][0] not in self.readers:
            raise ValueError("an object of the text is none that `encode` writes")
        return self.readers[pairs[0][0]](pairs[0][1])

    def opaque(self, given: Any) -> object:
        name, handle = given
        if type(name) is not str or type(handle) is not int:
            raise ValueError("an opaque value has a name and a number")
        return self.find(handle) if self.find and handle >= 0 else self.make(name, handle)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not written so")


def _listed(given: Any, kind: type | None = None, count: int | None = None) -> list[Any]:
    if type(given) is not list or (count is not None and len(given) != count) or (kind and any(type(item) is not kind for item in given)):
        raise ValueError("a list of other members was due")
    return given


def _distinct(make: Callable[[Iterable[Any]], Any], members: list[Any]) -> Any:
    """A set, dict of keys or the like; its members are hashable and not chosen to make a table slow."""
    if len(members) > _MOST_OF_ONE_HASH and Counter(map(hash, members)).most_common(1)[0][1] > _MOST_OF_ONE_HASH:
        raise ValueError("too many members have the same hash")
    made = make(members)
    if len(made) != len(members):
        raise ValueError("a member is there twice")
    return made


def _dict(given: Any) -> dict[Any, Any]:
    pairs = [_listed(pair, count=2) for pair in _listed(given)]
    _distinct(dict.fromkeys, [pair[0] for pair in pairs])
    return {key: item for key, item in pairs}


def _big(given: Any) -> int:
    if type(given) is not str or not _NUMBER.fullmatch(given):
        raise ValueError("not a number")
    return int(given, 16)


def _fraction(given: Any) -> object:
    from fractions import Fraction

    numerator, denominator = _listed(given, int, 2)
    if max(numerator.bit_length(), denominator.bit_length()) > 4 * _LONGEST_RATIO:
        raise ValueError("the fraction is too long to be reduced")
    return Fraction(numerator, denominator)


def _decimal(given: Any) -> object:
    from decimal import Decimal

    if type(given) is not str or len(given) > _LONGEST_RATIO:
        raise ValueError("not a decimal, or too long")
    return Decimal(given)


def _deeper(value: object, most: int) -> bool:
    """Whether a value has more than so many levels, without recursion."""
    level = [value]
    for _ in range(most + 1):
        parts: list[Any] = [part for part in level if type(part) in _HOLDERS]
        level = [item for part in parts for item in (part.items() if type(part) is dict else part)]
    return bool(parts)


_HOLDERS = frozenset({list, tuple, set, frozenset, dict})
_PLAIN = _Reader(Opaque, None).decode
