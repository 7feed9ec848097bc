"""The browser of the system, the fake server, and a page for each test. Run by `make test-browser`.

`OPENMIMO_CHROMIUM` names another program than `chromium`; into the folder that
`OPENMIMO_SCREENSHOTS` names, `shot` puts pictures.
"""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).parent))
from fake import Fake, Running

Shot = Callable[[Page, str], None]
WAIT = 30_000  # milliseconds for whatever is waited for: a busy machine is slow, and nothing here is measured
expect.set_options(timeout=WAIT)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = os.environ.get("OPENMIMO_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    # Chromium's own sandbox does not work for root.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=arguments)
        yield started
        started.close()


@pytest.fixture(scope="session")
def running() -> Iterator[Fake]:
    fake = Fake()
    server = Running(fake)
    yield fake
    server.close()


@pytest.fixture
def fake(running: Fake) -> Fake:
    running.reset()
    return running


@pytest.fixture
def foreign() -> list[Request]:
    """What the page has asked of anybody but its own server; a test that provokes it clears it."""
    return []


@pytest.fixture
def page(browser: Browser, fake: Fake, foreign: list[Request]) -> Iterator[Page]:
    """An empty page. Anything it fetches from elsewhere, or that goes wrong in it, fails the test."""
    context = browser.new_context(viewport={"width": 1100, "height": 800}, permissions=["clipboard-read", "clipboard-write"])
    context.set_default_timeout(WAIT)
    made = context.new_page()
    wrong: list[str] = []
    made.on("request", lambda request: foreign.append(request) if not request.url.startswith((fake.url, "blob:")) else None)
    made.on("pageerror", lambda error: wrong.append(str(error)))
    made.on("dialog", lambda dialog: dialog.accept())
    yield made
    context.close()
    assert [request.url for request in foreign] == []
    assert wrong == []


@pytest.fixture
def chat(page: Page, fake: Fake) -> Page:
    """The chat page, ready to be asked."""
    page.goto(fake.url)
    expect(page.get_by_label("Model")).to_have_value("fake")
    return page


@pytest.fixture(scope="session")
def shot() -> Shot:
    folder = os.environ.get("OPENMIMO_SCREENSHOTS")

    def take(page: Page, name: str) -> None:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(folder) / f"{name}.png")

    return take
