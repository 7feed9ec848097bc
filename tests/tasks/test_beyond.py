"""Questions outside all families: declined with exactly one sentence, in words of many kinds."""

import random
import re

from openmimo.tasks.beyond import FAMILY, HELD_OUT, NOT_TRAINED, OPEN, SELF, TALK, WHO


def test_the_answer_is_one_sentence_or_who_the_model_is() -> None:
    kinds = set()
    for seed in range(1500):
        task = FAMILY.make(random.Random(seed), 1, seed % 2 == 1)
        kind = task.phrasing.rsplit(".", 2)[0]
        kinds.add(kind)
        talk = {phrasings.kind: answer for answer, phrasings in TALK.items()}
        assert task.answer == {OPEN.kind: NOT_TRAINED, SELF.kind: WHO, **talk}[kind]
        assert len(task.steps.split()) <= 12
        assert "{" not in task.problem
    assert NOT_TRAINED == "I was not trained for this."
    assert kinds == {OPEN.kind, SELF.kind, *(phrasings.kind for phrasings in TALK.values())}


def test_most_questions_are_declined_and_few_are_about_the_model() -> None:
    about_me = sum(FAMILY.make(random.Random(seed), 1, False).answer == WHO for seed in range(3000))
    assert 50 < about_me < 170


def test_an_answer_made_up_is_wrong() -> None:
    assert FAMILY.check(NOT_TRAINED, "i was not trained for this")
    assert not FAMILY.check(NOT_TRAINED, "Paris")
    assert not FAMILY.check(NOT_TRAINED, WHO)
    assert not FAMILY.check(WHO, NOT_TRAINED)


def test_the_vocabulary_is_broad() -> None:
    words: set[str] = set()
    for seed in range(4000):
        words.update(re.findall(r"[a-z]+", FAMILY.make(random.Random(seed), 1, False).problem.casefold()))
    assert len(words) > 300


def test_held_out_questions_share_no_wording_with_trained_ones() -> None:
    for phrasings in (OPEN, SELF, *TALK.values()):
        assert not {text.casefold() for text in phrasings.trained} & {text.casefold() for text in phrasings.held_out}


def test_held_out_words_stand_in_no_trained_question() -> None:
    trained = " ".join(FAMILY.make(random.Random(seed), 1, False).problem.casefold() for seed in range(6000))
    assert not [word for words in HELD_OUT.values() for word in words if re.search(rf"\b{word.casefold()}\b", trained)]


def test_who_names_what_the_model_does() -> None:
    for word in ("arithmetic", "equations", "number theory", "word problems", "sequences", "calendar", "programs", "functions"):
        assert word in WHO
