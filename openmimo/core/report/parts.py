"""What all our pages are put together from: the head, numbers, notes, tables, curves and the viewer of samples; and how a page is made of them.

Jinja macros, which the templates of `template.py`, of `story.py` and of others import as
"parts". Every value put into them is escaped, but for our own style. Knows no numbers.
"""

import base64
import hashlib
from pathlib import Path

from jinja2 import DictLoader, Environment, StrictUndefined

from openmimo.core.files import write_text

PARTS = """\
{% macro head(title, policy, style) %}
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
{% endmacro %}
{% macro figure_list(values) %}
{% if values %}
<dl class="figures">
{% for label, value in values %}
<div><dt>{{ label }}</dt><dd>{{ value }}</dd></div>
{% endfor %}
</dl>
{% endif %}
{% endmacro %}
{% macro note_list(values) %}
{% if values %}
<ul class="notes" aria-label="Notes">
{% for note in values %}
<li>{{ note }}</li>
{% endfor %}
</ul>
{% endif %}
{% endmacro %}
{% macro table(label, head, rows) %}
<div class="wide card" tabindex="0" role="region" aria-label="{{ label }}">
<table>
<thead><tr>{% for name in head %}<th scope="col">{{ name }}</th>{% endfor %}</tr></thead>
<tbody>
{% for row in rows %}
<tr><th scope="row">{{ row[0] }}</th>{% for cell in row[1:] %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}
</tbody>
</table>
</div>
{% endmacro %}
{% macro plot(chart) %}
<figure class="chart card" tabindex="0" data-field="{{ chart.field }}" data-x="{{ chart.x }}" aria-label="{{ chart.about }}">
<div class="head"><h3>{{ chart.title }}{% if chart.log %} <span class="soft">(log scale)</span>{% endif %}</h3>\
<span class="where">{{ chart.x }} {{ chart.last_x }}</span></div>
<ul class="legend">
{% for curve in chart.curves %}
<li data-points="{{ curve.points }}">\
{% if chart.curves|length > 1 or curve.name %}<svg class="mark" aria-hidden="true"><line class="{{ curve.style }}" x2="14" y1="5" y2="5"/></svg>\
<span class="name">{{ curve.name or chart.field }}</span> {% endif %}<span class="value">{{ curve.last }}</span></li>
{% endfor %}
</ul>
<div class="plot">
<svg width="100%" height="100%" aria-hidden="true">
{% for place, text in chart.down %}
<line class="grid" x2="100%" y1="{{ '%.2f' % place }}%" y2="{{ '%.2f' % place }}%"/>\
<text x="-8" y="{{ '%.2f' % place }}%" dy="4" text-anchor="end">{{ text }}</text>
{% endfor %}
<line class="axis" x2="100%" y1="100%" y2="100%"/>
{% for place, text in chart.across %}
<line class="axis" x1="{{ '%.2f' % place }}%" x2="{{ '%.2f' % place }}%" y1="100%" y2="100%"/>\
<text x="{{ '%.2f' % place }}%" y="100%" dy="20" text-anchor="middle">{{ text }}</text>
{% endfor %}
<svg viewBox="0 0 1000 1000" preserveAspectRatio="none">
{% for curve in chart.curves %}
<path class="raw {{ curve.style }}{{ ' faint' if curve.smooth }}" d="{{ curve.raw }}"/>
{% endfor %}
{% for curve in chart.curves if curve.smooth %}
<path class="smooth {{ curve.style }}" d="{{ curve.smooth }}"/>
{% endfor %}
</svg>
<line class="cursor" y2="100%" visibility="hidden"/>
{% for curve in chart.curves %}
<circle class="dot {{ curve.style }}" r="3.5" visibility="hidden"/>
{% endfor %}
</svg>
</div>
</figure>
{% endmacro %}
{% macro timeline(step, open) %}
<details class="timeline card" name="timeline"{{ ' open' if open }}>
<summary><h3>Step {{ step.step }}</h3> <span class="where">{{ step.about }}</span></summary>
<ul class="legend">
{% for style, name, count in step.legend %}
<li><svg class="mark" aria-hidden="true"><rect class="{{ style }}" width="14" height="10"/></svg>\
<span class="name">{{ name }}</span> <span class="value">{{ '{:,}'.format(count) }}</span></li>
{% endfor %}
</ul>
{% for part in step.parts %}
<h4>{{ part.title }}</h4>
<svg class="gantt" width="100%" height="{{ part.height }}" viewBox="0 0 1000 {{ part.lanes }}" preserveAspectRatio="none" \
role="img" aria-label="{{ part.title }}: {{ step.about }}" data-lanes="{{ part.lanes }}" data-bars="{{ part.points }}">
{% for place, text in step.across %}
<line class="grid" x1="{{ '%.1f' % (10 * place) }}" x2="{{ '%.1f' % (10 * place) }}" y2="{{ part.lanes }}"/>
{% endfor %}
{% for style, path in part.paths %}
<path class="{{ style }}" stroke-width="{{ '%.2f' % part.stroke }}" d="{{ path }}"/>
{% endfor %}
</svg>
{% endfor %}
<svg class="ticks" width="100%" height="20" aria-hidden="true">
{% for place, text in step.across %}
<text x="{{ '%.2f' % place }}%" y="14" text-anchor="{{ 'start' if loop.first else 'end' if loop.last else 'middle' }}">{{ text }}</text>
{% endfor %}
</svg>
</details>
{% endmacro %}
{% macro viewer(samples, filters, family="family") %}
<form hidden>
{% for field, choices in filters %}
<label>{{ (family if field == 'family' else field)|capitalize }} <select name="{{ field }}"><option value="*">all</option>\
{% for choice in choices %}<option value="{{ choice }}">{{ choice if choice != '' else 'none' }}</option>{% endfor %}</select></label>
{% endfor %}
<label>With the words <input type="search" autocomplete="off" spellcheck="false"></label>
<output aria-live="polite"></output>
</form>
{% for sample in samples %}
<details class="sample card" data-verdict="{{ sample.verdict }}" data-family="{{ sample.family }}" \
data-level="{{ sample.level if sample.level is not none }}" data-step="{{ sample.step if sample.step is not none }}" data-fate="{{ sample.fate }}" \
data-group="{{ sample.group if sample.group is not none }}">
<summary><span class="verdict{{ ' ' ~ sample.verdict if sample.verdict in ('right', 'wrong') }}">{{ sample.verdict }}</span>\
<span class="place">{{ sample.family }}{{ ' ' ~ sample.level if sample.level is not none }}\
{{ ' · step ' ~ sample.step if sample.step is not none }}{{ ' · group ' ~ sample.group if sample.group is not none }}</span>\
<span class="first">{{ sample.problem.strip()[:160] }}</span></summary>
<div class="parts">
<div><h3>Problem</h3><pre>{{ sample.problem }}</pre></div>
{% if sample.reasoning %}
<div><h3>Reasoning</h3><pre>{{ sample.reasoning }}</pre></div>
{% endif %}
<div class="pair">
<div><h3>Answer</h3><pre>{{ sample.answer or '(none)' }}</pre></div>
{% if sample.gold %}
<div><h3>Wanted</h3><pre>{{ sample.gold }}</pre></div>
{% endif %}
<div><h3>Verdict</h3><pre>{{ sample.verdict }}{{ ': ' ~ sample.reason if sample.reason }}\
{{ ' (score ' ~ sample.score ~ ')' if sample.score is not none }}</pre></div>
{% if sample.fate %}
<div><h3>Fate</h3><pre>{{ sample.fate }}</pre></div>
{% endif %}
</div>
</div>
</details>
{% endfor %}
{% endmacro %}
"""


def render(template: str, **values: object) -> str:
    """The HTML of a template with these values, all of which it must have; only ours are put in unescaped."""
    loader = DictLoader({"parts": PARTS, "page": template})
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template("page").render(**values)


def policy_of(style: str, script: str = "") -> str:
    """The content security policy of a page with this style and script, which allows nothing else."""
    scripts = f"script-src {_hash(script)}; " if script else ""
    return f"default-src 'none'; style-src {_hash(style)}; {scripts}base-uri 'none'; form-action 'none'"


def write_page(path: Path, html: str) -> Path:
    """Write a page, and give its path; `OpenMimoError` where it cannot be written."""
    # Half a surrogate pair, which JSON can hold, has no bytes in UTF-8.
    write_text(path, html.encode("utf-8", "replace").decode())
    return path


def _hash(text: str) -> str:
    """The source of a policy that allows this style or script and no other."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
