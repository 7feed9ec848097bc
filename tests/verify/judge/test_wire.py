"""Values as text: the same value and types come back, no text makes anything but data, and no code of a value runs."""

import enum
import json
import subprocess
import sys
from collections import Counter, OrderedDict, defaultdict, namedtuple
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.verify.judge import wire
from openmimo.verify.judge.wire import DEEPEST, Opaque, decode, encode

SURROGATES = st.text(st.characters(codec=None), max_size=8)
PLAIN = st.none() | st.booleans() | st.integers() | st.integers(-(1 << 300), 1 << 300) | SURROGATES | st.binary(max_size=8) | st.fractions()
NUMBERS = st.floats(allow_nan=False) | st.complex_numbers(allow_nan=False) | st.decimals(allow_nan=False)
KEYS = st.recursive(PLAIN | NUMBERS, lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=4), max_leaves=6)
VALUES = st.recursive(
    KEYS | st.floats() | st.complex_numbers() | st.decimals(),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.tuples(inner, inner)
        | st.sets(KEYS, max_size=4)
        | st.dictionaries(KEYS, inner, max_size=4)
        | st.lists(st.integers(), max_size=5)
    ),
    max_leaves=15,
)


def same(left: Any, right: Any) -> bool:
    """Equality of type and value all the way down; NaN equals NaN, and 0.0 is not -0.0."""
    if type(left) is not type(right):
        return False
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return same(list(left.items()), list(right.items()))
    if isinstance(left, set | frozenset):
        return left == right and {type(item) for item in left} == {type(item) for item in right}
    return (
        left.encode("utf-8", "surrogatepass") == right.encode("utf-8", "surrogatepass") if type(left) is str else repr(left) == repr(right)
    )


@settings(deadline=None, derandomize=True)
@given(VALUES)
def test_a_value_comes_back_as_it_was(value: Any) -> None:
    text = encode(value)
    assert text.isascii()
    assert "\n" not in text
    assert same(decode(text), value)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["ff", "-ff", "1e99999", "sNaN", "inf", "\ud800"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*"tszdbuifcqno", "x"]), inner, min_size=1, max_size=2),
    max_leaves=12,
)


@settings(deadline=None, derandomize=True, max_examples=400)
@given(JSON.map(json.dumps) | st.text(max_size=30))
def test_any_other_text_is_refused_with_a_value_error_or_is_data(text: str) -> None:
    try:
        value = decode(text)
    except ValueError:
        return
    assert same(decode(encode(value)), value) or "o" in text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[1",
        "NaN",
        "[Infinity]",
        "1 2",
        "{}",
        '{"t":[1],"s":[2]}',
        '{"t":[1],"t":[2]}',
        '{"x":1}',
        '{"t":"ab"}',
        '{"t":{"d":[]}}',
        '{"s":[[1]]}',
        '{"s":[1,1.0]}',
        '{"d":[[1,2],[true,3]]}',
        '{"d":[[[1],2]]}',
        '{"d":[[1]]}',
        '{"d":[{"t":[1,2]}]}',
        '{"b":"f"}',
        '{"b":5}',
        '{"u":"ff"}',
        '{"i":"0x10"}',
        '{"i":" 1"}',
        '{"i":1}',
        '{"f":"1.5"}',
        '{"f":[]}',
        '{"c":[1,2]}',
        '{"q":[1,0]}',
        '{"q":[1.0,2]}',
        '{"n":"one"}',
        '{"n":5}',
        '{"o":["x","y"]}',
        '{"o":"ab"}',
        '{"o":5}',
        "9" * 5000,
        "[" * 100_000,
        '{"t":[' * 100_000,
        '{"t":[' * 201 + "]}" * 201,
        "[" * 201 + "]" * 201,
    ],
    ids=lambda text: text[:20],
)
def test_broken_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        decode(text)


def test_depth_and_length_have_limits_on_both_sides(monkeypatch: pytest.MonkeyPatch) -> None:
    value: Any = []
    for _ in range(DEEPEST - 1):
        value = [value]
    assert decode(encode(value)) == value
    with pytest.raises(ValueError, match="deeper than 200"):
        encode([value])
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(ValueError, match="holds itself"):
        encode(endless)
    turn: dict[str, Any] = {}
    turn["me"] = turn
    with pytest.raises(ValueError, match="holds itself"):
        encode(turn)
    monkeypatch.setattr(wire, "LARGEST", 10_000)
    doubled: list[Any] = [0]
    for _ in range(60):
        doubled = [doubled, doubled]
    for value in (doubled, "x" * 10_001, [5] * 10_000, 1 << 50_000, {"a": "x" * 10_000}, b"x" * 10_000, ["xxxxxxxxxx"] * 1000):
        with pytest.raises(ValueError, match="longer than 10000"):
            encode(value)
    with pytest.raises(ValueError, match="the most is 10000"):
        decode("1" * 10_001)


def test_members_with_one_hash_cannot_make_the_reader_slow() -> None:
    chosen = [place * (2**61 - 1) for place in range(20_000)]
    with pytest.raises(ValueError, match="same hash"):
        decode(encode(chosen).replace("[", '{"s":[', 1) + "}")
    with pytest.raises(ValueError, match="same hash"):
        decode('{"d":[' + ",".join(f"[{encode(key)},0]" for key in chosen) + "]}")
    assert decode(encode(set(range(20_000)))) == set(range(20_000))


def test_a_fraction_that_takes_long_to_reduce_is_refused() -> None:
    with pytest.raises(ValueError, match="too long to be reduced"):
        decode('{"q":' + encode([3**200_000, 5**200_000]) + "}")


class Hostile:
    """Any use of it is an error."""

    def __getattribute__(self, name: str) -> Any:
        raise AssertionError(name)

    def refuse(self, *_: Any) -> Any:
        raise AssertionError("code of a value was run")

    __eq__ = __ne__ = __len__ = __iter__ = __bool__ = __repr__ = __str__ = __hash__ = __int__ = __float__ = __index__ = refuse  # type: ignore[assignment]
    __getitem__ = __contains__ = __format__ = __reduce__ = __lt__ = __bytes__ = refuse  # type: ignore[assignment]


def test_no_code_of_a_value_is_run_and_subclasses_are_their_base() -> None:
    bases: dict[type, Any] = {
        int: 5,
        float: 1.5,
        str: "ab",
        list: [1, [2]],
        tuple: (1, 2),
        set: {1, 2},
        frozenset: frozenset({3}),
        bytes: b"ab",
    }
    for base, plain in bases.items():
        made = type(base.__name__ + "_of_mine", (Hostile, base), {})
        value = base.__new__(made, plain)
        if base in (list, set):
            base.__init__(value, plain)
        assert same(decode(encode([value])), [plain])
    mapping = type("dict_of_mine", (Hostile, dict), {})
    value = dict.__new__(mapping)
    dict.update(value, {"a": 1})
    assert same(decode(encode(value)), {"a": 1})
    assert decode(encode(Hostile())).type == "Hostile"


def test_known_subclasses_are_their_base() -> None:
    point = namedtuple("point", "x y")
    number = enum.IntEnum("number", "one two")
    for value, plain in [
        (point(1, 2), (1, 2)),
        (number(2), 2),
        (OrderedDict(a=1), {"a": 1}),
        (defaultdict(int, a=1), {"a": 1}),
        (Counter("aab"), {"a": 2, "b": 1}),
        (bytearray(b"ab"), b"ab"),
        ({"a": 1}.keys(), {"a"}),
    ]:
        assert same(decode(encode(value)), plain)


def test_what_is_no_data_equals_nothing() -> None:
    for value in (
        object(),
        print,
        range(3),
        iter([1]),
        (n for n in [1]),
        type,
        sys,
        {1: 2}.values(),
        memoryview(b"a"),
        NotImplemented,
        ...,
    ):
        back = decode(encode([value]))[0]
        assert type(back) is Opaque
        assert back.type == type(value).__name__
        assert back != decode(encode([value]))[0]
        assert back != value
        assert back not in (0, 1, True, "", None, [1])


def test_an_object_can_be_kept_where_it_is_and_found_again() -> None:
    kept: list[object] = []

    def keep(value: object) -> int:
        kept.append(value)
        return len(kept) - 1

    thing = object()
    back = decode(encode([1, thing], keep))
    assert (back[1].type, back[1].handle) == ("object", 0)
    there = encode({"again": back[1]})
    assert decode(there, find=kept.__getitem__)["again"] is thing
    assert decode(there)["again"].handle == 0
    assert decode(there, opaque=lambda name, handle: (name, handle))["again"] == ("object", 0)
    with pytest.raises(ValueError, match="not a value"):
        decode('{"o":["object",7]}', find=kept.__getitem__)


def test_it_works_alone_without_site_packages_after_builtins_were_broken() -> None:
    code = (
        f"import sys, importlib.util\nspec = importlib.util.spec_from_file_location('wire', {str(Path(wire.__file__))!r})\n"
        "wire = importlib.util.module_from_spec(spec); spec.loader.exec_module(wire)\n"
        "assert 'dataclasses' not in sys.modules and 'decimal' not in sys.modules\n"
        "import builtins, json\nwrite = sys.stdout.write\n"
        "def broken(*_, **__): sys.exit(3)\n"
        "vars(builtins).update({name: broken for name in vars(builtins) if name[0] != '_'})\n"
        "json.dumps = json.loads = json.encoder.encode_basestring_ascii = broken\n"
        "write(wire.encode([1, 'a', (2.5, {'k': {3}}), None, True, b'x', 1 << 70, 1j, '\\ud800', bound, frozen]))\n"
    ).replace("import builtins, json", "import builtins, json, collections\nbound, frozen = collections.OrderedDict(a=1), frozenset((1,))")
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert same(decode(done.stdout), [1, "a", (2.5, {"k": {3}}), None, True, b"x", 1 << 70, 1j, "\ud800", {"a": 1}, frozenset({1})])


def test_fractions_and_decimals_need_no_import_before() -> None:
    assert same(decode(encode([Fraction(1, 3), Decimal("1.50"), Decimal("NaN")])), [Fraction(1, 3), Decimal("1.50"), Decimal("NaN")])
