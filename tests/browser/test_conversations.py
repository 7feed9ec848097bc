"""Conversations are kept in the browser: over reloads, beside each other, until they are deleted."""

import json
from collections.abc import Callable
from pathlib import Path

from fake import Fake
from playwright.sync_api import Page, expect
from test_chat import ask, done

Shot = Callable[[Page, str], None]
KEPT = "Object.keys(localStorage).filter((key) => key.startsWith('openmimo.conversation.')).length"


def test_conversations_survive_a_reload(chat: Page, fake: Fake, shot: Shot) -> None:
    fake.scripts |= {"one": [("reasoning", "hm"), ("content", "**1**")], "two": [("content", "2")]}
    ask(chat, "one")
    done(chat)
    chat.get_by_role("button", name="New conversation").click()
    ask(chat, "two")
    done(chat)
    chat.reload()
    expect(chat.locator("#sidebar .open")).to_have_text(["two", "one"])
    expect(chat.locator(".body")).to_have_text("2")
    shot(chat, "conversations")
    chat.locator("#sidebar .open").last.click()
    expect(chat.locator(".body strong")).to_have_text("1")
    expect(chat.locator(".question .said")).to_have_text("one")
    expect(chat.locator("details.reasoning")).not_to_have_attribute("open", "")
    expect(chat.locator("#sidebar [aria-current=true]")).to_have_text("one")
    expect(chat.locator("#origin")).to_have_text(fake.url.split("/")[2])


def test_what_had_come_is_kept_when_the_page_is_left(chat: Page, fake: Fake) -> None:
    fake.scripts["q"] = [("content", "half an"), ("gate", "never"), ("content", "answer")]
    ask(chat, "q")
    expect(chat.locator(".body")).to_have_text("half an")
    chat.reload()
    expect(chat.locator(".body")).to_have_text("half an")
    expect(chat.locator(".answer .note")).to_contain_text("Not finished.")
    expect(chat.get_by_role("button", name="Ask again")).to_be_visible()


def test_an_answer_goes_on_while_another_conversation_is_read(chat: Page, fake: Fake) -> None:
    fake.scripts |= {"one": [("content", "1")], "slow": [("content", "be"), ("gate", "go"), ("content", "gun")]}
    ask(chat, "one")
    done(chat)
    chat.get_by_role("button", name="New conversation").click()
    ask(chat, "slow")
    expect(chat.locator(".body")).to_have_text("be")
    chat.locator("#sidebar .open").filter(has_text="one").click()
    expect(chat.locator(".body")).to_have_text("1")
    expect(chat.get_by_role("button", name="Stop")).to_be_visible()
    fake.open("go")
    expect(chat.locator("#stop")).to_be_hidden()
    expect(chat.locator(".body")).to_have_text("1")
    chat.locator("#sidebar .open").filter(has_text="slow").click()
    expect(chat.locator(".body")).to_have_text("begun")


def test_conversations_are_deleted_one_by_one_and_all_together(chat: Page, fake: Fake) -> None:
    for name in ("one", "two", "three"):
        fake.scripts[name] = [("content", name)]
        chat.get_by_role("button", name="New conversation").click()
        ask(chat, name)
        done(chat)
    chat.get_by_role("button", name="Delete two").click()
    expect(chat.locator("#sidebar .open")).to_have_text(["three", "one"])
    assert chat.evaluate(KEPT) == 2
    chat.get_by_role("button", name="Delete all").click()
    expect(chat.locator("#sidebar .open")).to_have_count(0)
    expect(chat.locator(".answer")).to_have_count(0)
    chat.reload()
    assert chat.evaluate(KEPT) == 0


def test_a_conversation_deleted_while_it_is_answered_does_not_come_back(chat: Page, fake: Fake) -> None:
    fake.scripts |= {"slow": [("content", "be"), ("gate", "never")], "next": [("content", "ok")]}
    ask(chat, "slow")
    expect(chat.locator(".body")).to_have_text("be")
    chat.get_by_role("button", name="Delete slow").click()
    expect(chat.locator("#stop")).to_be_hidden()
    ask(chat, "next")
    done(chat)
    expect(chat.locator("#sidebar .open")).to_have_text(["next"])
    assert chat.evaluate(KEPT) == 1


def test_all_conversations_are_exported(chat: Page, fake: Fake) -> None:
    fake.scripts["q"] = [("reasoning", "r"), ("content", "a")]
    ask(chat, "q")
    done(chat)
    with chat.expect_download() as download:
        chat.get_by_role("button", name="Export all").click()
    kept = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    (conversation,) = kept["conversations"]
    assert [(message["role"], message["content"]) for message in conversation["messages"]] == [("user", "q"), ("assistant", "a")]
    assert conversation["messages"][1]["reasoning"] == "r"


def test_another_tab_sees_what_is_new_and_what_is_gone(chat: Page, fake: Fake) -> None:
    other = chat.context.new_page()
    other.goto(fake.url)
    fake.scripts["q"] = [("content", "a")]
    ask(chat, "q")
    done(chat)
    expect(other.locator("#sidebar .open")).to_have_text(["q"])
    chat.get_by_role("button", name="Delete q").click()
    expect(other.locator("#sidebar .open")).to_have_count(0)


def test_a_browser_that_keeps_nothing_says_so_and_answers(page: Page, fake: Fake) -> None:
    page.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage'])"
        " Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError'); } });"
    )
    fake.scripts["q"] = [("content", "a")]
    page.goto(fake.url)
    expect(page.get_by_label("Model")).to_have_value("fake")
    ask(page, "q")
    done(page)
    expect(page.locator(".body")).to_have_text("a")
    expect(page.locator("#trouble")).to_contain_text("does not keep")


def test_what_is_broken_in_the_storage_is_passed_over(page: Page, fake: Fake) -> None:
    page.add_init_script(
        "for (const text of ['{', 'null', '{\"id\": 1}', '[]']) localStorage['openmimo.conversation.' + text] = text;"
        " localStorage['openmimo.settings'] = 'nonsense';"
    )
    page.goto(fake.url)
    expect(page.get_by_label("Model")).to_have_value("fake")
    expect(page.locator("#sidebar .open")).to_have_count(0)
