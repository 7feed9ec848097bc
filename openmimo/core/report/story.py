"""`report.html` over several runs: chapter by chapter what was done, what came of it, and where its own page is.

The same look and the same promise as `page.py`: one static file, nothing fetched, all text
escaped, no script at all. Knows no model; the chapters are given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from openmimo.core.report.page import figures_of
from openmimo.core.report.parts import policy_of, render, write_page
from openmimo.core.report.style import STYLE


@dataclass(frozen=True)
class Chapter:
    """A step of a story: a title, what it does in a sentence or two, and any of what follows."""

    title: str
    about: str
    run: Path | None = None  # a run's folder below the story's, whose figures are shown and whose page is linked
    head: tuple[str, ...] = ()  # of a table
    rows: tuple[tuple[str, ...], ...] = ()
    text: str = ""  # shown as it is, with its lines


TEMPLATE = """\
{% from "parts" import figure_list, head, table %}
{{ head(title, policy, style) -}}
<body>
<header>
<h1>{{ title }}</h1>
<p class="status">{{ about }}</p>
</header>
<main>
{% for chapter, figures, link in chapters %}
<section>
<h2>{{ loop.index }}. {{ chapter.title }}</h2>
<p>{{ chapter.about }}</p>
{{ figure_list(figures) -}}
{% if chapter.rows %}
{{ table(chapter.title, chapter.head, chapter.rows) -}}
{% endif %}
{% if chapter.text %}
<pre class="log card">{{ chapter.text }}</pre>
{% endif %}
{% if link %}
<p><a href="{{ link }}">curves, samples and config</a></p>
{% endif %}
</section>
{% endfor %}
</main>
<footer>Written by OpenMiMo from the files beside it.</footer>
</body>
</html>
"""


def write_story(folder: Path, title: str, about: str, chapters: Sequence[Chapter]) -> Path:
    """Write `report.html` into `folder`, and give its path. Links are relative, so the folder can be moved as a whole."""
    page = render(
        TEMPLATE,
        title=title,
        about=about,
        policy=policy_of(STYLE),
        style=STYLE,
        chapters=[
            (chapter, figures_of(chapter.run) if chapter.run else [], chapter.run and f"{chapter.run.relative_to(folder)}/report.html")
            for chapter in chapters
        ],
    )
    return write_page(folder / "report.html", page)
