"""The data of a recipe that is made of our own tasks: documents by domain, dialogues, and no question of the evaluation in either.

Knows no sizes of a model and no schedule; those are the recipe's. Read `nano.py` for one,
`corpus.py` for how a task becomes tokens.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from openmimo.pretrain.config import PretrainConfig
from openmimo.recipes.corpus import make_tokenizer, reasoning, reply, worked, write_documents, write_kept_dialogues
from openmimo.sft.config import SFTConfig
from openmimo.sft.rules import Sample
from openmimo.tasks.families import BEYOND, draw, family_of
from openmimo.tasks.task import Task
from openmimo.text.grams import grams_of, is_clean
from openmimo.text.tokenizer import Tokenizer
from openmimo.train.config import Source

BEYOND_SHARE = 0.06  # of general documents, and of dialogues
SHEET = 6  # tasks of a reasoning document, which fill most of a longer context
EVALUATED = 100  # tasks of a family and level that training must not overlap with; `openmimo eval` asks the first of them
GENERAL, REASONING = "general", "reasoning"  # the domain that has questions beyond all families, and that of sheets


@dataclass(frozen=True)
class TaskData:
    """Which families a recipe learns, by domain, how many tasks it makes of them, and where they lie."""

    home: Path  # the folder of tokenizer, documents and dialogues
    domains: Mapping[str, tuple[str, ...]]
    tokenizer_tasks: int  # that the tokenizer is trained on
    dialogues: int  # that are drawn for SFT, before its rules
    document_tokens: int  # fewer than a document has on average over a domain, so that no stage reads its data twice
    levels: tuple[int, ...] | None = None  # only these, of every family

    @property
    def tokenizer(self) -> Path:
        """The folder of the tokenizer."""
        return self.home / "tokenizer"

    @property
    def families(self) -> tuple[str, ...]:
        """All families, in the order of the domains."""
        return tuple(family for families in self.domains.values() for family in families)

    def mixture(self, stage: str, **weights: float) -> tuple[Source, ...]:
        """Domains with their shares of a stage. Every stage has documents of its own: a task is as quickly made as read again."""
        return tuple(Source(domain, str(self.home / "documents" / stage / domain), weight) for domain, weight in weights.items())

    def tasks(self, seed: int, count: int, families: Sequence[str] = (), beyond: float = BEYOND_SHARE) -> Iterator[Task]:
        """The stream of training tasks, a share of them `beyond` all families; only phrasings that are not held out."""
        rng = random.Random(seed)
        for _ in range(count):
            if rng.random() < beyond:
                yield BEYOND.make(rng, rng.choice(BEYOND.levels), False)
            else:
                yield draw(rng, families=families or self.families, levels=self.levels)

    def evaluation_questions(self) -> Iterator[str]:
        """What `openmimo eval` asks of every family that is learnt, in both kinds of phrasings."""
        from openmimo.eval.heldout import heldout_tasks  # brings torch, and showing a recipe needs none

        for family in map(family_of, (*self.families, BEYOND.name)):
            for level in family.levels:
                for held_out in (False, True):
                    yield from (task.problem for task in heldout_tasks(family, level, EVALUATED, held_out))

    def documents(self, domain: str, seed: int, count: int, evaluation: frozenset[str]) -> Iterator[str]:
        """The texts of a domain, none of them with a question that shares a run of words with `evaluation`."""
        if domain == REASONING:
            clean = (task for task in self.tasks(seed, count * SHEET, beyond=0.0) if is_clean(task.problem, evaluation))
            while sheet := list(islice(clean, SHEET)):
                yield reasoning(sheet)
        else:
            for task in self.tasks(seed, count, self.domains[domain], BEYOND_SHARE if domain == GENERAL else 0.0):
                if is_clean(task.problem, evaluation):
                    yield worked(task)

    def make_documents(self, config: PretrainConfig) -> None:
        """Train the tokenizer and write the shards of every stage and domain, unless they are there."""
        tokenizer = make_tokenizer(Path(config.tokenizer), self.tasks(11, self.tokenizer_tasks), config.model.vocab_size)
        evaluation = grams_of(self.evaluation_questions())
        for number, stage in enumerate(config.stages):
            total = sum(source.weight for source in stage.sources)
            for place, source in enumerate(stage.sources):
                length = self.document_tokens * (SHEET if source.domain == REASONING else 1)
                count = max(1, int(stage.schedule.tokens * source.weight / total / length))
                seed = 1000 + 10 * number + place
                write_documents(Path(source.data), tokenizer, self.documents(source.domain, seed, count, evaluation), count)

    def make_dialogues(self, config: SFTConfig) -> None:
        """Write the fine-tuning shards with the base model's tokenizer, unless they are there, by the rules of SFT (3.1)."""
        samples = (Sample(task.problem, reply(task)) for task in self.tasks(13, self.dialogues))
        tokenizer = Tokenizer.from_folder(Path(config.model))
        (source,) = config.stage.sources
        write_kept_dialogues(Path(source.data), tokenizer, samples, self.dialogues, self.evaluation_questions(), config.against)
