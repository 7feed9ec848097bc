"""Questions outside all families: declined with exactly one sentence, in words of many kinds."""

import random
import re

from openmimo.recipes.nano import FAMILIES
from openmimo.tasks.beyond import FAMILY, HELD_OUT, NOT_TRAINED, OPEN, SELF, WHO


def test_the_answer_is_one_sentence_or_who_the_model_is() -> None:
    kinds = set()
    for seed in range(1500):
        task = FAMILY.make(random.Random(seed), 1, seed % 2 == 1)
        about_me = task.phrasing.startswith(SELF.kind)
        kinds.add(about_me)
        assert task.answer == (WHO if about_me else NOT_TRAINED)
        assert len(task.steps.split()) <= 12
        assert "{" not in task.problem
    assert NOT_TRAINED == "I was not trained for this."
    assert kinds == {True, False}


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
    for phrasings in (OPEN, SELF):
        assert not {text.casefold() for text in phrasings.trained} & {text.casefold() for text in phrasings.held_out}


def test_held_out_words_stand_in_no_trained_question() -> None:
    trained = " ".join(FAMILY.make(random.Random(seed), 1, False).problem.casefold() for seed in range(6000))
    assert not [word for words in HELD_OUT.values() for word in words if re.search(rf"\b{word.casefold()}\b", trained)]


def test_who_names_what_the_model_does() -> None:
    for word in ("arithmetic", "percentages", "equations", "number theory", "word problems", "sequences", "calendar", "programs"):
        assert word in WHO
    assert len(FAMILIES) == 8  # those of the recipe
