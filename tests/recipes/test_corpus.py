"""Documents and dialogues hold what they should: the whole text, and of a dialogue only the answer is learnt."""

from pathlib import Path

from openmimo.recipes.corpus import document, make_tokenizer, reply, write_dialogues, write_documents
from openmimo.recipes.nano import tasks
from openmimo.text.special import END_OF_TEXT, TURN_END
from openmimo.train.shards import Shards

COUNT = 40


def test_documents_and_dialogues(tmp_path: Path) -> None:
    made = list(tasks(3, COUNT))
    tokenizer = make_tokenizer(tmp_path / "tokenizer", made, 400)
    documents = Shards(write_documents(tmp_path / "documents", tokenizer, made, COUNT))
    dialogues = Shards(write_dialogues(tmp_path / "dialogues", tokenizer, made, COUNT))
    assert len(documents) == len(dialogues) == COUNT
    for number, task in enumerate(made):
        ids, learn = documents.document(number)
        assert tokenizer.decode(ids.tolist()) == document(task) + END_OF_TEXT
        assert learn.all()
        ids, learn = dialogues.document(number)
        assert tokenizer.decode(ids[learn].tolist()) == reply(task) + TURN_END
        assert task.problem in tokenizer.decode(ids[~learn].tolist())


def test_what_is_finished_is_used_again(tmp_path: Path) -> None:
    made = list(tasks(3, COUNT))
    tokenizer = make_tokenizer(tmp_path / "tokenizer", made, 400)
    folder = write_documents(tmp_path / "documents", tokenizer, made, COUNT)
    before = (folder / "shards.json").stat().st_mtime_ns
    write_documents(tmp_path / "documents", make_tokenizer(tmp_path / "tokenizer", [], 400), [], 0)
    assert (folder / "shards.json").stat().st_mtime_ns == before
