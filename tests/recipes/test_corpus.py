"""Documents and dialogues hold what they should: the whole text, and of a dialogue only the answer is learnt."""

import json
from pathlib import Path

import pytest

from openmimo.core.errors import InputError
from openmimo.recipes.corpus import make_tokenizer, reasoning, reply, worked, write_dialogues, write_documents, write_kept_dialogues
from openmimo.recipes.nano import DATA
from openmimo.sft.rules import Sample
from openmimo.text.special import END_OF_TEXT, TURN_END
from openmimo.train.shards import Shards

COUNT = 40
MADE = list(DATA.tasks(3, COUNT))
SAMPLES = [Sample(task.problem, reply(task)) for task in MADE]


def test_documents_and_dialogues(tmp_path: Path) -> None:
    tokenizer = make_tokenizer(tmp_path / "tokenizer", MADE, 400)
    texts = [*map(worked, MADE), reasoning(MADE[:3])]
    documents = Shards(write_documents(tmp_path / "documents", tokenizer, texts, len(texts)))
    dialogues = Shards(write_dialogues(tmp_path / "dialogues", tokenizer, SAMPLES, COUNT))
    assert (len(documents), len(dialogues)) == (COUNT + 1, COUNT)
    for number, text in enumerate(texts):
        ids, learn = documents.document(number)
        assert tokenizer.decode(ids.tolist()) == text + END_OF_TEXT
        assert learn.all()
    for number, task in enumerate(MADE):
        ids, learn = dialogues.document(number)
        assert tokenizer.decode(ids[learn].tolist()) == reply(task) + TURN_END
        assert task.problem in tokenizer.decode(ids[~learn].tolist())


def test_a_reasoning_document_is_its_tasks_with_their_thoughts() -> None:
    text = reasoning(MADE[:3])
    assert text.count("<think>") == text.count("</think>") == 3
    assert all(task.problem in text and reply(task) in text for task in MADE[:3])
    assert "<think>" not in worked(MADE[0])


def test_what_is_finished_is_used_again(tmp_path: Path) -> None:
    tokenizer = make_tokenizer(tmp_path / "tokenizer", MADE, 400)
    folder = write_documents(tmp_path / "documents", tokenizer, map(worked, MADE), COUNT)
    before = (folder / "shards.json").stat().st_mtime_ns
    write_documents(tmp_path / "documents", make_tokenizer(tmp_path / "tokenizer", [], 400), [], 0)
    assert (folder / "shards.json").stat().st_mtime_ns == before


def test_dialogues_are_kept_by_the_rules_and_against_files_of_ones_own(tmp_path: Path) -> None:
    tokenizer = make_tokenizer(tmp_path / "tokenizer", MADE, 400)
    mine = tmp_path / "mine.jsonl"
    mine.write_text(json.dumps({"problem": MADE[1].problem}) + "\n")
    folder = tmp_path / "dialogues"
    given = [*SAMPLES, Sample("open", "<think>\nA step.")]
    write_kept_dialogues(folder, tokenizer, given, len(given), [MADE[0].problem], [str(mine)])
    said = json.loads((folder / "rules.json").read_text())
    assert said["against"] == {str(mine): 1}
    assert said["dropped"] == {"overlaps an evaluation question": 2, "incomplete": 1}
    assert len(Shards(folder)) == COUNT - 2
    before = (folder / "shards.json").stat().st_mtime_ns
    write_kept_dialogues(folder, tokenizer, [], 0, [], [str(mine)])
    assert (folder / "shards.json").stat().st_mtime_ns == before
    with pytest.raises(InputError, match="was not made against no files"):
        write_kept_dialogues(folder, tokenizer, [], 0, [], [])
