"""`report.html` and `report.md` of an evaluation: what was measured beside what was published, curves, breakdowns, and samples with their verdicts.

The look and the promise of `core/report`: one static file that opens offline and fetches
nothing, all text escaped. The same numbers give the same bytes. What the tables say is made in `tables.py`, and a samples' viewer is on the
page only. Knows no model and judges nothing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from openmimo.core.files import write_text
from openmimo.core.report.chart import charts
from openmimo.core.report.parts import policy_of, render, write_page
from openmimo.core.report.samples import Sample, choose, filters
from openmimo.core.report.script import SCRIPT
from openmimo.core.report.style import STYLE
from openmimo.eval.measured import Measured
from openmimo.eval.tables import Section, Table, notes, overview, sections

SOURCE = "MiMo: Unlocking the Reasoning Potential of Language Model, arXiv 2505.07608, and the README of XiaomiMiMo/MiMo"
FOOTER = f"Written by OpenMiMo. Tables that say so are quoted from {SOURCE}; all else was measured."

_STYLE = f"""{STYLE}
section h3.title {{ margin: 24px 0 8px; }}
section .charts {{ margin-top: 24px; }}
.quoted .card {{ border-style: dashed; background: none; }}
.quoted th, .quoted td {{ color: var(--soft); background: none; }}
"""

TEMPLATE = """\
{% from "parts" import head, figure_list, note_list, plot, table, viewer %}
{{ head(title, policy, style) -}}
<body>
<header>
<p class="kind">evaluation</p>
<h1>{{ title }}</h1>
<nav aria-label="Parts of this page">
<a href="#overview">{{ overview.title }}</a>
{% for section, drawn in sections %}
<a href="#{{ section.id }}">{{ section.title }}</a>
{% endfor %}
{% if samples %}
<a href="#samples">Samples</a>
{% endif %}
</nav>
</header>
<main>
{{ figure_list(figures) -}}
{{ note_list(notes) -}}
<section>
<h2 id="overview">{{ overview.title }}</h2>
{{ table(overview.title, overview.head, overview.rows) -}}
</section>
{% for section, drawn in sections %}
<section>
<h2 id="{{ section.id }}">{{ section.title }}</h2>
{% for each in section.tables %}
<div{{ ' class="quoted"'|safe if each.quoted }}>
<h3 class="title">{{ each.title }}</h3>
{{ table(section.title ~ ': ' ~ each.title, each.head, each.rows) -}}
</div>
{% endfor %}
{% if drawn %}
<div class="charts">
{% for chart in drawn %}
{{ plot(chart) -}}
{% endfor %}
</div>
{% endif %}
</section>
{% endfor %}
{% if samples %}
<section>
<h2 id="samples">Samples</h2>
{{ viewer(samples, filters, "benchmark") -}}
</section>
{% endif %}
</main>
<footer>{{ footer }}</footer>
<script>{{ script|safe }}</script>
</body>
</html>
"""


def write_pages(folder: Path, measured: Sequence[Measured], title: str = "Evaluation") -> tuple[Path, Path]:
    """Write `report.html` and `report.md` into a folder, which is made if need be, and give their paths; `OpenMimoError` where they cannot be written."""
    folder.mkdir(parents=True, exist_ok=True)
    page = write_page(folder / "report.html", page_of(measured, title))
    write_text(folder / "report.md", markdown_of(measured, title).encode("utf-8", "replace").decode())
    return page, folder / "report.md"


def page_of(measured: Sequence[Measured], title: str) -> str:
    """The HTML of the page."""
    samples = _samples(measured)
    shown = choose(samples)
    left_out = [f"{len(shown):,} of {len(samples):,} samples are shown, some of every benchmark, level and verdict."]
    return render(
        TEMPLATE,
        title=title,
        policy=policy_of(_STYLE, SCRIPT),
        style=_STYLE,
        script=SCRIPT,
        figures=list(_figures(measured)),
        notes=[*notes(measured), *(left_out if len(shown) < len(samples) else [])],
        overview=overview(measured),
        sections=[(section, charts([section.plot], "k", doubling=True) if section.plot else []) for section in sections(measured)],
        samples=shown,
        filters=list(filters(shown)),
        footer=FOOTER,
    )


def markdown_of(measured: Sequence[Measured], title: str) -> str:
    """The same in Markdown, without pictures and samples."""
    lines = [f"# {_marked(title)}", "", *(f"- {_marked(note)}" for note in notes(measured)), "", *_markdown_table(overview(measured), "##")]
    for section in sections(measured):
        lines += [f"## {_marked(section.title)}", "", *_tables(section)]
    return "\n".join([*lines, _marked(FOOTER), ""])


def _tables(section: Section) -> Iterator[str]:
    for table in section.tables:
        yield from _markdown_table(table, "###")


def _markdown_table(table: Table, level: str) -> Iterator[str]:
    yield from (f"{level} {_marked(table.title)}", "")
    yield f"| {' | '.join(map(_marked, table.head))} |"
    yield f"|{'---|' + '---:|' * (len(table.head) - 1)}"
    for row in table.rows:
        yield f"| {' | '.join(map(_marked, row))} |"
    yield ""


def _marked(text: str) -> str:
    """A text as Markdown shows it: on one line, and nothing in it is markup."""
    return re.sub(r"([\\`*_\[\]<>|~#])", r"\\\1", " ".join(text.split()))


def _figures(measured: Sequence[Measured]) -> Iterator[tuple[str, str]]:
    """The numbers that are looked for first."""
    yield "Models", f"{len({one.model for one in measured}):,}"
    yield "Benchmarks", f"{len({one.benchmark for one in measured}):,}"
    yield "Questions", f"{sum({one.benchmark: one.questions for one in measured}.values()):,}"


def _samples(measured: Sequence[Measured]) -> list[Sample]:
    """All samples, which a reader chooses among by benchmark, and by model where there are several."""
    several = len({one.model for one in measured}) > 1
    return [replace(sample, family=f"{one.title} · {one.model}" if several else one.title) for one in measured for sample in one.samples]
