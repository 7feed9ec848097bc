"""How the page looks: on a phone, in the dark, and with letters that can be read."""

from collections.abc import Callable

import pytest
from fake import Fake, words
from playwright.sync_api import Page, expect
from test_chat import ask, done

Shot = Callable[[Page, str], None]
WIDE = (
    "A long word: " + "x" * 300 + "\n\n"
    "```python\nprint('" + "y" * 300 + "')\n```\n\n"
    "| " + " | ".join(f"column {n}" for n in range(12)) + " |\n" + "|---" * 12 + "|\n| " + " | ".join(["value"] * 12) + " |\n\n"
    "\\[" + " + ".join(f"x_{{{n}}}^{{2}}" for n in range(60)) + "\\]\n\n"
    "and \\(" + "abcdefgh" * 12 + "\\) within a line, `" + "code" * 60 + "`, https://example.org/" + "path/" * 40 + "\n\n"
    "- a\n  - b\n    - c\n      - " + "d" * 100
)  # fmt: skip


def no_sideways_scroll(page: Page) -> None:
    for place in ("document.documentElement", "document.querySelector('#messages')", "document.querySelector('main')"):
        assert page.evaluate(f"{place}.scrollWidth <= {place}.clientWidth"), place
    outside = """() => [...document.querySelectorAll('header > *, #composer > *, .actions > *')].filter((node) => {
        const box = node.getBoundingClientRect();
        return box.width && getComputedStyle(node).visibility === 'visible' && (box.left < 0 || box.right > innerWidth);
    }).map((node) => node.outerHTML)"""
    assert page.evaluate(outside) == []


def test_a_phone_of_360_pixels_has_no_sideways_scroll(page: Page, fake: Fake, shot: Shot) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    fake.models = ["a-model-with-a-very-long-name-7b-rl-0530", "a-model-with-a-very-long-name-7b-rl-0530-nothink"]
    question = "A question with a very long word: " + "z" * 200
    fake.scripts[question] = [*words("reasoning", WIDE), ("gate", "go"), *words("content", WIDE)]
    page.goto(fake.url)
    expect(page.get_by_label("Think")).to_be_visible()
    no_sideways_scroll(page)
    shot(page, "phone-empty")
    ask(page, question)
    expect(page.locator(".thoughts")).to_contain_text("dddd")
    no_sideways_scroll(page)
    fake.open("go")
    done(page)
    no_sideways_scroll(page)
    shot(page, "phone-answer")
    page.get_by_role("button", name="Run").click()
    expect(page.locator(".output .stdout")).to_contain_text("yyy")
    no_sideways_scroll(page)
    page.locator(".question").get_by_role("button", name="Edit").click()
    no_sideways_scroll(page)
    expect(page.locator("#sidebar")).to_be_hidden()
    page.get_by_role("button", name="Conversations").click()
    expect(page.get_by_role("button", name="New conversation")).to_be_visible()
    expect(page.get_by_role("button", name="Conversations")).to_have_attribute("aria-expanded", "true")
    page.wait_for_timeout(300)
    no_sideways_scroll(page)
    shot(page, "phone-conversations")
    page.keyboard.press("Escape")
    expect(page.locator("#sidebar")).to_be_hidden()
    page.get_by_role("button", name="Settings").click()
    no_sideways_scroll(page)
    shot(page, "phone-settings")


def test_the_question_is_in_sight_however_long_the_answer(chat: Page, fake: Fake) -> None:
    fake.scripts["q"] = [("content", "line\n\n" * 100), ("gate", "go"), ("content", "last")]
    ask(chat, "q")
    expect(chat.locator(".body p")).to_have_count(100)
    expect(chat.locator("#question")).to_be_in_viewport()
    expect(chat.locator(".body p").last).to_be_in_viewport()
    # Who scrolls back to read is left alone.
    chat.evaluate("document.querySelector('#messages').scrollTop = 0")
    fake.open("go")
    done(chat)
    expect(chat.locator(".question")).to_be_in_viewport()


ANSWER = """The sum is a **square**:

$$\\sum_{k=1}^{n} (2k - 1) = 2 \\cdot \\frac{n(n + 1)}{2} - n = n^2$$

| \\(n\\) | sum |
|--:|--:|
| 3 | 9 |
| 4 | 16 |

```python
# The first n odd numbers, for n = 1, 2, 3, 4
print([sum(range(1, 2 * n, 2)) for n in range(1, 5)])
```
"""
CONTRAST = """() => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const light = (name) => {
        const probe = document.createElement('i');
        probe.className = 'probe';
        document.body.append(probe);
        probe.style.color = `var(--${name})`;
        canvas.fillStyle = getComputedStyle(probe).color;
        probe.remove();
        canvas.fillRect(0, 0, 1, 1);
        const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].map((part) => part / 255)
            .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const ratio = (one, other) => {
        const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
        return (high + 0.05) / (low + 0.05);
    };
    const inks = ['ink', 'faint', 'accent', 'wrong', 'code-word', 'code-string', 'code-number', 'code-call'];
    const pairs = inks.flatMap((ink) => ['ground', 'raised', 'sunken'].map((ground) => [ink, ground])).concat([['on-accent', 'accent']]);
    return { ground: light('ground'), low: pairs.filter(([one, other]) => ratio(one, other) < 4.5).map((pair) => [...pair, ratio(...pair)]) };
}"""


@pytest.mark.parametrize("system", ["light", "dark"])
def test_colours_follow_the_system_until_they_are_chosen(page: Page, fake: Fake, system: str, shot: Shot) -> None:
    page.emulate_media(color_scheme=system)  # type: ignore[arg-type]
    question = "Sum the first n odd numbers, and show it with a program."
    fake.scripts[question] = [*words("reasoning", "1, 1 + 3 = 4, 1 + 3 + 5 = 9: squares."), *words("content", ANSWER)]
    page.goto(fake.url)
    ask(page, question)
    done(page)
    page.get_by_role("button", name="Run").click()
    expect(page.locator(".output .stdout")).to_have_text("[1, 4, 9, 16]\n")
    seen = page.evaluate(CONTRAST)
    assert (seen["ground"] < 0.2) == (system == "dark")
    assert seen["low"] == []  # the least that WCAG asks of text
    shot(page, system)
    other = "light" if system == "dark" else "dark"
    page.get_by_role("button", name="Settings").click()
    page.get_by_label("Colours").select_option(other)
    page.get_by_role("button", name="Done").click()
    page.reload()
    assert (page.evaluate(CONTRAST)["ground"] < 0.2) == (other == "dark")
    assert page.evaluate(CONTRAST)["low"] == []
