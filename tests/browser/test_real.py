"""The page on the real server: the model that comes with the package, started as anybody would start it."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from test_chat import ask, done

Shot = Callable[[Page, str], None]


@pytest.fixture
def served() -> Iterator[str]:
    """The address of `openmimo serve nano`, once it is ready."""
    process = subprocess.Popen([sys.executable, "-m", "openmimo", "serve", "nano", "--port", "0"], stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr
        ready = next(found for line in process.stderr if (found := re.search(r"ready; chat at (\S+)/", line)))
        yield ready[1]
    finally:
        process.terminate()
        process.communicate(timeout=60)


def test_a_question_is_answered_and_a_program_runs(browser: Browser, served: str, shot: Shot) -> None:
    page = browser.new_page()
    page.goto(f"{served}/")
    expect(page.get_by_label("Model")).to_have_value("nano")
    page.get_by_role("button", name="Settings").click()
    page.get_by_label("Temperature").fill("0")
    page.get_by_role("button", name="Done").click()
    ask(page, "What is 15% of 80?")
    done(page)
    expect(page.locator(".body")).to_have_text("12")
    expect(page.locator("details.reasoning summary")).to_contain_text("Thought for")
    expect(page.locator(".answer .note")).to_contain_text("for reasoning")
    shot(page, "nano")
    page.get_by_label("Think").uncheck()
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator("details.reasoning")).to_be_hidden()
    done(page)
    expect(page.locator(".answer .note")).to_contain_text("nano-nothink")
    # This model writes no programs; what runs them is asked as the Run button asks it.
    ran = page.evaluate("import('/page/server.js').then((server) => server.runCode('print(6 * 7)'))")
    assert (ran["stdout"], ran["exit"]) == ("42\n", 0)
    page.close()
