"""What the servers are asked in `bench serve`, and how rates and waits are taken from their answers. Knows no server.

Questions are those of our own tasks, some to a message, so that they are words and differ in length; half of the chats begin with
one system prompt, as those of an assistant of many people do. Read `clients.py` for who asks them.
"""

import random
import statistics
from collections.abc import Iterable, Sequence

from openmimo.bench.clients import Answer, Chat
from openmimo.core.errors import OpenMimoError
from openmimo.tasks.families import draw

QUESTIONS = (1, 8)  # the fewest and the most in a message
ANSWERS = (16, 128)  # the fewest and the most tokens of an answer
SHARED = 0.5  # share of chats with the system prompt
# Over 128 tokens: vLLM on the CPU keeps prefixes in blocks as long as that, and is to find this one again.
SYSTEM = """\
You help the people of a school with their homework, in arithmetic, geometry, calendars, units and small programs. Work step by step and write \
each step on a line of its own, so that a pupil can follow it and a teacher can mark it. Before you give a result, look back whether it answers \
what was asked, has the right sign and the right unit, and is of a size that makes sense. Where a question has several parts, number your answers \
as the parts are numbered. Where something that is needed is not said, say what is missing and do not guess it. Do not repeat the question, do not \
apologise, and do not praise the person who asks. Write numbers in figures, fractions as a/b, dates as year-month-day and times of day with 24 \
hours. Code is Python, without any library, in one block, and short. The last line of every answer is the word Answer, a colon, and the bare \
result. If somebody asks for anything but homework, say in one sentence what you are here for, and ask for the exercise."""


def chats(seed: int, count: int, answers: tuple[int, int] = ANSWERS) -> list[Chat]:
    """`count` chats, others for every seed, with answers of the fewest to the most tokens of `answers`, evenly spread."""
    rng = random.Random(f"serve/{seed}")
    return [Chat(_messages(rng), rng.randint(*answers)) for _ in range(count)]


def _messages(rng: random.Random) -> tuple[dict[str, str], ...]:
    system = ({"role": "system", "content": SYSTEM},) if rng.random() < SHARED else ()
    questions = (draw(rng).problem for _ in range(rng.randint(*QUESTIONS)))
    return (*system, {"role": "user", "content": "\n\n".join(questions)})


def need_same_work(name: str, asked: Sequence[Chat], theirs: Sequence[Answer], ours: Sequence[Answer]) -> None:
    """`OpenMimoError` if a side wrote more or fewer tokens than it was asked for, or read other prompts than ours did."""
    for chat, answer, other in zip(asked, theirs, ours, strict=True):
        if (answer.prompt, answer.tokens) != (other.prompt, chat.tokens):
            raise OpenMimoError(
                f"{name} read {answer.prompt} tokens and wrote {answer.tokens}, where ours read {other.prompt} and {chat.tokens} were asked for",
                "the rates would say nothing: see how the template is applied, and whether answers end by themselves",
            )


def rate(answers: Sequence[Answer]) -> float:
    """Tokens of the answers a second, from the first request to the end of the last answer."""
    seconds = max(answer.ended for answer in answers) - min(answer.asked for answer in answers)
    return sum(answer.tokens for answer in answers) / seconds


def waits(answers: Iterable[Answer]) -> tuple[float, float, float]:
    """Milliseconds: to the first text, the median and what 95 % do not exceed; from token to token, the median over the answers."""
    together = list(answers)
    to_first = sorted(1000 * answer.to_first for answer in together)
    between = statistics.median(1000 * answer.between for answer in together)
    return statistics.median(to_first), to_first[-(-len(to_first) * 95 // 100) - 1], between
