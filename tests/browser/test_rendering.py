"""Markdown, formulas and colours of code: text in, elements out, and the same however the text was cut."""

import random

import pytest
from fake import Fake
from playwright.sync_api import Page

RENDER = """async (texts) => {
    const { MarkdownView } = await import('/page/markdown.js');
    const host = document.createElement('div');
    const view = new MarkdownView(host, false);
    texts.forEach((text, place) => view.update(text, place === texts.length - 1));
    // A formula is shown by its source here: how KaTeX draws it is its own affair.
    for (const math of host.querySelectorAll('.math')) {
        const drawn = math.querySelector('annotation')?.textContent ?? 'NOT DRAWN';
        math.replaceWith(`${math.classList.contains('display') ? '[[' : '(('}${drawn}${math.classList.contains('display') ? ']]' : '))'}`);
    }
    for (const button of host.querySelectorAll('button')) button.remove();
    return host.innerHTML;
}"""


@pytest.fixture
def rendered(page: Page, fake: Fake) -> Page:
    page.goto(fake.url)
    return page


def link(address: str, text: str) -> str:
    return f'<a href="{address}" title="{address}" target="_blank" rel="noopener noreferrer nofollow">{text}</a>'


def table(head: str, rows: str = "") -> str:
    opening = '<div class="table" role="group" aria-label="Table" tabindex="0"><table>'
    return f"{opening}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"


CASES = [
    ("plain", "<p>plain</p>"),
    ("one\ntwo\n\nthree", "<p>one<br>two</p><p>three</p>"),
    ("# A *b* #\n## C\ntext", "<h3>A <em>b</em></h3><h4>C</h4><p>text</p>"),
    ("#hash", "<p>#hash</p>"),
    ("a\n\n---\n\n* * *", "<p>a</p><hr><hr>"),
    # Emphasis
    ("**b** *i* ***bi*** ~~s~~ __b__ _i_", "<p><strong>b</strong> <em>i</em> <em><strong>bi</strong></em> <del>s</del> <strong>b</strong> <em>i</em></p>"),
    ("2 * 3 * 4 and snake_case_name and 5*6*7", "<p>2 * 3 * 4 and snake_case_name and 5<em>6</em>7</p>"),
    ("**open and *closed*", "<p>**open and <em>closed</em></p>"),
    ("**a *b* c**", "<p><strong>a <em>b</em> c</strong></p>"),
    (r"\*not\* \_this\_ \\", r"<p>*not* _this_ \</p>"),
    # Code
    ("`a<b>` and ``a`b`` and ` ` ", "<p><code>a&lt;b&gt;</code> and <code>a`b</code> and <code> </code></p>"),
    ("`**not**` and `never closed", "<p><code>**not**</code> and `never closed</p>"),
    ("```python\nx = '<b>'\n```", '<figure class="code"><figcaption><span class="language">python</span></figcaption><pre tabindex="0" aria-label="Code"><code>x = <span class="code-string">\'&lt;b&gt;\'</span></code></pre></figure>'),
    ("~~~\n```\n~~~", '<figure class="code"><figcaption><span class="language">text</span></figcaption><pre tabindex="0" aria-label="Code"><code>```</code></pre></figure>'),
    ("````\n```\n````\nafter", '<figure class="code"><figcaption><span class="language">text</span></figcaption><pre tabindex="0" aria-label="Code"><code>```</code></pre></figure><p>after</p>'),
    ("text\n```\ncode", '<p>text</p><figure class="code"><figcaption><span class="language">text</span></figcaption><pre tabindex="0" aria-label="Code"><code>code</code></pre></figure>'),
    # Lists
    ("- a\n- b\n  - c\n- d", "<ul><li><p>a</p></li><li><p>b</p><ul><li><p>c</p></li></ul></li><li><p>d</p></li></ul>"),
    ("1. a\n2. b\n\n3. c", '<ol start="1"><li><p>a</p></li><li><p>b</p></li><li><p>c</p></li></ol>'),
    ("1. a\n  - b\n2. c", '<ol start="1"><li><p>a</p><ul><li><p>b</p></li></ul></li><li><p>c</p></li></ol>'),
    ("3) a\nlazy\n\n   second\n\nout", '<ol start="3"><li><p>a<br>lazy</p><p>second</p></li></ol><p>out</p>'),
    ("- a\n\n\n- b\n\nout", "<ul><li><p>a</p></li><li><p>b</p></li></ul><p>out</p>"),
    ("* a\n- b", "<ul><li><p>a</p></li></ul><ul><li><p>b</p></li></ul>"),
    ("1. do\n   ```\n   x\n     y\n   ```\n2. go", '<ol start="1"><li><p>do</p><figure class="code"><figcaption><span class="language">text</span></figcaption><pre tabindex="0" aria-label="Code"><code>x\n  y</code></pre></figure></li><li><p>go</p></li></ol>'),
    ("In 2024.\n-5 is negative", "<p>In 2024.<br>-5 is negative</p>"),
    # Quotes
    ("> a\n> - b\nlazy", "<blockquote><p>a</p><ul><li><p>b<br>lazy</p></li></ul></blockquote>"),
    # Tables
    ("| a | b |\n|---|--:|\n| 1 | `x|y` |\n| $|z|$ | \\| |", table('<th>a</th><th class="align-right">b</th>', '<tr><td>1</td><td class="align-right"><code>x|y</code></td></tr><tr><td>((|z|))</td><td class="align-right">|</td></tr>')),
    ("text\na|b\n:-:|:-\n1\n", "<p>text</p>" + table('<th class="align-center">a</th><th class="align-left">b</th>') + "<p>1</p>"),
    ("a | b\nno table", "<p>a | b<br>no table</p>"),
    ("| a | b |\n|---|---|\n| 1 |", table("<th>a</th><th>b</th>", "<tr><td>1</td><td></td></tr>")),
    # Links
    ("[x](https://a.org/b_(c)) and <https://d.org> and https://e.org/f_g.", f"<p>{link('https://a.org/b_(c)', 'x')} and {link('https://d.org/', 'https://d.org')} and {link('https://e.org/f_g', 'https://e.org/f_g')}.</p>"),
    ("(see https://e.org/f) **https://g.org**", f"<p>(see {link('https://e.org/f', 'https://e.org/f')}) <strong>{link('https://g.org/', 'https://g.org')}</strong></p>"),
    ("[**b**](http://a.org \"t\") ![p](https://a.org/p.png)", f"<p>{link('http://a.org/', '<strong>b</strong>')} {link('https://a.org/p.png', 'p')}</p>"),
    ("[x](javascript:alert(1)) [y](/local) [z](data:text/html,q) [1]", "<p>[x](javascript:alert(1)) [y](/local) [z](data:text/html,q) [1]</p>"),
    # Formulas
    (r"\(a_1 * b_2\) and \[c\] and $$d$$ and $e_f * g$", "<p>((a_1 * b_2)) and [[c]] and [[d]] and ((e_f * g))</p>"),
    ("\\[\n- x\n+ y = 1\n\\]\nafter", '<p class="formula">[[- x\n+ y = 1]]</p><p>after</p>'),
    ("so\n$$\nx\n$$.\n", '<p>so</p><p class="formula">[[x]].</p>'),
    ("It costs $5 and $10, or $5-$10, up to $20,$30; US$6.", "<p>It costs $5 and $10, or $5-$10, up to $20,$30; US$6.</p>"),
    ("$5 for apples and 6$ more, $200 to 5$", "<p>$5 for apples and 6$ more, $200 to 5$</p>"),
    ("the $n$th of $2^n$, 设$x$为, \\$7, $ 8 $, $$", "<p>the ((n))th of ((2^n)), 设((x))为, $7, $ 8 $, $$</p>"),
    ("`$x$` and `\\(y\\)`", "<p><code>$x$</code> and <code>\\(y\\)</code></p>"),
    ("```\n$x$ \\(y\\)\n```", '<figure class="code"><figcaption><span class="language">text</span></figcaption><pre tabindex="0" aria-label="Code"><code>$x$ \\(y\\)</code></pre></figure>'),
    ("between \\( and `\\)` is code", "<p>between \\( and <code>\\)</code> is code</p>"),
    (r"\(f(x\\)\) and \(never", r"<p>((f(x\\))) and \(never</p>"),
    (r"**Answer: \(\boxed{42}\)**", r"<p><strong>Answer: ((\boxed{42}))</strong></p>"),
]  # fmt: skip


@pytest.mark.parametrize("text, html", CASES, ids=[repr(text)[:40] for text, _ in CASES])
def test_markdown_becomes_these_elements(rendered: Page, text: str, html: str) -> None:
    assert rendered.evaluate(RENDER, [text]) == html


def test_the_same_comes_of_a_text_that_came_in_pieces(rendered: Page) -> None:
    draws = random.Random(0)
    for _ in range(30):
        text = "\n\n".join(draws.choice(CASES)[0] for _ in range(4))
        cuts = sorted(draws.randrange(len(text)) for _ in range(12))
        assert rendered.evaluate(RENDER, [*(text[:cut] for cut in cuts), text]) == rendered.evaluate(RENDER, [text]), text


def test_blocks_that_do_not_change_stay_the_same_elements(rendered: Page) -> None:
    kept = """async () => {
        const { MarkdownView } = await import('/page/markdown.js');
        const host = document.createElement('div');
        const view = new MarkdownView(host, true);
        view.update('one\\n\\n```py\\n1\\n```\\n\\nthr', false);
        const before = [...host.children];
        view.update('one\\n\\n```py\\n1\\n```\\n\\nthree', true);
        return [...host.children].map((node, place) => node === before[place]);
    }"""
    assert rendered.evaluate(kept) == [True, True, False]


COLOURED = """async ([code, language]) => {
    const { highlighted, languageOf } = await import('/page/highlight.js');
    const nodes = highlighted(code, languageOf(language));
    return nodes.filter((node) => node.className).map((node) => `${node.className.slice(5)}:${node.textContent}`);
}"""


@pytest.mark.parametrize(
    "language, code, marked",
    [
        ("python", "def f(x): # 'no'\n    return f'{x}' + 0x1F", ["word:def", "call:f", "comment:# 'no'", "word:return", "string:f", "string:'{x}'", "number:0x1F"]),
        ("py", '"""a\n# b"""\n@cached\nx1 = 1.5e3', ['string:"""a\n# b"""', "mark:@cached", "number:1.5e3"]),
        ("javascript", "const a = `x${1}`; // c\nf('\\'') /* d", ["word:const", "string:`x${1}`", "comment:// c", "call:f", "string:'\\''", "comment:/* d"]),
        ("json", '{"a": ["b", -1.5, true]}', ['call:"a"', 'string:"b"', "number:-1.5", "word:true"]),
        ("bash", 'for x in "$@"; do echo ${x} # c\ndone', ["word:for", "word:in", 'string:"$@"', "word:do", "mark:${x}", "comment:# c", "word:done"]),
        ("constructor", "class A", []),
        ("", "def f", []),
    ],
)  # fmt: skip
def test_code_is_coloured(rendered: Page, language: str, code: str, marked: list[str]) -> None:
    assert rendered.evaluate(COLOURED, [code, language]) == marked


def test_colours_change_no_letter_of_the_code(rendered: Page) -> None:
    same = """async (codes) => {
        const { highlighted } = await import('/page/highlight.js');
        const text = (nodes) => nodes.map((node) => node.textContent ?? node).join('');
        return codes.every((code) => ['python', 'js', 'json', 'bash'].every((name) => text(highlighted(code, name)) === code));
    }"""
    draws = random.Random(1)
    pieces = ["'", '"', '"""', "`", "#", "//", "/*", "*/", "\\", "\n", " ", "def ", "f(", "0x", "1.", "$", "${", "}", "<b>", "é", "🙂"]
    codes = ["".join(draws.choices(pieces, k=draws.randrange(40))) for _ in range(500)]
    assert rendered.evaluate(same, codes)


def test_long_and_nested_texts_take_no_time(rendered: Page) -> None:
    timed = """async (texts) => {
        const { MarkdownView } = await import('/page/markdown.js');
        const slow = [];
        for (const text of texts) {
            const began = performance.now();
            new MarkdownView(document.createElement('div'), false).update(text, true);
            slow.push(performance.now() - began);
        }
        return Math.max(...slow);
    }"""
    hard = [
        "[" * 5000,
        "*a " * 5000,
        "*" * 5000 + "a" + "*" * 5000,
        "`" * 5000,
        "`a``" * 3000,
        "> " * 3000 + "a",
        "- " * 3000 + "a",
        "$a" * 5000,
    ]
    hard += [
        "\\(" * 4000,
        "|" * 5000 + "\n" + "|-" * 5000,
        "# " * 5000,
        "- - " * 3000,
        "_a" * 5000,
        "<https://" * 2000,
        "[a](" * 2000,
        "a\n" * 5000,
    ]
    hard += ["\\[\nx\n" * 1000, "| a |\n" * 3000, "http://" * 2000, "![" * 3000, "\n" * 20000, "  " * 10000 + "a", "1. a\n\n" * 2000]
    assert rendered.evaluate(timed, hard) < 20_000  # milliseconds; what grows without bound would take minutes
