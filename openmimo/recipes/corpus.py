"""Making the data of a recipe: tasks to documents, a tokenizer, and token shards on disk.

Written once and kept: a folder that is already finished is used again, so an interrupted
recipe goes on where it was.
"""

from collections.abc import Callable, Iterable
from pathlib import Path

from openmimo.core.log import Progress
from openmimo.tasks.task import Task
from openmimo.text.bpe import train_bpe
from openmimo.text.special import END_OF_TEXT
from openmimo.text.template import CHATML, ChatTemplate
from openmimo.text.tokenizer import Tokenizer
from openmimo.train.shards import ShardWriter

Encoded = tuple[list[int], list[bool]]


def document(task: Task) -> str:
    """A task as a text to pre-train on: the problem, its solution, its answer."""
    return f"{task.problem}\n<think>\n{task.steps}\n</think>\n{task.answer}"


def reply(task: Task) -> str:
    """What the model is to say to a task's problem."""
    return f"<think>\n{task.steps}\n</think>\n{task.answer}"


def make_tokenizer(folder: Path, tasks: Iterable[Task], vocab_size: int) -> Tokenizer:
    """Train a tokenizer on the tasks' texts, or read the one already there."""
    if not (folder / "tokenizer.json").exists():
        train_bpe((f"{task.problem}\n{task.steps}\n{task.answer}" for task in tasks), vocab_size).save(folder)
    return Tokenizer.from_folder(folder)


def write_documents(folder: Path, tokenizer: Tokenizer, tasks: Iterable[Task], count: int) -> Path:
    """Shards of plain documents, each ended by the end-of-text token, every token learnt."""
    end = tokenizer.id_of(END_OF_TEXT)
    assert end is not None

    def encode(task: Task) -> Encoded:
        ids = [*tokenizer.encode(document(task), special=True), end]
        return ids, [True] * len(ids)

    return _make_shards(folder, tokenizer, tasks, count, encode)


def write_dialogues(folder: Path, tokenizer: Tokenizer, tasks: Iterable[Task], count: int) -> Path:
    """Shards of dialogues in the chat template, of which the model's turn and its end are learnt."""
    template = ChatTemplate(CHATML)

    def encode(task: Task) -> Encoded:
        question = [{"role": "user", "content": task.problem}]
        prompt = template.encode(tokenizer, question)
        whole = template.encode(tokenizer, [*question, {"role": "assistant", "content": reply(task)}], add_generation_prompt=False)
        assert whole[: len(prompt)] == prompt
        # What follows the end-of-turn token is the template's, not the model's.
        last = max(place for place, token in enumerate(whole) if token in tokenizer.eos_ids)
        whole = whole[: last + 1]
        return whole, [False] * len(prompt) + [True] * (len(whole) - len(prompt))

    return _make_shards(folder, tokenizer, tasks, count, encode)


def _make_shards(folder: Path, tokenizer: Tokenizer, tasks: Iterable[Task], count: int, encode: Callable[[Task], Encoded]) -> Path:
    if (folder / "shards.json").exists():
        return folder
    writer = ShardWriter(folder, tokenizer.vocab_size)
    with Progress(f"making {folder.name}", count) as progress:
        for number, task in enumerate(tasks, 1):
            writer.add(*encode(task))
            if number % 500 == 0 or number == count:
                progress.update(number)
    writer.close()
    return folder
