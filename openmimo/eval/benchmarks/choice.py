"""Choosing one of several options: how they are listed, asked for in a chat, compared by likelihood, and judged.

Knows no benchmark and no columns. `scoring/letters.py` finds the letter in a chat's answer.
"""

from collections.abc import Sequence
from string import ascii_uppercase

from openmimo.eval.item import Item, Settings
from openmimo.verify.verdict import Verdict

LIKELIHOOD = Settings(max_tokens=1, temperature=0.0, top_p=1.0)  # nothing is drawn: a server must be asked for one token at least

SIMPLE_EVALS = "openai/simple-evals: common.py, QUERY_TEMPLATE_MULTICHOICE, with as many letters as there are options"


def lettered(options: Sequence[str], form: str = "{letter}. {option}") -> str:
    """The options, one a line, each behind its letter."""
    return "\n".join(form.format(letter=letter, option=option) for letter, option in zip(ascii_uppercase, options, strict=False))


def asked(question: str, options: Sequence[str]) -> str:
    """The message that asks for a letter, after thought: short, and the same for all benchmarks (`SIMPLE_EVALS`)."""
    return (
        "Answer the following multiple choice question. The last line of your response should be of the following format: "
        f"'Answer: $LETTER' (without quotes) where LETTER is one of {ascii_uppercase[: len(options)]}. "
        f"Think step by step before answering.\n\n{question}\n\n{lettered(options, '{letter}) {option}')}"
    )


def letters(count: int, form: str = " {letter}") -> tuple[str, ...]:
    """The first letters as choices of a likelihood, behind a space, as lm-evaluation-harness has them."""
    return tuple(form.format(letter=letter) for letter in ascii_uppercase[:count])


def with_choice(item: Item) -> str:
    """The worked example of a likelihood: the question with its right choice after it."""
    place = int(item.gold)
    return item.question + (item.stems[place] if item.stems else "") + item.choices[place]


def choice_verdict(item: Item, answer: str) -> Verdict:
    """Whether the place of the likeliest choice, as `likeliest` gives it, is that of the right one."""
    right = answer == item.gold
    said, gold = ((item.stems[place] if item.stems else item.choices[place]).strip() for place in (int(answer), int(item.gold)))
    return Verdict("right" if right else "wrong", float(right), "likelihood", "" if right else "another choice is likelier", gold, said)
