"""Held-out tasks are fixed, and neither they nor their phrasings are among those of training."""

from openmimo.eval.heldout import heldout_tasks
from openmimo.recipes.nano import DATA
from openmimo.tasks.families import FAMILIES


def test_measured_tasks_are_always_the_same_and_use_the_phrasings_they_say() -> None:
    family = FAMILIES["percentages"]
    assert heldout_tasks(family, 2, 20, True) == heldout_tasks(family, 2, 20, True)
    assert all(".held." in task.phrasing for task in heldout_tasks(family, 2, 20, True))


def test_no_held_out_phrasing_is_in_training() -> None:
    trained = {task.phrasing for task in DATA.tasks(13, 20_000)}
    assert not any(".held." in phrasing for phrasing in trained)
    held = {
        f"{phrasings.kind}.held.{n}"
        for family in FAMILIES.values()
        for phrasings in family.phrasings
        for n in range(len(phrasings.held_out))
    }
    assert len(held) > 100
    templates = [
        template for family in FAMILIES.values() for phrasings in family.phrasings for template in (*phrasings.trained, *phrasings.held_out)
    ]
    trained_templates = {template for family in FAMILIES.values() for phrasings in family.phrasings for template in phrasings.trained}
    held_templates = {template for family in FAMILIES.values() for phrasings in family.phrasings for template in phrasings.held_out}
    assert templates
    assert not trained_templates & held_templates


def test_seeds_of_measuring_are_not_those_of_training() -> None:
    """Large tasks repeat by chance only rarely, if the seeds are apart."""
    trained = {task.problem for task in DATA.tasks(12, 20_000)}
    measured = heldout_tasks(FAMILIES["arithmetic"], 4, 200, False)
    assert sum(task.problem in trained for task in measured) <= 2
