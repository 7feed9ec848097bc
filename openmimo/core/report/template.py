"""The markup of `report.html`, a Jinja template; every value put into it is escaped, but for our own style and script.

Knows no numbers: `page.py` gives it text that is ready to be read.
"""

TEMPLATE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="{{ policy }}">
<title>{{ name }} · {{ kind }}</title>
<style>{{ style|safe }}</style>
</head>
<body>
<header>
<p class="kind">{{ kind }}</p>
<h1>{{ name }}</h1>
{% if status %}
<p class="status">{{ status }}</p>
{% endif %}
{% if machines %}
<p class="status">{{ machines }}</p>
{% endif %}
<nav aria-label="Parts of this page">
{% for id, title, filled in parts if filled %}
<a href="#{{ id }}">{{ title }}</a>
{% endfor %}
</nav>
</header>
<main>
{% if figures %}
<dl class="figures">
{% for label, value in figures %}
<div><dt>{{ label }}</dt><dd>{{ value }}</dd></div>
{% endfor %}
</dl>
{% endif %}
{% if notes %}
<ul class="notes" aria-label="Notes">
{% for note in notes %}
<li>{{ note }}</li>
{% endfor %}
</ul>
{% endif %}
{% if charts %}
<section>
<h2 id="curves">Curves</h2>
<div class="charts">
{% for chart in charts %}
<figure class="chart card" tabindex="0" data-field="{{ chart.field }}" aria-label="{{ chart.about }}">
<div class="head"><h3>{{ chart.title }}{% if chart.log %} <span class="soft">(log scale)</span>{% endif %}</h3>\
<span class="where">step {{ chart.last_step }}</span></div>
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
{% endfor %}
</div>
</section>
<section>
<h2 id="numbers">Numbers</h2>
<div class="wide card" tabindex="0" role="region" aria-label="Numbers">
<table>
<thead><tr><th scope="col">Metric</th><th scope="col">First</th><th scope="col">Last</th>\
<th scope="col">Mean of the last tenth</th><th scope="col">Least</th><th scope="col">Greatest</th></tr></thead>
<tbody>
{% for label, values in numbers %}
<tr><th scope="row">{{ label }}</th>{% for value in values %}<td>{{ value }}</td>{% endfor %}</tr>
{% endfor %}
</tbody>
</table>
</div>
</section>
{% endif %}
{% if samples %}
<section>
<h2 id="samples">Samples</h2>
<div class="wide card" tabindex="0" role="region" aria-label="Right answers by family and level">
<table>
<thead><tr><th scope="col">Right of asked</th>\
{% for level in tally.levels %}<th scope="col">{{ 'level ' ~ level if level is not none else 'no level' }}</th>{% endfor %}\
<th scope="col">All</th></tr></thead>
<tbody>
{% for family, cells, all in tally.rows %}
<tr><th scope="row">{{ family or 'no family' }}</th>\
{% for cell in cells + [all] %}<td>{% if cell %}{{ cell[0] }}/{{ cell[1] }}\
<span class="share">{{ '%.0f' % (100 * cell[0] / cell[1]) }} %</span>{% endif %}</td>{% endfor %}</tr>
{% endfor %}
</tbody>
</table>
</div>
<h2>One by one</h2>
<form hidden>
{% for field, choices in filters %}
<label>{{ field|capitalize }} <select name="{{ field }}"><option value="*">all</option>\
{% for choice in choices %}<option value="{{ choice }}">{{ choice if choice != '' else 'none' }}</option>{% endfor %}</select></label>
{% endfor %}
<label>With the words <input type="search" autocomplete="off" spellcheck="false"></label>
<output aria-live="polite"></output>
</form>
{% for sample in samples %}
<details class="sample card" data-verdict="{{ sample.verdict }}" data-family="{{ sample.family }}" \
data-level="{{ sample.level if sample.level is not none }}" data-step="{{ sample.step if sample.step is not none }}">
<summary><span class="verdict{{ ' ' ~ sample.verdict if sample.verdict in ('right', 'wrong') }}">{{ sample.verdict }}</span>\
<span class="place">{{ sample.family }}{{ ' ' ~ sample.level if sample.level is not none }}\
{{ ' · step ' ~ sample.step if sample.step is not none }}</span>\
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
</div>
</div>
</details>
{% endfor %}
</section>
{% endif %}
{% if config %}
<section>
<h2 id="config">Config</h2>
<div class="config card">
<table>
<tbody>
{% for field, value in config %}
<tr><th scope="row">{{ field }}</th><td class="text">{{ value }}</td></tr>
{% endfor %}
</tbody>
</table>
</div>
</section>
{% endif %}
{% if log %}
<section>
<h2 id="log">Log</h2>
<pre class="log card">{{ log }}</pre>
</section>
{% endif %}
</main>
<footer>{{ footer }}</footer>
<script>{{ script|safe }}</script>
</body>
</html>
"""
