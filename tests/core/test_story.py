"""The page over several runs: figures and links of each, tables and text escaped, and nothing fetched or run."""

import html
import json
from pathlib import Path

from openmimo.core.report.story import Chapter, write_story
from openmimo.core.runs import RunFolder


def test_chapters_come_in_order_with_their_figures_and_links(tmp_path: Path) -> None:
    with RunFolder.open(tmp_path, "sft", "one", {"seed": 1}) as folder:
        for step in range(1, 11):
            folder.append_metrics({"step": step, "loss": 2.0 / step, "tokens_per_s": 100})
    chapters = [
        Chapter("Trained", "With care.", tmp_path / "sft" / "one"),
        Chapter("Measured", "Twice.", head=("family", "right"), rows=(("sums <1>", "50%"),)),
        Chapter("Asked", "Once.", text="1 < 2\n<script>alert(1)</script>"),
    ]
    path = write_story(tmp_path, "A <story>", "of three", chapters)
    page = path.read_text(encoding="utf-8")
    places = [page.index(title) for title in ("A &lt;story&gt;</h1>", "1. Trained", "2. Measured", "3. Asked")]
    assert places == sorted(places)
    assert 'href="sft/one/report.html"' in page
    assert "<dt>Steps</dt><dd>10</dd>" in page
    assert '<th scope="row">sums &lt;1&gt;</th><td>50%</td>' in page
    assert "<script" not in page
    assert "default-src 'none'" in html.unescape(page)
    assert "script-src" not in page
    assert json.loads((tmp_path / "sft" / "one" / "config.json").read_text())["seed"] == 1
    assert write_story(tmp_path, "A <story>", "of three", chapters).read_text(encoding="utf-8") == page
