"""The recipe of nano: the report's form in small, and nothing in its training that it is measured with."""

from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from openmimo.engine.catalog import find
from openmimo.pretrain.config import PretrainConfig
from openmimo.recipes import nano
from openmimo.text.bpe import train_bpe
from openmimo.text.grams import grams_of, is_clean
from openmimo.text.tokenizer import Tokenizer
from openmimo.train.shards import Shards


@pytest.fixture(scope="module")
def evaluation() -> frozenset[str]:
    return grams_of(nano.DATA.evaluation_questions())


def share(config: PretrainConfig, stage: int, *domains: str) -> float:
    sources = config.stages[stage].sources
    return sum(source.weight for source in sources if source.domain in domains) / sum(source.weight for source in sources)


def test_three_stages_of_the_reports_form() -> None:
    config = nano.pretrain()
    assert share(config, 1, "math", "code") == pytest.approx(0.7)
    assert [share(config, stage, "reasoning") for stage in range(3)] == pytest.approx([0, 0, 0.1])
    for domain in nano.DATA.domains:  # the rest of stage 3 is the mixture of stage 2, but for what is rounded
        assert share(config, 2, domain) == pytest.approx(0.9 * share(config, 1, domain), abs=0.005)
    tokens = [stage.schedule.tokens for stage in config.stages]
    assert [part / sum(tokens) for part in tokens] == pytest.approx([17.784 / 23.784, 4 / 23.784, 2 / 23.784], abs=0.01)
    assert [stage.rope_theta for stage in config.stages] == [10_000, 10_000, nano.MODEL.rope_theta]
    for before, after in zip(config.stages, config.stages[1:], strict=False):
        assert before.schedule.final == after.schedule.peak  # no jump of the rate
        assert before.mtp_weight_at(before.batches) == after.mtp_weight_at(0)


def test_the_whole_is_as_long_as_it_says() -> None:
    stages = [*nano.pretrain().stages, nano.mtp().stage, nano.sft().stage, nano.mtp_again().stage]
    assert sum(stage.batches * stage.batch_tokens for stage in stages) == pytest.approx(27.0e6, abs=0.05e6)


def test_a_stage_begins_where_the_one_before_ends() -> None:
    assert nano.mtp().model == f"runs/pretrain/{nano.pretrain().name}/final"
    assert nano.sft().model == f"runs/mtp/{nano.mtp().name}/final"
    assert nano.mtp_again().model == f"runs/sft/{nano.sft().name}/final"
    assert nano.mtp().name != nano.mtp_again().name


def test_no_family_has_two_domains() -> None:
    named = [family for families in nano.DATA.domains.values() for family in families]
    assert len(named) == len(set(named))


@pytest.mark.parametrize("domain", [*nano.DATA.domains, "reasoning"])
def test_no_question_of_the_evaluation_is_in_a_document(domain: str, evaluation: frozenset[str]) -> None:
    asked = set(nano.DATA.evaluation_questions())
    made = list(nano.DATA.documents(domain, 5, 400, evaluation))
    assert len(made) > 200, "a domain of which the rule leaves little would starve"
    assert not any(line in asked for text in made for line in text.splitlines())
    assert ("<think>" in made[0]) == (domain == "reasoning")


@pytest.mark.parametrize("domain", nano.DATA.domains)
def test_a_domain_has_the_tokens_that_are_counted_on(domain: str, evaluation: frozenset[str]) -> None:
    """Or else a stage would read its documents twice; the shipped tokenizer stands for the one to come."""
    tokenizer = Tokenizer.from_folder(find("nano"))
    made = sum(len(tokenizer.encode(text)) + 1 for text in nano.DATA.documents(domain, 6, 600, evaluation))
    assert made > 600 * nano.DATA.document_tokens


def test_the_rule_drops_what_it_should(evaluation: frozenset[str]) -> None:
    assert not any(is_clean(question, evaluation) for question in islice(nano.DATA.evaluation_questions(), 0, None, 37))


def test_documents_are_made_for_every_stage_and_domain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as the stage reads, and no two stages the same."""
    data = replace(nano.DATA, home=tmp_path, document_tokens=7_000)  # a hundredth of the documents
    monkeypatch.setattr(nano, "DATA", data)
    train_bpe(["1 2 3"], 270).save(tmp_path / "tokenizer")
    config = nano.pretrain()
    data.make_documents(config)
    first: list[list[int]] = []
    for stage in config.stages:
        for source in stage.sources:
            shards = Shards(Path(source.data))
            first.append(shards.document(0)[0].tolist())
    assert len({tuple(ids) for ids in first}) == 10
