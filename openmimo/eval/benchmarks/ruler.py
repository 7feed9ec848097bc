"""RULER: long contexts made to any length, in which needles are to be found, words counted and variables followed.

Seven tasks of Hsieh et al. (arXiv 2404.06654): four kinds of needles, common words, frequent words
and variable tracking, with the paper's numbers of each. Its question answering needs other data
sets, and is only read from files that RULER's own scripts have made. The haystack is ours
(`haystack.py`), and no essays. Knows no model and no tokenizer: whoever asks says how tokens are counted.
"""

import math
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from string import ascii_lowercase, ascii_uppercase
from typing import Literal

from openmimo.core.errors import InputError
from openmimo.eval.benchmarks.columns import id_of, subject_of, text_of
from openmimo.eval.benchmarks.haystack import names, sentences, words
from openmimo.eval.item import Benchmark, Item, Row, Settings
from openmimo.verify.judge.fields import BadField, items
from openmimo.verify.verdict import Verdict

Asked = Literal["chat", "text"]

ROOM = 128  # tokens left for an answer, RULER's for its longest
NEAR = 0.995  # of the length there may be, and no longer one is looked for
NEEDLES = 4  # of all kinds but one, as RULER has it
HOPS = 4
COMMON, FREQUENT = 10, 3
ENOUGH = 4096  # tokens from which on common words come 30 times and others 3, below 6 times and once


@dataclass(frozen=True)
class Context:
    """A question with its haystack, the words that begin an answer, and the texts that are wanted in it."""

    question: str
    prefix: str
    wanted: tuple[str, ...]


@dataclass(frozen=True)
class Kind:
    """One task: `make(rng, units, length)` gives a context with so many sentences or words in it, at least `least`."""

    name: str
    make: Callable[[random.Random, int, int], Context]
    least: int = 1


def ruler_items(length: int, count: int, seed: int, tokens: Callable[[str], int], asked: Asked = "text") -> list[Item]:
    """`count` items of each task, whose question and 128 tokens of answer take at most `length` tokens, and nearly as many.

    `tokens` counts those of a text; what a chat's template adds is not counted. A text to go on from ends in the words that begin an
    answer, a chat does not. The same arguments give the same items. InputError where the length is too small for a task.
    """
    made = []
    for kind in KINDS:
        units = kind.least
        for number in range(count):
            drawn = f"{seed}/{kind.name}/{number}"
            context, units = _longest(kind, drawn, units, length, lambda text: tokens(text) + ROOM, asked)
            made.append(
                Item(
                    f"{kind.name}/{length}/{seed}/{number}",
                    _whole(context, asked),
                    ", ".join(context.wanted),
                    topic=kind.name,
                    level=str(length),
                    data={"wanted": context.wanted},
                )
            )
    return made


def _longest(kind: Kind, drawn: str, units: int, length: int, tokens: Callable[[str], int], asked: Asked) -> tuple[Context, int]:
    """The context with as many units as fit, found from a first guess, and how many those are."""

    def made(units: int) -> tuple[Context, int]:
        context = kind.make(random.Random(drawn), units, length)
        return context, tokens(_whole(context, asked))

    low, (best, size) = kind.least, made(kind.least)
    if size > length:
        raise InputError(f"{kind.name} takes {size} tokens with the least context there is, more than {length}", "ask for a longer context")
    base, high, tried = size, math.inf, max(units, low + 32)
    while low < tried < high and size < NEAR * length:
        context, took = made(tried)
        each = max((took - base) / (tried - kind.least), 0.01)
        if took <= length:
            low, best, size = tried, context, took
        else:
            high = tried
        tried = int(min(low + max((length - size) / each, 1), high - 1))
    return best, low


def _whole(context: Context, asked: Asked) -> str:
    return context.question + context.prefix if asked == "text" else context.question


def ruler_item(row: Row, place: int, asked: Asked) -> Item:
    """The item of a row that RULER's own scripts have made, with `input` and `outputs`; BadField names a column that is missing."""
    question = text_of(row, "input") + (str(row.get("answer_prefix") or "") if asked == "text" else "")
    wanted = tuple(map(str, items(row, "outputs")))
    if not all(wanted):
        raise BadField("outputs", "has an empty text", "give the texts that an answer must have")
    topic = subject_of(row, "task")
    identity = id_of(row, place, topic or "ruler")
    return Item(identity, question, ", ".join(wanted), topic=topic, level=str(row.get("length") or ""), data={"wanted": wanted})


def ruler_verdict(item: Item, answer: str) -> Verdict:
    """The share of the wanted texts that the answer has, in small or capital letters; of question answering one is enough (RULER's string_match)."""
    wanted, said = item.data["wanted"], answer.casefold()
    found = [text for text in wanted if text.casefold() in said]
    score = float(bool(found)) if item.topic.startswith("qa") else len(found) / len(wanted)
    reason = "" if score == 1 else f"{len(found)} of {len(wanted)}"
    return Verdict("right" if score == 1 else "partial" if score else "wrong", score, "text", reason, item.gold, answer)


def _needles(rng: random.Random, units: int, _: int, keys: int, values: int, asked: int) -> Context:
    """Numbers under names among sentences; wanted are those of the first `asked` names, of all `keys` that have `values` each."""
    named = names(rng, keys)
    numbers = [str(number) for number in rng.sample(range(1_000_000, 10_000_000), keys * values)]
    needles = [f"One of the special magic numbers for {named[place // values]} is: {number}." for place, number in enumerate(numbers)]
    rng.shuffle(needles)
    text = _hidden(rng, needles, sentences(rng, units))
    wanted = named[:asked]
    query = wanted[0] if asked == 1 else f"{', '.join(wanted[:-1])}, and {wanted[-1]}"
    one = asked * values == 1
    begin, what = ("A special magic number is", "number") if one else ("Some special magic numbers are", "numbers")
    question = (
        f"{begin} hidden within the following text. Make sure to memorize it. I will quiz you about the {what} afterwards.\n"
        f"{' '.join(text)}\nWhat {'is' if one else 'are all'} the special magic {what} for {query} mentioned in the provided text?"
    )
    prefix = f" The special magic {what} for {query} mentioned in the provided text {'is' if one else 'are'}"
    return Context(question, prefix, tuple(numbers[: asked * values]))


def _variables(rng: random.Random, units: int, _: int) -> Context:
    """A value handed from variable to variable among sentences, after a short worked example."""
    example, context = _chain(rng, 5, 3), _chain(rng, units, 5)
    return Context(f"{example.question}{example.prefix}{' '.join(example.wanted)}\n\n{context.question}", context.prefix, context.wanted)


def _chain(rng: random.Random, units: int, letters: int) -> Context:
    chain: list[str] = []
    while len(chain) <= HOPS:
        name = "".join(rng.choices(ascii_uppercase, k=letters))
        chain += [name] if name not in chain else []
    value = rng.randrange(10_000, 100_000)
    lines = [f"VAR {chain[0]} = {value}.", *(f"VAR {new} = VAR {old}." for old, new in pairwise(chain))]
    question = (
        f"Memorize and track the chain(s) of variable assignment hidden in the following text.\n\n"
        f"{' '.join(_hidden(rng, lines, sentences(rng, units)))}\n"
        f"Question: Find all variables that are assigned the value {value} in the text above."
    )
    prefix = (
        f" Answer: According to the chain(s) of variable assignment in the text above, {len(chain)} variables are assigned the "
        f"value {value}, they are: "
    )
    return Context(question, prefix, tuple(chain))


def _hidden(rng: random.Random, hidden: list[str], text: list[str]) -> list[str]:
    """The sentences with others among them, which stay in their order."""
    places = Counter(rng.randint(0, len(text)) for _ in hidden)
    rest = iter(hidden)
    return [line for place, sentence in enumerate([*text, ""]) for line in (*(next(rest) for _ in range(places[place])), sentence) if line]


def _common(rng: random.Random, units: int, length: int) -> Context:
    """A numbered list in which ten words come often and `units` seldom, after a short worked example."""
    often, seldom, example_often, example_seldom, others = (30, 3, 10, 3, 30) if length >= ENOUGH else (6, 1, 3, 1, 10)
    example, context = _listed(rng, others, example_often, example_seldom), _listed(rng, units, often, seldom)
    numbered = " ".join(f"{place}. {word}" for place, word in enumerate(example.wanted, 1))
    return Context(f"{example.question}{example.prefix} {numbered}\n{context.question}", context.prefix, context.wanted)


def _listed(rng: random.Random, units: int, often: int, seldom: int) -> Context:
    drawn = words(rng, COMMON + units)
    listed = drawn[:COMMON] * often + drawn[COMMON:] * seldom
    rng.shuffle(listed)
    question = (
        "Below is a numbered list of words. In these words, some appear more often than others. Memorize the ones that appear most "
        f"often.\n{' '.join(f'{place}. {word}' for place, word in enumerate(listed, 1))}\n"
        f"Question: What are the {COMMON} most common words in the above list?"
    )
    return Context(question, f" Answer: The top {COMMON} words that appear most often in the list are:", tuple(drawn[:COMMON]))


def _frequent(rng: random.Random, units: int, length: int) -> Context:
    """Words without meaning, as often as a zeta distribution of exponent 2 has it, the most frequent of which is only dots."""
    coded = sorted({"".join(rng.choices(ascii_lowercase, k=6)) for _ in range(max(length // 50, 2 * FREQUENT))})
    rng.shuffle(coded)
    ranked = ["...", *coded]
    text = [word for rank, word in enumerate(ranked, 1) for _ in range(int(units * rank**-2 * 6 / math.pi**2))]
    rng.shuffle(text)
    question = (
        "Read the following coded text and track the frequency of each coded word. Find the three most frequently appeared coded words. "
        f"{' '.join(text)}\nQuestion: Do not provide any explanation. Please ignore the dots '....'. What are the three most frequently "
        "appeared words in the above coded text?"
    )
    prefix = " Answer: According to the coded text above, the three most frequently appeared words are:"
    return Context(question, prefix, tuple(ranked[1 : FREQUENT + 1]))


KINDS = (
    Kind("needle-single", partial(_needles, keys=1, values=1, asked=1)),
    Kind("needle-multikey", partial(_needles, keys=NEEDLES, values=1, asked=1)),
    Kind("needle-multivalue", partial(_needles, keys=1, values=NEEDLES, asked=1)),
    Kind("needle-multiquery", partial(_needles, keys=NEEDLES, values=1, asked=NEEDLES)),
    Kind("variable-tracking", _variables),
    Kind("common-words", _common),
    Kind("frequent-words", _frequent, least=100),  # with fewer, the third and the fourth would come equally often
)

ABOUT = "Contexts of any length that are made when they are asked for (arXiv 2404.06654); files of RULER's own scripts, hsiehjackson/RULER, Apache-2.0, are read too."
SOURCE = "RULER scripts/data/synthetic/constants.py; the haystacks are ours"

BENCHMARKS = (
    Benchmark(
        "ruler",
        "RULER",
        ABOUT,
        "text",
        partial(ruler_item, asked="text"),
        SOURCE,
        score=ruler_verdict,
        settings=Settings(max_tokens=ROOM, temperature=0.0, top_p=1.0),
    ),
    Benchmark(
        "ruler-chat",
        "RULER",
        ABOUT,
        "chat",
        partial(ruler_item, asked="chat"),
        f"{SOURCE}; without the words that begin an answer",
        score=ruler_verdict,
        settings=Settings(temperature=0.0, top_p=1.0),
    ),
)
