"""Our verdicts on IFEval are lm-evaluation-harness's own, strict and loose, on answers made here that keep or break each kind of instruction.

So are our scores of DROP. Run by `make test-peers`. The harness lives in an environment of its own; if it
is not there, the test fails and says how to make it. Where we differ on purpose has a test, too.
"""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from openmimo.bench.peers import Peer, python_of, running
from openmimo.eval.item import Item
from openmimo.eval.scoring.instructions.score import Following, following
from openmimo.eval.scoring.instructions.table import KINDS
from openmimo.eval.scoring.words import same_spans, spans_f1

CHECK = Path(__file__).parent / "lmeval" / "check.py"
Case = tuple[list[str], list[dict[str, Any]], str]  # kinds, their parameters, an answer

PIECES = [
    "The ship left the harbour at 10:30 a.m. and Dr. Mills waved.", "I CANNOT say whether it's true!", "* **First**: a point", "- second point", "* *third*",
    "Section 1", "SECTION 2", "***", "******", "<<A Day at Sea>>", "[name], [address]", "P.S. Bring milk.", "P. P. S write soon", "p.s. it rained",
    '"Who knows?" she asked. "NASA does," he said.', "A river, a bridge and the well-known TOP-10 of U.S. towns (e.g. Boston, Mass.).", '{"answer": [1, 2, 3]}',
    "My answer is yes.", "my answer is maybe.", "Is there anything else I can help with?", "weekend plans: swim, read and sleep", "Das ist ein schöner Tag am See, und wir bleiben noch lange.",
    "Hoy es un buen día para caminar por la playa con mis amigos.", "Сегодня мы пойдем в музей, а потом домой.", "JOHN'S HOUSE ISN'T FAR... WE'LL WALK.", "one two three four five six seven eight nine ten",
    "", "---", "Mr. J. K. Stone, Ph.D., paid $5.50 for 3 items vs. 4.", "आज मौसम बहुत अच्छा है और हम घूमने जा रहे हैं।", "Weekend! Weekend? The weekend.", "**", "1. Apples", "2) Pears — and plums",
]  # fmt: skip
ENDS = ["\n", "\n\n", " ", "\n\n\n"]


def written(rng: random.Random) -> str:
    """An answer put together from pieces that the kinds look for."""
    return "".join(rng.choice(PIECES) + rng.choice(ENDS) for _ in range(rng.randint(1, 9))).rstrip(" ")


def parameters(rng: random.Random, kind: str) -> dict[str, Any]:
    """Parameters of a kind, such that some of the answers keep them and some do not."""
    relation, few = rng.choice(["less than", "at least"]), rng.randint(1, 4)
    made: dict[str, dict[str, Any]] = {
        "capital_word_frequency": {"capital_frequency": few, "capital_relation": relation},
        "repeat_prompt": {"prompt_to_repeat": rng.choice(["My answer is yes.", "the ship left the harbour", '"Who knows?"'])},
        "number_placeholders": {"num_placeholders": rng.randint(1, 3)},
        "postscript": {"postscript_marker": rng.choice(["P.S.", "P.P.S"])},
        "multiple_sections": {"section_spliter": rng.choice(["Section", "SECTION"]), "num_sections": rng.randint(1, 2)},
        "number_bullet_lists": {"num_bullets": rng.randint(1, 3)},
        "number_highlighted_sections": {"num_highlights": rng.randint(1, 3)},
        "existence": {"keywords": rng.sample(["weekend", "ship", "anything else", "the"], 2)},
        "forbidden_words": {"forbidden_words": rng.sample(["weekend", "ship", "NASA", "can't", "well-known"], 2)},
        "frequency": {"keyword": rng.choice(["weekend", "the", "is"]), "frequency": few, "relation": relation},
        "letter_frequency": {"letter": rng.choice("aeSTq"), "let_frequency": rng.randint(1, 20), "let_relation": relation},
        "response_language": {"language": rng.choice(["en", "de", "es", "ru", "hi"])},
        "nth_paragraph_first_word": {"num_paragraphs": (count := rng.randint(1, 3)), "nth_paragraph": rng.randint(1, count), "first_word": rng.choice(["the", "weekend", "My", "I"])},
        "number_paragraphs": {"num_paragraphs": rng.randint(1, 3)},
        "number_sentences": {"num_sentences": rng.randint(1, 8), "relation": relation},
        "number_words": {"num_words": rng.randint(1, 40), "relation": relation},
        "end_checker": {"end_phrase": rng.choice(["Is there anything else I can help with?", "the weekend.", "he said"])},
    }  # fmt: skip
    return made.get(kind.partition(":")[2], {})


def suited(kind: str, given: dict[str, Any]) -> list[str]:
    """Answers made for an instruction: some that keep it, some that nearly do."""
    text, name = "The old mill stands by the river", kind.partition(":")[2]
    made: dict[str, list[str]] = {
        "english_capital": ["IT IS A FINE DAY.", "IT IS A FINE DAy.", "WE ALL WALK HOME, AND THE RAIN GOES ON.", "Sure!\nHERE WE GO, MY FRIENDS.", "12, 13.", "ES IST EIN SCHÖNER TAG", "*IT* IS\nfine"],
        "english_lowercase": ["it is a fine day and we will walk home.", "It is a fine day.", "es ist ein schöner tag und wir gehen heim.", "12"],
        "repeat_prompt": [f"{given.get('prompt_to_repeat')} And so on.", f"Sure:\n{given.get('prompt_to_repeat')}", str(given.get("prompt_to_repeat")).upper()],
        "two_responses": ["one******two", "one******one", "one******two******three", "******one******two******", "one******\n******two", "one *** two"],
        "json_format": ['{"a": 1}', '```json\n{"a": 1}\n```', "```\n[1]\n```", "```JSON [1]```", "{'a': 1}", 'Here:\n{"a": 1}', "NaN"],
        "title": ["<<T>> x", "<< >>", "<<\n>>", "<x>", "<<a>> <<b>>"],
        "constrained_response": ["My answer is no.", "my answer is no.", "Well, My answer is maybe. Yes.", "My answer is **no**."],
        "no_comma": ["none here", "one, here", "so, many\nnone", "；，"],
        "quotation": ['"quoted"', '"half', "“quoted”", '"', ' "in spaces" ', 'Sure:\n"quoted"'],
        "end_checker": [f"Well. {given.get('end_phrase')}", f'"Well. {given.get("end_phrase")}"', f"{given.get('end_phrase')} Bye.", f"{given.get('end_phrase')}**"],
        "number_words": [" ".join(["word"] * count) for count in range(max(0, given.get("num_words", 0) - 1), given.get("num_words", 0) + 2)],
        "number_sentences": [f"{text}. " * count for count in range(max(1, given.get("num_sentences", 0) - 1), given.get("num_sentences", 0) + 2)],
        "number_paragraphs": ["\n***\n".join([text] * count) for count in (1, 2, 3, 4)] + [f"***{text}***", f"{text}*** ***{text}"],
        "nth_paragraph_first_word": ["\n\n".join([f'"{given.get("first_word")}", they say'] * count) for count in (1, 2, 3)] + ["\n\n\n\nThe\n\nweekend"],
        "number_bullet_lists": ["\n".join(["* point"] * count) for count in (1, 2, 3, 4)] + ["*\n* a", "**a**", "- a\n  - b", "--- \n* a"],
        "number_highlighted_sections": [" ".join(["*so*", "**said**"][:count]) for count in (1, 2)] + ["** **", "*a\nb*", "***both***", "* a * b *"],
        "number_placeholders": ["[a]", "[a] [b]", "[a [b] c]", "[a\nb]", "[] [] []"],
        "postscript": ["P.S. hi", "PS hi", "P.P.S hi", "p. s. hi", "Well\nP.P.S. hi", "P. P.S. hi"],
        "multiple_sections": ["Section 1 a Section 2", "SECTION 1\nSECTION 2", "Section one", "Section12"],
        "response_language": [f"{text}, and it is very quiet there.", "Wir gehen heute Abend ins Kino, weil es regnet.", "1 2 3", "El perro duerme en la casa y no quiere salir."],
        "capital_word_frequency": ["NASA", "A I NASA'S", "Nasa", "I'M WE'LL", "CANNOT", "AND/OR TOP-10 X,Y", "“THE” END"],
        "letter_frequency": [str(given.get("letter")) * count for count in range(max(1, given.get("let_frequency", 0) - 1), given.get("let_frequency", 0) + 2)],
        "existence": [" ".join(given.get("keywords", [])), " ".join(given.get("keywords", [])).upper(), "x" + "y".join(given.get("keywords", []))],
        "forbidden_words": [" ".join(given.get("forbidden_words", [])), f"un{'ly '.join(given.get('forbidden_words', []))}ly", "CAN'T", "well-knowns"],
        "frequency": [f"{given.get('keyword')} " * count for count in (1, 2, 3, 4)] + [f"x{given.get('keyword')}x".upper()],
    }  # fmt: skip
    return made[name]


def cases() -> list[Case]:
    """For each kind eight sets of parameters with the answers that suit them, and eight others; then prompts of two or three kinds."""
    rng, made = random.Random(6), []
    for kind in KINDS:
        for _ in range(8):
            given = parameters(rng, kind)
            made += [([kind], [given], text) for text in [*suited(kind, given), *(written(rng) for _ in range(8))]]
    for _ in range(200):
        kinds = rng.sample(list(KINDS), rng.randint(2, 3))
        made.append((kinds, [parameters(rng, kind) for kind in kinds], written(rng)))
    return made


@pytest.fixture(scope="module")
def harness() -> Iterator[Peer]:
    with running(Peer, "lmeval", [python_of("lmeval"), CHECK]) as started:
        yield started


def theirs(harness: Peer, asked: list[Case]) -> list[Following]:
    rows = [{"key": 0, "prompt": "", "instruction_id_list": kinds, "kwargs": given} for kinds, given, _ in asked]
    said = harness.ask({"ifeval": [{"row": row, "response": case[2]} for row, case in zip(rows, asked, strict=True)]})
    return [Following(tuple(strict), tuple(loose)) for strict, loose in zip(said["strict"], said["loose"], strict=True)]


def ours(asked: list[Case]) -> list[Following]:
    return [following(Item("", "", "", data={"instruction_id_list": kinds, "kwargs": given}), text) for kinds, given, text in asked]


def test_instructions_are_judged_alike(harness: Peer) -> None:
    asked = cases()
    mine, other = ours(asked), theirs(harness, asked)
    differing = [(*case, our, their) for case, our, their in zip(asked, mine, other, strict=True) if our != their]
    assert not differing
    for kind in KINDS:
        verdicts = [their.strict[0] for (kinds, _, _), their in zip(asked, other, strict=True) if kinds == [kind]]
        assert len(verdicts) >= 64
        assert min(sum(verdicts), len(verdicts) - sum(verdicts)) >= 4, f"{kind}: {sum(verdicts)} of {len(verdicts)} kept"


@pytest.mark.parametrize(
    "kind, given, text, our, their",
    [
        # A second mark at the very end is a sentence of its own for NLTK.
        ("length_constraints:number_sentences", {"num_sentences": 2, "relation": "at least"}, "What a day!!", False, True),
        # Words are regular expressions for the harness.
        ("keywords:existence", {"keywords": ["a.c"]}, "abc", False, True),
        ("keywords:forbidden_words", {"forbidden_words": ["C++"]}, "I like C++ best", False, None),
        ("detectable_content:postscript", {"postscript_marker": "N.B."}, "a nib, and ink", False, True),
    ],
)
def test_where_we_differ_on_purpose(harness: Peer, kind: str, given: dict[str, Any], text: str, our: bool, their: bool | None) -> None:
    case = ([kind], [given], text)
    assert ours([case])[0].strict == (our,)
    if their is not None:  # else the harness stops with an error
        assert theirs(harness, [case])[0].strict == (their,)


def test_spans_are_scored_alike(harness: Peer) -> None:
    rng = random.Random(6)
    words = ["the", "Ravens", "10", "10.0", "yards", "a", "well-known", "3,000", "U.S.", "and", "Smith", "2nd", "-5", "nan", "."]

    def span() -> str:
        return " ".join(rng.choice(words) for _ in range(rng.randint(1, 4)))

    asked = [{"gold": [span() for _ in range(rng.randint(1, 4))], "spans": [span() for _ in range(rng.randint(1, 4))]} for _ in range(600)]
    asked += [{"gold": one["gold"], "spans": rng.sample(one["gold"], len(one["gold"]))} for one in asked[:100]]
    scores = [tuple(score) for score in harness.ask({"drop": asked})["scores"]]
    mine = [(float(same_spans(one["gold"], one["spans"])), spans_f1(one["gold"], one["spans"])) for one in asked]
    assert [pair for pair in zip(asked, mine, scores, strict=True) if pair[1] != pytest.approx(pair[2], abs=1e-9)] == []
    assert sum(exact for exact, _ in scores) >= 100
