"""The markup of `report.html`, a Jinja template over `parts.py`; every value put into it is escaped, but for our own style and script.

Knows no numbers: `page.py` gives it text that is ready to be read.
"""

TEMPLATE = """\
{% from "parts" import figure_list, head, note_list, plot, table, timeline, viewer %}
{{ head(name ~ ' · ' ~ kind, policy, style) -}}
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
{{ figure_list(figures) -}}
{{ note_list(notes) -}}
{% if charts %}
<section>
<h2 id="curves">Curves</h2>
<div class="charts">
{% for chart in charts %}
{{ plot(chart) -}}
{% endfor %}
</div>
</section>
<section>
<h2 id="numbers">Numbers</h2>
{{ table("Numbers", ("Metric", "First", "Last", "Mean of the last tenth", "Least", "Greatest"), numbers) -}}
</section>
{% endif %}
{% if timelines %}
<section>
<h2 id="rollouts">Rollouts</h2>
{% for step in timelines %}
{{ timeline(step, loop.first) -}}
{% endfor %}
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
{{ viewer(samples, filters) -}}
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
