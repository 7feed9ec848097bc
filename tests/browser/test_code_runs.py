"""The Run button: the program of a code block in the real sandbox, and what it printed below it."""

from collections.abc import Callable

from fake import Fake, words
from playwright.sync_api import Page, expect
from test_chat import ask, done

Shot = Callable[[Page, str], None]


def answered(chat: Page, fake: Fake, code: str, language: str = "python") -> None:
    fake.scripts["q"] = words("content", f"Here:\n\n```{language}\n{code}\n```\n\nRun it.")
    ask(chat, "q")
    done(chat)


def test_a_program_runs_and_shows_what_it_printed(chat: Page, fake: Fake, shot: Shot) -> None:
    answered(chat, fake, "total = 0\nfor i in range(4):\n    total += i  # adds up\nprint('total', total, '<b>')")
    chat.get_by_role("button", name="Run").click()
    expect(chat.locator(".output .stdout")).to_have_text("total 6 <b>\n")
    expect(chat.locator(".output .ended")).to_contain_text("exit code 0")
    expect(chat.locator(".code-comment")).to_have_text("# adds up")
    shot(chat, "code")


def test_a_program_that_fails_shows_why_and_nothing_of_the_server(chat: Page, fake: Fake) -> None:
    answered(chat, fake, "def f(n):\n    return 1 / n\n\nprint(f(1))\nf(0)")
    chat.get_by_role("button", name="Run").click()
    expect(chat.locator(".output .stderr")).to_contain_text("ZeroDivisionError")
    expect(chat.locator(".output .stdout")).to_have_text("1.0\n")
    expect(chat.locator(".output .ended")).to_contain_text("exit code 1")
    assert "inside.py" not in chat.locator(".output").inner_text()


def test_a_program_is_stopped(chat: Page, fake: Fake) -> None:
    answered(chat, fake, "import time\ntime.sleep(60)")
    chat.get_by_role("button", name="Run").click()
    chat.locator("figcaption").get_by_role("button", name="Stop").click()
    expect(chat.locator(".output")).to_have_text("Stopped.")
    chat.get_by_role("button", name="Run").click()
    expect(chat.locator("figcaption").get_by_role("button", name="Stop")).to_be_visible()


def test_only_python_can_be_run_and_only_once_it_is_whole(chat: Page, fake: Fake) -> None:
    fake.scripts["q"] = [("content", "```js\nx\n```\n\n```python\nprint("), ("gate", "more"), ("content", "1)\n```")]
    ask(chat, "q")
    expect(chat.locator("figure.code")).to_have_count(2)
    expect(chat.get_by_role("button", name="Run")).to_have_count(0)
    fake.open("more")
    done(chat)
    expect(chat.get_by_role("button", name="Run")).to_have_count(1)


def test_output_stays_while_the_answer_goes_on(chat: Page, fake: Fake) -> None:
    fake.scripts["q"] = [("content", "```py\nprint(5)\n```\n\nThis"), ("gate", "more"), ("content", " prints five.")]
    ask(chat, "q")
    chat.get_by_role("button", name="Run").click()
    expect(chat.locator(".output .stdout")).to_have_text("5\n")
    fake.open("more")
    done(chat)
    expect(chat.locator(".body")).to_contain_text("prints five.")
    expect(chat.locator(".output .stdout")).to_have_text("5\n")
