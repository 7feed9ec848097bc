"""The report of an evaluation: measured figures as they were measured, published ones apart from them, and nothing said is markup."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from openmimo.core.report.samples import Sample
from openmimo.eval.measured import Measured, breakdown
from openmimo.eval.pages import write_pages
from openmimo.eval.published import published
from openmimo.eval.statistics import Scored, average, curve, questions_like_these, these_questions
from tests.core.markup import EVIL, Page

QUESTIONS = [Scored(f"q{place}", tuple(float((place + answer) % 3 == 0) for answer in range(8))) for place in range(30)]
SAMPLES = (
    Sample("What is 2 + 3?", "5", "right", "2 + 3 = 5", "5", "the same number"),
    Sample("What is 7 - 9?", "2", "wrong", "9 - 7", "-2", "another number"),
)


def measured(model: str = "some-model", questions: list[Scored] = QUESTIONS, **other: object) -> Measured:
    of = Measured(
        "aime24",
        "AIME 2024",
        model,
        "accuracy",
        average(questions),
        these_questions(questions),
        questions_like_these(questions),
        len(questions),
        8,
        0.125,
        4321.0,
        12.3,
        {"temperature": 0.6, "max_tokens": 32768},
        curve(questions),
        breakdown((f"Level {place // 10}", question) for place, question in enumerate(questions)),
        breakdown((("algebra", "geometry")[place % 2], question) for place, question in enumerate(questions)),
        SAMPLES,
    )
    return replace(of, **other)  # type: ignore[arg-type]


def page_of(folder: Path, *of: Measured) -> Page:
    return Page(write_pages(folder, of)[0].read_text(encoding="utf-8"))


def rows(page: Page, begin: str) -> list[str]:
    return [text for text in page.texts("tr") if text.startswith(begin)]


def test_what_failed_is_told(tmp_path: Path) -> None:
    assert "some-model on AIME 2024: 20 answers failed" in write_pages(tmp_path, [measured(unanswered=20)])[1].read_text(encoding="utf-8")


def test_what_was_measured_is_on_the_page(tmp_path: Path) -> None:
    page, one = page_of(tmp_path, measured()), measured()
    assert one.these
    assert one.mean == pytest.approx(1 / 3)
    like, these = (f"{100 * low:.1f} to {100 * high:.1f}" for low, high in (one.like_these, one.these))
    assert rows(page, "AIME 2024") == [f"AIME 202433.3 % ({like})"]
    assert rows(page, "some-model") == [f"some-model33.3 %{like}{these}30812.5 %4,32112.3"]
    assert [text[: text.index("%")] for text in rows(page, "Level 0") + rows(page, "geometry")] == ["Level 033.8 ", "geometry33.3 "]
    assert rows(page, "temperature") == ["temperature0.6"]
    assert page.texts("dd") == ["1", "1", "30"]
    assert "some-model on AIME 2024: 12.5 % of the answers were cut off at the token limit." in page.texts("li")


def test_published_figures_stand_apart_and_say_what_they_are(tmp_path: Path) -> None:
    page = page_of(tmp_path, measured("MiMo-7B-RL"))
    quoted = page.texts("div", class_="quoted")
    assert len(quoted) == 1
    assert "Published in the report, not measured here" in quoted[0]
    assert "MiMo-7B-RL68.2 %pass@1not saidTable 4, 5, 6" in quoted[0]
    assert "Qwen2.5-7B10.1 %pass@10Table 1the report's own" in quoted[0]
    assert quoted[0].count("%") == len(published("aime24"))
    assert "33.3 %" not in quoted[0]
    # No table holds both a measured and a published figure.
    assert not [table for table in page.texts("table") if "33.3 %" in table and "68.2 %" in table]
    assert page_of(tmp_path, measured(benchmark="amc23")).texts("div", class_="quoted") == []


def test_the_curve_is_drawn_and_can_be_read(tmp_path: Path) -> None:
    page = page_of(tmp_path, measured())
    assert page.values("figure", "data-x") == ["k"]
    (points,) = page.values("li", "data-points")
    assert [point.split(" ")[0] for point in points.split(";")] == ["0", "333", "667", "1000"]
    wanted = curve(QUESTIONS)
    assert [float(point.split(" ")[3]) for point in points.split(";")] == pytest.approx([100 * point.any for point in wanted], rel=1e-3)
    assert rows(page, "8") == [f"8{100 * wanted[3].any:.1f} %{100 * wanted[3].all:.1f} %"]
    alone = measured(questions=[Scored(question.id, question.scores[:1]) for question in QUESTIONS])
    assert page_of(tmp_path, alone).values("figure", "data-x") == []
    assert rows(page_of(tmp_path, alone), "some-model")[0].split("%")[1].endswith("-30812.5 ")  # no interval of these questions


def test_a_point_over_fewer_questions_is_told_and_not_drawn(tmp_path: Path) -> None:
    short = [Scored("short", (1.0, 0.0)), *QUESTIONS[1:]]
    page = page_of(tmp_path, measured(questions=short))
    (points,) = page.values("li", "data-points")
    assert len(points.split(";")) == 2
    assert rows(page, "4")[0].count("(of 29 questions)") == 2


def test_several_models_share_a_benchmark_and_several_benchmarks_a_page(tmp_path: Path) -> None:
    two = [measured("a"), measured("b", majority=0.5, unjudged=3), measured("b", benchmark="math-500", title="MATH-500")]
    page = page_of(tmp_path, *two)
    assert page.texts("h2") == ["Measured", "AIME 2024", "MATH-500", "Samples"]
    assert {link.removeprefix("#") for link in page.values("a", "href")} == set(page.values("h2", "id"))
    assert rows(page, "MATH-500")[0].startswith("MATH-500-33.3 %")  # nothing was measured of the first model
    assert rows(page, "b33.3")[0].endswith("50.0 %3")
    assert rows(page, "a33.3")[0].endswith("-0")
    assert page.texts("span", class_="name") == ["a", "b", "b"]
    assert "b on AIME 2024: 3 answers have no verdict and are in no number." in page.texts("li")
    assert sorted(set(page.values("details", "data-family"))) == ["AIME 2024 · a", "AIME 2024 · b", "MATH-500 · b"]
    assert [text for text in page.texts("h3", class_="title") if text.startswith("By level")] == ["By level: a", "By level: b", "By level"]


def test_samples_are_shown_with_the_reason_of_their_verdict(tmp_path: Path) -> None:
    page = page_of(tmp_path, measured())
    assert page.values("details", "data-verdict") == ["right", "wrong"]
    assert page.texts("pre")[5:] == ["What is 7 - 9?", "9 - 7", "2", "-2", "wrong: another number"]
    assert [text for text in page.texts("label") if text.startswith("Verdict")] == ["Verdict allrightwrong"]
    many = tuple(Sample("p" * 7_000, str(number), "wrong" if number % 9 else "right") for number in range(400))
    page = page_of(tmp_path, measured(samples=many))
    assert (tmp_path / "report.html").stat().st_size < 2_000_000
    assert any(text.endswith("of 400 samples are shown, some of every benchmark, level and verdict.") for text in page.texts("li"))
    assert set(page.values("details", "data-verdict")) == {"right", "wrong"}
    assert page_of(tmp_path, measured(samples=())).texts("details") == []


def test_what_a_model_says_is_never_markup_on_the_page(tmp_path: Path) -> None:
    evil = measured(
        EVIL,
        title=EVIL,
        metric=EVIL,
        settings={EVIL: EVIL},
        levels=breakdown([(EVIL, QUESTIONS[0]), ("", QUESTIONS[1])]),
        samples=(Sample(EVIL, EVIL, EVIL, EVIL, EVIL, EVIL, EVIL), Sample("\ud83d", "half a character", "wrong")),
    )
    page = page_of(tmp_path, evil)
    assert not page.texts("img")
    assert len(page.texts("script")) == 1
    assert not any(name.startswith("on") or name == "style" for _, has, _ in page.elements for name in has)
    assert page.texts("pre")[:3] == [EVIL, EVIL, EVIL]
    assert "?" in page.texts("pre")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"https?:|//[a-z]|@import|url\(", text.replace(EVIL, ""))
    assert not [name for name, has, _ in page.elements if name in ("link", "img", "iframe") or "src" in has]
    (policy,) = [value for value in page.values("meta", "content") if "default-src" in value]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


def test_the_markdown_says_the_same_and_none_of_it_is_markup(tmp_path: Path) -> None:
    one = measured("a|b <i>*x*</i>\n# no title", majority=0.4)
    text = write_pages(tmp_path, [one])[1].read_text(encoding="utf-8")
    like = f"{100 * one.like_these[0]:.1f} to {100 * one.like_these[1]:.1f}"
    assert "| Benchmark | a\\|b \\<i\\>\\*x\\*\\</i\\> \\# no title |" in text
    assert f"| AIME 2024 | 33.3 % ({like}) |" in text
    assert "\n### Published in the report, not measured here\n" in text
    assert "\n| MiMo-7B-RL-0530 | 80.1 % | pass@1 | not said | Table 6 |  |\n" in text
    assert text.splitlines()[0] == "# Evaluation"
    tables = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    assert len(tables) == 7
    for table in tables:
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1
    assert not [table for table in tables if "33.3 %" in table and "68.2 %" in table]


def test_the_same_numbers_give_the_same_bytes(tmp_path: Path) -> None:
    first = [path.read_bytes() for path in write_pages(tmp_path / "new" / "folder", [measured()])]
    assert [path.read_bytes() for path in write_pages(tmp_path, [measured()])] == first
