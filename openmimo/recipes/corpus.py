"""Making the data of a recipe: tasks to documents, a tokenizer, and token shards on disk.

Written once and kept: a folder that is already finished is used again, so an interrupted
recipe goes on where it was. Knows no mixture; that is the recipe's. Read `nano.py` next.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from openmimo.core.errors import InputError
from openmimo.core.files import read_json, write_json
from openmimo.core.log import Progress
from openmimo.sft.rules import Sample, keep
from openmimo.tasks.task import Task
from openmimo.text.bpe import train_bpe
from openmimo.text.grams import grams_of
from openmimo.text.special import END_OF_TEXT
from openmimo.text.template import CHATML, ChatTemplate
from openmimo.text.tokenizer import Tokenizer
from openmimo.train.shards import ShardWriter
from openmimo.verify.questions import read_questions

Encoded = tuple[list[int], list[bool]]
One = TypeVar("One")


def worked(task: Task) -> str:
    """A task as a page of a textbook would have it: the problem, its solution, its answer."""
    return f"{task.problem}\n{task.steps}\n{task.answer}"


def reply(task: Task) -> str:
    """What the model is to say to a task's problem."""
    return f"<think>\n{task.steps}\n</think>\n{task.answer}"


def reasoning(tasks: Sequence[Task]) -> str:
    """Tasks one after the other with their reasoning and answers, as long as they make it."""
    return "\n\n".join(f"{task.problem}\n{reply(task)}" for task in tasks)


def make_tokenizer(folder: Path, tasks: Iterable[Task], vocab_size: int) -> Tokenizer:
    """Train a tokenizer on the tasks' texts, or read the one already there."""
    if not (folder / "tokenizer.json").exists():
        train_bpe(map(worked, tasks), vocab_size).save(folder)
    return Tokenizer.from_folder(folder)


def write_documents(folder: Path, tokenizer: Tokenizer, texts: Iterable[str], count: int) -> Path:
    """Shards of about `count` plain documents, each ended by the end-of-text token, every token learnt."""
    end = tokenizer.id_of(END_OF_TEXT)
    assert end is not None

    def encode(text: str) -> Encoded:
        ids = [*tokenizer.encode(text, special=True), end]
        return ids, [True] * len(ids)

    return _make_shards(folder, tokenizer, texts, count, encode)


def write_dialogues(folder: Path, tokenizer: Tokenizer, samples: Iterable[Sample], count: int) -> Path:
    """Shards of about `count` dialogues in the chat template, of which the model's turn and its end are learnt."""
    template = ChatTemplate(CHATML)

    def encode(sample: Sample) -> Encoded:
        question = [{"role": "user", "content": sample.query}]
        prompt = template.encode(tokenizer, question)
        whole = template.encode(tokenizer, [*question, {"role": "assistant", "content": sample.reply}], add_generation_prompt=False)
        assert whole[: len(prompt)] == prompt
        # What follows the end-of-turn token is the template's, not the model's.
        last = max(place for place, token in enumerate(whole) if token in tokenizer.eos_ids)
        whole = whole[: last + 1]
        return whole, [False] * len(prompt) + [True] * (len(whole) - len(prompt))

    return _make_shards(folder, tokenizer, samples, count, encode)


def write_kept_dialogues(
    folder: Path, tokenizer: Tokenizer, samples: Iterable[Sample], count: int, questions: Iterable[str], against: Sequence[str]
) -> Path:
    """As `write_dialogues`, of the samples that the rules of SFT keep; `rules.json` beside them says what was dropped.

    No query overlaps with `questions` or with those in the files `against`. Raises
    `InputError` for a folder that was made against other files.
    """
    rules, held = folder / "rules.json", {path: read_questions(Path(path)) for path in against}
    sizes = {path: len(found) for path, found in held.items()}
    if (folder / "shards.json").exists():
        if not rules.exists() or read_json(rules)["against"] != sizes:
            raise InputError(
                f"{folder} was not made against {', '.join(against) or 'no files'}", "delete it, or give what it was made with"
            )
        return folder
    dropped: Counter[str] = Counter()
    evaluation = grams_of(questions) | grams_of(question for found in held.values() for question in found)
    folder.mkdir(parents=True, exist_ok=True)

    def noted() -> Iterable[Sample]:
        yield from keep(samples, evaluation, dropped)
        # Before the shards are declared whole, so that no finished folder is without it.
        write_json(rules, {"against": sizes, "dropped": dict(dropped)})

    return write_dialogues(folder, tokenizer, noted(), count)


def _make_shards(folder: Path, tokenizer: Tokenizer, ones: Iterable[One], count: int, encode: Callable[[One], Encoded]) -> Path:
    if (folder / "shards.json").exists():
        return folder
    writer = ShardWriter(folder, tokenizer.vocab_size)
    with Progress(f"making {folder.name}", count) as progress:
        for number, one in enumerate(ones, 1):
            writer.add(*encode(one))
            if number % 500 == 0 or number == count:
                progress.update(number)
    writer.close()
    return folder
