"""`report.html` over several runs: chapter by chapter what was done, what came of it, and where its own page is.

The same look and the same promise as `page.py`: one static file, nothing fetched, all text
escaped, no script at all. Knows no model; the chapters are given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from openmimo.core.files import write_text
from openmimo.core.report.page import figures_of, policy_of
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
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="{{ policy }}">
<title>{{ title }}</title>
<style>{{ style|safe }}</style>
</head>
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
{% if figures %}
<dl class="figures">
{% for label, value in figures %}
<div><dt>{{ label }}</dt><dd>{{ value }}</dd></div>
{% endfor %}
</dl>
{% endif %}
{% if chapter.rows %}
<div class="wide card" tabindex="0" role="region" aria-label="{{ chapter.title }}">
<table>
<thead><tr>{% for name in chapter.head %}<th scope="col">{{ name }}</th>{% endfor %}</tr></thead>
<tbody>
{% for row in chapter.rows %}
<tr><th scope="row">{{ row[0] }}</th>{% for cell in row[1:] %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}
</tbody>
</table>
</div>
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
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    page = environment.from_string(TEMPLATE).render(
        title=title,
        about=about,
        policy=policy_of(STYLE),
        style=STYLE,
        chapters=[
            (chapter, figures_of(chapter.run) if chapter.run else [], chapter.run and f"{chapter.run.relative_to(folder)}/report.html")
            for chapter in chapters
        ],
    )
    path = folder / "report.html"
    write_text(path, page.encode("utf-8", "replace").decode())
    return path
