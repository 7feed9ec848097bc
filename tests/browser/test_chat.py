"""Asking, and all that can be done with an answer while it comes and afterwards."""

import json
from collections.abc import Callable

import pytest
from fake import Fake, words
from playwright.sync_api import Page, expect

from openmimo.serve.errors import ApiError

Shot = Callable[[Page, str], None]


def ask(page: Page, question: str) -> None:
    page.locator("#question").fill(question)
    page.locator("#question").press("Enter")


def done(page: Page, answers: int = 1) -> None:
    """Wait until nothing is under way and so many answers stand there."""
    expect(page.locator(".answer")).to_have_count(answers)
    expect(page.locator("#stop")).to_be_hidden()


def test_reasoning_streams_then_folds_and_the_answer_follows(chat: Page, fake: Fake, shot: Shot) -> None:
    fake.scripts["What is 7 times 8?"] = [
        *words("reasoning", "Seven eights: \\(7 \\cdot 8\\).\n\nThat is "),
        ("gate", "thought"),
        *words("reasoning", "fifty-six."),
        *words("content", "It is **56**"),
        ("gate", "said"),
        *words("content", ", since \\(7 \\cdot 8 = 56\\)."),
    ]
    shot(chat, "empty")
    ask(chat, "What is 7 times 8?")
    thoughts = chat.locator("details.reasoning")
    expect(thoughts).to_contain_text("That is")
    expect(thoughts).to_have_attribute("open", "")
    expect(thoughts.locator("summary")).to_have_text("Thinking …")
    expect(chat.locator(".answer")).to_have_attribute("aria-busy", "true")
    shot(chat, "thinking")
    fake.open("thought")
    expect(chat.locator(".body strong")).to_have_text("56")
    expect(thoughts).not_to_have_attribute("open", "")
    expect(thoughts.locator("summary")).to_contain_text("Thought for")
    fake.open("said")
    done(chat)
    expect(chat.locator(".body .katex")).to_have_count(1)
    expect(chat.locator(".answer")).to_have_attribute("aria-busy", "false")
    expect(chat.locator(".note").filter(has_text="tokens, ")).to_contain_text("for reasoning")
    expect(chat.locator("#status")).to_have_text("The answer is complete.")
    assert "fifty" not in chat.locator(".body").inner_text()
    shot(chat, "answered")
    thoughts.locator("summary").click()
    expect(thoughts).to_contain_text("fifty-six.")
    (request,) = fake.asked
    assert request == {
        "model": "fake",
        "messages": [{"role": "user", "content": "What is 7 times 8?"}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_what_the_reader_folds_stays_folded(chat: Page, fake: Fake) -> None:
    fake.scripts["q"] = [("reasoning", "one"), ("gate", "a"), ("reasoning", " two"), ("gate", "b"), ("content", "answer")]
    ask(chat, "q")
    thoughts = chat.locator("details.reasoning")
    thoughts.locator("summary").click()
    fake.open("a")
    expect(thoughts.locator(".thoughts")).to_have_text("one two")
    expect(thoughts).not_to_have_attribute("open", "")
    thoughts.locator("summary").click()
    fake.open("b")
    done(chat)
    expect(thoughts).to_have_attribute("open", "")


@pytest.mark.parametrize("how", ["button", "escape"])
def test_stop_ends_the_answer_here_and_on_the_server(chat: Page, fake: Fake, how: str, shot: Shot) -> None:
    fake.scripts["long"] = [("content", "It begins"), ("gate", "never"), ("content", " and ends")]
    fake.scripts["next"] = [("content", "Yes")]
    ask(chat, "long")
    expect(chat.locator(".body")).to_have_text("It begins")
    shot(chat, "streaming")
    if how == "button":
        chat.get_by_role("button", name="Stop").click()
    else:
        chat.keyboard.press("Escape")
    done(chat)
    expect(chat.locator(".answer .note")).to_contain_text("Stopped.")
    expect(chat.locator(".body")).to_have_text("It begins")
    chat.wait_for_timeout(100)
    assert fake.left == 1
    ask(chat, "next")
    done(chat, 2)
    assert [message["content"] for message in fake.asked[1]["messages"]] == ["long", "It begins", "next"]


def test_ask_again_replaces_the_last_answer(chat: Page, fake: Fake) -> None:
    fake.scripts["q"] = [("reasoning", "r"), ("content", "first")]
    ask(chat, "q")
    done(chat)
    fake.scripts["q"] = [("content", "second")]
    chat.get_by_role("button", name="Ask again").click()
    expect(chat.locator(".body")).to_have_text("second")
    done(chat)
    assert fake.asked[0]["messages"] == fake.asked[1]["messages"]


def test_a_changed_question_removes_what_came_after_it(chat: Page, fake: Fake) -> None:
    fake.scripts |= {"one": [("content", "1")], "two": [("content", "2")], "three": [("content", "3")]}
    ask(chat, "one")
    done(chat)
    ask(chat, "two")
    done(chat, 2)
    expect(chat.get_by_role("button", name="Ask again")).to_have_count(1)
    chat.locator(".question").first.get_by_role("button", name="Edit").click()
    area = chat.get_by_label("Edit the question")
    expect(area).to_be_focused()
    area.fill("nothing")
    area.press("Escape")
    expect(chat.locator(".question .said")).to_have_text(["one", "two"])
    chat.locator(".question").first.get_by_role("button", name="Edit").click()
    area.fill("three")
    area.press("Enter")
    expect(chat.locator(".body")).to_have_text(["3"])
    done(chat)
    expect(chat.locator(".question .said")).to_have_text(["three"])
    assert fake.asked[2]["messages"] == [{"role": "user", "content": "three"}]
    expect(chat.locator("#sidebar .open")).to_have_text(["three"])


def test_a_question_is_changed_while_it_is_answered(chat: Page, fake: Fake) -> None:
    fake.scripts |= {"one": [("content", "half"), ("gate", "never")], "two": [("content", "whole")]}
    ask(chat, "one")
    expect(chat.locator(".body")).to_have_text("half")
    chat.get_by_role("button", name="Edit").click()
    chat.get_by_label("Edit the question").fill("two")
    chat.get_by_label("Edit the question").press("Enter")
    expect(chat.locator(".body")).to_have_text(["whole"])
    done(chat)
    expect(chat.locator(".question .said")).to_have_text(["two"])


def test_enter_sends_and_shift_enter_does_not(chat: Page, fake: Fake) -> None:
    fake.scripts["a\nb"] = [("content", "ok")]
    expect(chat.locator("#question")).to_be_focused()
    chat.keyboard.type("a")
    chat.keyboard.press("Shift+Enter")
    chat.keyboard.type("b")
    assert fake.asked == []
    chat.keyboard.press("Enter")
    done(chat)
    assert fake.asked[0]["messages"][0]["content"] == "a\nb"


def test_every_control_is_reached_by_the_tab_key_in_the_order_of_the_page(chat: Page, fake: Fake) -> None:
    fake.scripts["q"] = [("reasoning", "r"), ("content", "```python\nprint(1)\n```")]
    ask(chat, "q")
    done(chat)
    chat.locator("h1").click()  # the tab key goes on from there
    seen = []
    for _ in range(20):
        chat.keyboard.press("Tab")
        seen.append(chat.evaluate("document.activeElement.id || document.activeElement.ariaLabel || document.activeElement.innerText"))
        if seen[-1] == "send":
            break
    chosen = [
        name
        for name in seen
        if name in ("model", "think", "settings-button", "new", "export", "messages", "Run", "Ask again", "question", "send")
    ]
    assert chosen == ["model", "think", "settings-button", "new", "export", "messages", "Run", "Ask again", "question", "send"]


def test_the_model_and_its_thinking_are_chosen_and_remembered(chat: Page, fake: Fake) -> None:
    fake.scripts["q"] = [("content", "a")]
    assert chat.locator("#model option").all_inner_texts() == ["fake", "plain"]
    chat.get_by_label("Think").uncheck()
    ask(chat, "q")
    done(chat)
    chat.get_by_label("Model").select_option("plain")
    expect(chat.get_by_label("Think")).to_be_hidden()
    ask(chat, "q")
    done(chat, 2)
    chat.reload()
    expect(chat.get_by_label("Model")).to_have_value("plain")
    chat.get_by_label("Model").select_option("fake")
    expect(chat.get_by_label("Think")).not_to_be_checked()
    assert [request["model"] for request in fake.asked] == ["fake-nothink", "plain"]


def test_settings_go_with_the_request_and_stay(chat: Page, fake: Fake, shot: Shot) -> None:
    fake.scripts["q"] = [("content", "a"), ("finish", "length")]
    chat.get_by_role("button", name="Settings").click()
    chat.get_by_label("Temperature").fill("0.6")
    chat.get_by_label("Most tokens").fill("300")
    shot(chat, "settings")
    chat.get_by_label("Most tokens").press("Enter")
    expect(chat.get_by_role("dialog")).to_be_hidden()
    chat.reload()
    ask(chat, "q")
    done(chat)
    assert (fake.asked[0]["temperature"], fake.asked[0]["max_tokens"]) == (0.6, 300)
    expect(chat.locator(".answer .note")).to_contain_text("limit of tokens")
    chat.get_by_role("button", name="Settings").click()
    expect(chat.get_by_label("Temperature")).to_have_value("0.6")
    chat.get_by_label("Temperature").fill("")
    chat.get_by_label("Most tokens").fill("")
    chat.get_by_role("button", name="Done").click()
    ask(chat, "q")
    done(chat, 2)
    assert not {"temperature", "max_tokens"} & fake.asked[1].keys()


def test_a_key_is_asked_for_and_kept_with_the_tab(page: Page, fake: Fake, shot: Shot) -> None:
    fake.key = "s3cret"
    fake.scripts["q"] = [("content", "answer")]
    page.goto(fake.url)
    key = page.get_by_label("API key")
    expect(key).to_be_focused()
    shot(page, "key")
    key.fill("wrong")
    key.press("Enter")
    expect(page.get_by_text("This server wants an API key.")).to_be_visible()
    key.fill("s3cret")
    key.press("Enter")
    expect(page.get_by_label("Model")).to_have_value("fake")
    ask(page, "q")
    done(page)
    assert fake.keys[-1] == "s3cret"
    assert page.evaluate("sessionStorage['openmimo.key']") == "s3cret"
    assert "s3cret" not in page.evaluate("JSON.stringify(localStorage)")


def test_a_key_that_is_no_longer_good_is_asked_for_and_the_question_goes_on(chat: Page, fake: Fake) -> None:
    fake.scripts["q"] = [("content", "answer")]
    fake.key = "new"
    ask(chat, "q")
    chat.get_by_label("API key").fill("new")
    chat.get_by_label("API key").press("Enter")
    expect(chat.locator(".body")).to_have_text("answer")
    done(chat)


@pytest.mark.parametrize(
    "steps, said",
    [
        ([("refuse", ApiError(429, "the server is full", retry=3))], "the server is full (Try again in 3 s.)"),
        ([("refuse", ApiError(503, "being loaded"))], "being loaded"),
        ([("content", "half"), ("error", "the engine broke")], "the engine broke"),
        ([("content", "half"), ("drop", None)], "The connection ended before the answer was complete."),
    ],
)
def test_what_goes_wrong_is_said_and_can_be_tried_again(
    chat: Page, fake: Fake, steps: list[tuple[str, object]], said: str, shot: Shot
) -> None:
    fake.scripts["q"] = steps
    ask(chat, "q")
    done(chat)
    expect(chat.get_by_role("alert").locator("visible=true")).to_have_text(said)
    expect(chat.locator(".body")).to_have_text("half" if len(steps) > 1 else "")
    shot(chat, "error")
    fake.scripts["q"] = [("content", "whole")]
    chat.get_by_role("button", name="Ask again").click()
    expect(chat.locator(".body")).to_have_text("whole")
    done(chat)


def test_tool_calls_are_shown(chat: Page, fake: Fake) -> None:
    fake.scripts["q"] = [
        ("call", {"index": 0, "id": "a", "type": "function", "function": {"name": "turn_on", "arguments": '{"name":'}}),
        ("call", {"index": 0, "function": {"arguments": '"lamp"}'}}),
        ("finish", "tool_calls"),
    ]
    ask(chat, "q")
    done(chat)
    expect(chat.locator(".calls")).to_contain_text("turn_on")
    expect(chat.locator(".calls pre")).to_have_text('{"name":"lamp"}')


def test_an_answer_and_its_code_are_copied(chat: Page, fake: Fake) -> None:
    code = "if x < 3:\n\tprint('<b>')"
    fake.scripts["q"] = words("content", f"Do:\n\n```python\n{code}\n```")
    ask(chat, "q")
    done(chat)
    block, actions = chat.locator("figcaption"), chat.locator(".answer > .actions")
    block.get_by_role("button", name="Copy").click()
    expect(block.get_by_role("button", name="Copied")).to_be_visible()
    assert chat.evaluate("navigator.clipboard.readText()") == code
    actions.get_by_role("button", name="Copy").click()
    expect(actions.get_by_role("button", name="Copied")).to_be_visible()
    assert json.loads(chat.evaluate("navigator.clipboard.readText().then(JSON.stringify)")) == f"Do:\n\n```python\n{code}\n```"
