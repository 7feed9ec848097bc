"""What a model says is never believed to be HTML: not in any place it can stand in, and not if it is made up at random."""

import random
from collections.abc import Callable

from fake import Fake, words
from playwright.sync_api import ConsoleMessage, Page, Request, expect
from test_chat import ask, done

Shot = Callable[[Page, str], None]
IMAGE = "<img src=x onerror=\"window.hit='image'\">"
SCRIPT = "<script>window.hit='script'</script>"
HOSTILE = f"""{IMAGE}

{SCRIPT}

# {IMAGE}

- {SCRIPT}

| {IMAGE} | b |
|---|---|
| {SCRIPT} | <svg onload="window.hit='svg'"> |

> <iframe src="javascript:window.hit='frame'"></iframe>

```{IMAGE}
{SCRIPT}
```

```python
{IMAGE}
```

`{IMAGE}` **{SCRIPT}** [{IMAGE}](https://example.org/"onmouseover="window.hit='link') [x](javascript:window.hit='js')
[y](JaVaScRiPt:window.hit='js') [z](data:text/html,{SCRIPT}) <javascript:window.hit=1> ![i](x"onerror="window.hit='i')

\\(\\href{{javascript:window.hit='math'}}{{x}} \\html@mathml{{a}}{{b}} \\includegraphics{{https://example.org/a.png}}\\)
$$\\htmlData{{a=b}}{{x}} \\text{{{IMAGE}}} \\url{{javascript:window.hit='url'}}$$
"""
ALLOWED = [
    *("p", "br", "h3", "h4", "h5", "h6", "hr", "strong", "em", "del", "code", "pre", "a", "ul", "ol", "li", "blockquote"),
    *("figure", "figcaption", "button", "div", "span", "table", "thead", "tbody", "tr", "th", "td"),
]
INSPECT = """() => {
    const found = [...document.querySelectorAll('#messages *')].filter((node) => !node.closest('.katex'));
    return {
        tags: [...new Set(found.map((node) => node.localName))],
        hit: window.hit ?? null,
        links: [...document.querySelectorAll('#messages a')].map((node) => node.getAttribute('href')),
        handlers: [...document.querySelectorAll('#messages *')].flatMap((node) => node.getAttributeNames()).filter((name) => name.startsWith('on')),
        sources: [...document.querySelectorAll('#messages [src], #messages [srcdoc], #messages [data]')].length,
    };
}"""


def test_html_in_what_a_model_says_does_nothing_and_shows_as_text(chat: Page, fake: Fake, shot: Shot) -> None:
    fake.scripts[IMAGE] = [
        *words("reasoning", HOSTILE),
        *words("content", HOSTILE),
        ("call", {"index": 0, "function": {"name": IMAGE, "arguments": SCRIPT}}),
    ]
    ask(chat, IMAGE)
    done(chat)
    chat.locator("details.reasoning summary").click()
    shot(chat, "hostile")
    found = chat.evaluate(INSPECT)
    assert found["hit"] is None
    assert not {"img", "script", "iframe", "svg", "object", "embed", "style", "form", "input"} & set(found["tags"])
    assert found["handlers"] == []
    assert found["sources"] == 0
    assert all(address.startswith(("https://", "http://")) for address in found["links"])
    expect(chat.locator(".question .said")).to_have_text(IMAGE)
    expect(chat.locator(".body p").first).to_have_text(IMAGE)
    expect(chat.locator(".body h3")).to_have_text(IMAGE)
    expect(chat.locator(".body li")).to_have_text(SCRIPT)
    expect(chat.locator(".body td").first).to_have_text(SCRIPT)
    expect(chat.locator(".calls")).to_contain_text(SCRIPT)
    # The title of a conversation, the names of models and what the server says of an error are other ways in.
    expect(chat.locator("#sidebar .open").first).to_contain_text(IMAGE[:40])
    chat.reload()
    expect(chat.locator(".body p").first).to_have_text(IMAGE)
    assert chat.evaluate("window.hit ?? null") is None


def test_names_of_models_and_errors_are_text(page: Page, fake: Fake) -> None:
    fake.models = [IMAGE]
    fake.scripts["q"] = [("error", IMAGE)]
    page.goto(fake.url)
    expect(page.locator("#model option")).to_have_text(IMAGE)
    ask(page, "q")
    done(page)
    expect(page.locator(".failure")).to_have_text(IMAGE)
    assert page.evaluate("window.hit ?? null") is None


def test_nothing_made_of_marks_and_tags_at_random_becomes_another_element(page: Page, fake: Fake) -> None:
    page.goto(fake.url)
    check = """async ([texts, allowed]) => {
        const { MarkdownView } = await import('/page/markdown.js');
        const wrong = [];
        for (const text of texts) {
            const host = document.createElement('div');
            document.body.append(host);
            new MarkdownView(host, true).update(text, true);
            const nodes = [...host.querySelectorAll('*')].filter((node) => !node.closest('.math'));
            const bad = nodes.some((node) => !allowed.includes(node.localName))
                || [...host.querySelectorAll('*')].some((node) => node.getAttributeNames().some((name) => name.startsWith('on') || name === 'src'))
                || [...host.querySelectorAll('[href]')].some((node) => !/^https?:/.test(node.getAttribute('href')));
            if (bad) wrong.push(text);
            host.remove();
        }
        return [wrong, window.hit ?? null];
    }"""
    pieces = [
        "<",
        ">",
        '"',
        "'",
        "&lt;",
        "<img src=x onerror=window.hit=1>",
        "<script>window.hit=1</script>",
        "[",
        "](",
        ")",
        "javascript:window.hit=1",
    ]
    pieces += [
        "https://a.org",
        "*",
        "**",
        "_",
        "`",
        "```",
        "\n",
        "\n\n",
        "- ",
        "1. ",
        "> ",
        "# ",
        "|",
        "\n|-|-|\n",
        "$",
        "$$",
        "\\(",
        "\\)",
        "\\[",
        "\\]",
    ]
    pieces += ["\\href{javascript:window.hit=1}{x}", "\\htmlClass{a}{b}", "{", "}", "a", " ", "  ", "\\", "~~", "!", "\0", "\u202e", "é"]
    draws = random.Random(0)
    texts = ["".join(draws.choices(pieces, k=draws.randrange(1, 40))) for _ in range(1500)]
    wrong, hit = page.evaluate(check, [texts, ALLOWED])
    assert wrong == []
    assert hit is None


def test_the_policy_would_hold_even_if_html_came_through(chat: Page, foreign: list[Request]) -> None:
    said: list[str] = []
    chat.on("console", lambda message: said.append(message.text))
    tried = """async () => {
        const wrong = [];
        const box = document.querySelector('#messages');
        try { box.innerHTML = '<img src=x onerror="window.hit=1">'; } catch (error) { wrong.push(error.name); }
        const script = document.createElement('script');
        try { script.text = 'window.hit = 1'; box.append(script); } catch (error) { wrong.push(error.name); }
        try { box.setAttribute('onclick', 'window.hit = 1'); box.click(); } catch (error) { wrong.push(error.name); }
        try { await fetch('https://example.org/'); } catch (error) { wrong.push(error.name); }
        const image = new Image();
        await new Promise((done) => { image.onerror = done; image.src = 'https://example.org/a.png'; });
        return [wrong, window.hit ?? null];
    }"""
    wrong, hit = chat.evaluate(tried)
    assert hit is None
    assert wrong.count("TypeError") >= 3
    assert any("Content Security Policy" in line for line in said)
    assert {request.failure for request in foreign} <= {"csp"}
    foreign.clear()


def test_formulas_are_drawn_under_the_policy(chat: Page, fake: Fake) -> None:
    complaints: list[ConsoleMessage] = []
    chat.on("console", lambda message: complaints.append(message) if "Content Security Policy" in message.text else None)
    fake.scripts["q"] = words(
        "content", "$$\\int_0^1 \\frac{x^2}{\\sqrt{1 + x}} \\, dx = \\sum_{k=1}^{n} \\binom{n}{k}$$\n\nand \\(\\color{red}{x}\\)"
    )
    ask(chat, "q")
    done(chat)
    assert complaints == []
    # The drawing needs styles that KaTeX sets on its elements: a fraction is higher than a line.
    tall = chat.locator(".math.display").bounding_box()
    assert tall
    assert tall["height"] > 45
    assert chat.locator(".katex-html .mfrac .vlist > span").first.evaluate("node => node.style.top") != ""
    chat.evaluate("document.fonts.ready")
    assert "KaTeX_Math" in chat.evaluate("[...document.fonts].filter((font) => font.status === 'loaded').map((font) => font.family).join()")
