"""The chat page's files over HTTP: what is served, with which headers, and what is not."""

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from openmimo.serve.errors import handle_errors
from openmimo.serve.routes import page

FILES = sorted(path.relative_to(page.FOLDER).as_posix() for path in page.FOLDER.rglob("*") if path.is_file())
MOST = 1_200_000  # bytes of all files: the page is small


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    app = FastAPI()
    app.include_router(page.router)
    handle_errors(app)
    with TestClient(app) as made:
        yield made


def test_the_page_is_html_under_a_strict_policy(client: TestClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = dict(rule.split(" ", 1) for rule in answer.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'self'"
    assert {name for name, value in policy.items() if "unsafe" in value} == set()
    assert {policy[name] for name in ("object-src", "base-uri", "form-action", "frame-ancestors", "trusted-types")} == {"'none'"}
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", [path for path in FILES if path != page.INDEX])
def test_every_file_is_served_as_what_it_is(client: TestClient, path: str) -> None:
    answer = client.get(f"/page/{path}")
    assert answer.content == (page.FOLDER / path).read_bytes()
    kinds = {"js": "text/javascript", "css": "text/css", "woff2": "font/woff2", "svg": "image/svg+xml"}
    assert answer.headers["content-type"].split(";")[0] == kinds.get(path.rpartition(".")[2], "text/plain")
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize(
    "path",
    ["index.html", "nothing.js", "../routes/page.py", "..%2froutes%2fpage.py", "%2e%2e/errors.py", "/etc/passwd", "vendor", "", "main.js/"],
)
def test_nothing_else_is_served(client: TestClient, path: str) -> None:
    answer = client.get(f"/page/{path}")
    assert answer.status_code == 404
    assert answer.json()["error"]["type"] == "not_found_error" or "error" not in answer.json()


def test_a_browser_that_has_a_file_is_told_so(client: TestClient) -> None:
    tag = client.get("/page/main.js").headers["etag"]
    again = client.get("/page/main.js", headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/page/main.js", headers={"If-None-Match": '"other"'}).status_code == 200
    head = client.head("/")
    assert (head.status_code, head.content) == (200, b"")


def test_the_page_holds_no_inline_script_or_style_and_names_no_other_host() -> None:
    html = (page.FOLDER / page.INDEX).read_text(encoding="utf-8")
    assert re.findall(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", html) == []
    ours = [path for path in FILES if not path.startswith("vendor/") and not path.endswith(".svg")]
    for path in ours:
        text = (page.FOLDER / path).read_text(encoding="utf-8")
        assert re.findall(r"https?://[\w.-]+\.\w+", text) == [], path
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text), path


def test_every_file_that_is_asked_for_is_there_and_none_is_left_over() -> None:
    html = (page.FOLDER / page.INDEX).read_text(encoding="utf-8")
    wanted = {page.INDEX, "vendor/katex/LICENSE"} | set(re.findall(r'(?:href|src)="page/([^"]+)"', html))
    for path in [one for one in FILES if one.endswith(".js") and not one.startswith("vendor/")]:
        wanted |= set(re.findall(r'from "\./([\w.]+)"', (page.FOLDER / path).read_text(encoding="utf-8")))
    style = (page.FOLDER / "vendor/katex/katex.min.css").read_text(encoding="utf-8")
    wanted |= {f"vendor/katex/{font}" for font in re.findall(r"url\((fonts/[\w-]+\.woff2)\)", style)}
    assert wanted == set(FILES)
    assert sum((page.FOLDER / path).stat().st_size for path in FILES) < MOST


def test_scripts_are_small() -> None:
    for path in FILES:
        if path.endswith((".js", ".css", ".html")) and not path.startswith("vendor/"):
            lines = (page.FOLDER / path).read_text(encoding="utf-8").splitlines()
            assert len(lines) < 300, path
            assert max(map(len, lines)) <= 140, path
