"""RULER: contexts as long as asked and no longer, the same for a seed, whose gold answers are in them; and the share that is scored."""

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.core.errors import InputError
from openmimo.eval.benchmarks.catalog import read_items
from openmimo.eval.benchmarks.haystack import ADJECTIVES, NOUNS, names, sentences, words
from openmimo.eval.benchmarks.ruler import BENCHMARKS, KINDS, ROOM, ruler_items, ruler_verdict
from openmimo.eval.item import Item
from openmimo.verify.judge.fields import BadField

RULER, CHAT = BENCHMARKS
FIXTURE = Path(__file__).parent.parent / "fixtures" / "ruler.jsonl"


def tokens(text: str) -> int:
    """Words, numbers digit by digit, and signs: about as many as a tokenizer gives."""
    return len(re.findall(r"[A-Za-z]{1,8}|\d|[^\sA-Za-z\d]", text))


def of(kind: str, length: int = 1024, count: int = 1, seed: int = 0) -> list[Item]:
    return [item for item in ruler_items(length, count, seed, tokens) if item.topic == kind]


@pytest.mark.parametrize("length", [1024, 1500, 4096, 32_768])
def test_contexts_are_nearly_as_long_as_asked_and_never_longer(length: int) -> None:
    items = ruler_items(length, 2, 3, tokens)
    assert [item.topic for item in items] == [kind.name for kind in KINDS for _ in range(2)]
    taken = [tokens(item.question) + ROOM for item in items]
    assert max(taken) <= length
    assert min(taken) > 0.95 * length
    assert {item.level for item in items} == {str(length)}


@settings(max_examples=15, deadline=None)
@given(length=st.integers(6000, 9000), seed=st.integers(0, 10**6), each=st.integers(2, 6))
def test_no_length_seed_or_tokenizer_makes_them_longer(length: int, seed: int, each: int) -> None:
    def count(text: str) -> int:
        return -(-len(text) // each)

    items = ruler_items(length, 1, seed, count)
    assert all(count(item.question) + ROOM <= length and ruler_verdict(item, item.gold).score == 1.0 for item in items)


def test_the_same_seed_gives_the_same_and_another_one_others() -> None:
    assert ruler_items(1024, 2, 5, tokens) == ruler_items(1024, 2, 5, tokens)
    one, other = ruler_items(1024, 2, 5, tokens), ruler_items(1024, 2, 6, tokens)
    assert len({item.id for item in [*one, *other]}) == len({item.question for item in [*one, *other]}) == 4 * len(KINDS)


def test_needles_are_in_the_haystack_and_nowhere_else() -> None:
    wanted = {"needle-single": (1, 1), "needle-multikey": (1, 4), "needle-multivalue": (4, 4), "needle-multiquery": (4, 4)}
    for kind, (asked, hidden) in wanted.items():
        (item,) = of(kind)
        needles = re.findall(r"One of the special magic numbers for ([a-z]+-[a-z]+) is: (\d{7})\.", item.question)
        assert len(needles) == len(set(needles)) == hidden
        query = item.question.rpartition("\nWhat")[2]
        assert {number for name, number in needles if name in query} == set(item.data["wanted"])
        assert len(item.data["wanted"]) == asked
        assert item.question.endswith(" is" if asked == 1 else " are")


def test_variables_are_handed_on_in_their_order() -> None:
    (item,) = of("variable-tracking")
    text = item.question.partition("\n\nMemorize")[2]
    value = re.search(r"assigned the value (\d+)", text)
    assert value
    held: dict[str, str] = {}
    for name, given_ in re.findall(r"VAR ([A-Z]{5}) = (?:VAR )?(\w+)\.", text):
        held[name] = held.get(given_, given_)
    assert held == dict.fromkeys(item.data["wanted"], value[1])
    assert len(held) == 5


@pytest.mark.parametrize("length, often, seldom", [(1024, 6, 1), (8192, 30, 3)])
def test_common_words_are_the_most_common(length: int, often: int, seldom: int) -> None:
    (item,) = of("common-words", length)
    text = item.question.rpartition("Below is")[2].rpartition("\nQuestion")[0]
    counted = Counter(re.findall(r"\d+\. (\S+)", text))
    assert {word for word, times in counted.items() if times == often} == set(item.data["wanted"])
    assert {times for word, times in counted.items() if word not in item.data["wanted"]} == {seldom}


@pytest.mark.parametrize("length", [900, 1024, 8192])
def test_frequent_words_are_the_most_frequent_without_a_tie(length: int) -> None:
    for item in of("frequent-words", length, count=3):
        text = item.question.partition("coded words. ")[2].rpartition("\nQuestion")[0]
        counted = Counter(text.split()).most_common(5)
        assert counted[0][0] == "..."
        assert tuple(word for word, _ in counted[1:4]) == item.data["wanted"]
        assert counted[3][1] > counted[4][1]


def test_a_chat_has_no_beginning_of_an_answer() -> None:
    text, chat = ruler_items(1024, 1, 0, tokens), ruler_items(1024, 1, 0, tokens, "chat")
    for one, other in zip(text, chat, strict=True):
        assert one.gold == other.gold or one.topic == "common-words"  # which are drawn together with the others
        assert other.question.endswith("?" if one.topic != "variable-tracking" else "in the text above.")
        assert len(one.question.rpartition("\n")[2]) > len(other.question.rpartition("\n")[2])


def test_a_length_that_is_too_small_is_said() -> None:
    with pytest.raises(InputError, match=r"needle-single takes .* more than 100") as caught:
        ruler_items(100, 1, 0, tokens)
    assert caught.value.fix == "ask for a longer context"


def test_the_score_is_the_share_of_what_is_wanted_and_of_question_answering_all_or_nothing() -> None:
    values, question, common = read_items(RULER, FIXTURE)
    assert [ruler_verdict(values, answer).score for answer in ("7654321 and 1234567", "1234567", "12345678", "none")] == [1, 0.5, 0.5, 0]
    assert ruler_verdict(values, "1234567").kind == "partial"
    assert [ruler_verdict(question, answer).score for answer in ("IDA", "Ida Holm", "Otto")] == [1, 1, 0]
    assert ruler_verdict(common, "1. Oven 2. MILL").ok


def test_files_of_rulers_own_scripts_are_read() -> None:
    items = read_items(RULER, FIXTURE)
    assert [(item.id, item.topic, item.level) for item in items] == [
        ("niah_multivalue/1", "niah_multivalue", "412"),
        ("qa_1/2", "qa_1", "398"),
        ("cwe/3", "cwe", "401"),
    ]
    assert items[0].question.endswith("What are they? They are")
    assert read_items(CHAT, FIXTURE)[0].question.endswith("What are they?")


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadField, match=r"^input: is missing; the row has outputs"):
        RULER.read({"outputs": ["1"]}, 1)
    with pytest.raises(BadField, match=r"^outputs: is missing"):
        RULER.read({"input": "What?"}, 1)
    with pytest.raises(BadField, match=r"^outputs: has an empty text"):
        RULER.read({"input": "What?", "outputs": ["1", ""]}, 1)


def test_words_are_all_different_and_none_is_within_another() -> None:
    import random

    plain = [*ADJECTIVES, *NOUNS]
    assert len(set(plain)) == len(plain)
    assert [(one, other) for one in plain for other in plain if one != other and one in other] == []
    for count in (5, len(plain), 5000, 30_000):
        drawn = words(random.Random(1), count)
        assert len(set(drawn)) == len(drawn) == count
    assert len(set(names(random.Random(2), 9000))) == 9000
    assert all(re.fullmatch(r"[A-Z][a-z ,-]+\.", sentence) for sentence in sentences(random.Random(3), 200))
