"""Forms and tags through HTTP: what is compiled holds nobody up, and an answer that fails is an error for its own client alone."""

import json
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import jsonschema
import pytest

from openmimo.engine.load import Loaded
from openmimo.serve import asked, mask
from tests.serve.conftest import Running
from tests.serve.test_grammar import TOO_HARD

QUESTION = {"model": "nano-nothink", "messages": [{"role": "user", "content": "What is 15% of 80?"}], "temperature": 0, "max_tokens": 200}
PERCENT = {
    "type": "object",
    "properties": {"tag": {"enum": ["</think>", "<tool_call>"]}},
    "required": ["tag"],
    "additionalProperties": False,
}
NOW = {"type": "function", "function": {"name": "now"}}


def form(schema: dict[str, Any]) -> dict[str, Any]:
    return {"response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": schema}}}


def ask(server: Running, path: str = "/v1/chat/completions", **fields: Any) -> httpx.Response:
    return httpx.post(server.url + path, json={**QUESTION, **fields}, timeout=120)


def last_event(answer: httpx.Response) -> dict[str, Any]:
    return json.loads([line for line in answer.text.splitlines() if line.startswith("data: ")][-1].removeprefix("data: "))


def test_a_form_too_hard_to_follow_is_an_error_and_no_answer(server: Running) -> None:
    told = ask(server, **form(TOO_HARD))
    assert (told.status_code, told.json()["error"]["type"]) == (400, "invalid_request_error")
    assert "too hard to follow" in told.json()["error"]["message"]
    assert "too hard to follow" in last_event(ask(server, **form(TOO_HARD), stream=True))["error"]["message"]
    items = {"input": "What is 15% of 80?", "text": {"format": {"type": "json_schema", "name": "a", "schema": TOO_HARD}}, "stream": True}
    assert last_event(ask(server, "/v1/responses", **items))["response"]["status"] == "failed"
    assert "too hard to follow" in ask(server, "/api/chat", format=TOO_HARD, stream=False).json()["error"]
    assert ask(server).status_code == 200


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every mask breaks after three tokens."""

    def breaking(ids: Sequence[int]) -> None:
        if len(ids) > 3:
            raise ZeroDivisionError

    monkeypatch.setattr(asked, "masks_of", lambda form, count, *_: [breaking] * count)


@pytest.mark.usefixtures("broken")
def test_a_mask_that_breaks_is_its_own_clients_error_alone(server: Running) -> None:
    with ThreadPoolExecutor(3) as clients:
        free = clients.submit(ask, server)
        bound = [clients.submit(ask, server, **form(PERCENT), stream=stream, n=2) for stream in (False, True)]
    assert bound[0].result().status_code == 500
    assert bound[0].result().json()["error"]["code"] == "internal_error"
    assert last_event(bound[1].result())["error"]["code"] == "internal_error"
    assert free.result().json()["choices"][0]["finish_reason"] == "stop"
    assert ask(server).json()["choices"] == free.result().json()["choices"]


def test_while_a_form_is_compiled_others_are_answered(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    answered, begun = threading.Event(), threading.Event()
    plainly = mask.compiled

    def slowly(*given: Any) -> Any:
        begun.set()
        assert answered.wait(60), "nobody was answered meanwhile"
        return plainly(*given)

    monkeypatch.setattr(mask, "compiled", slowly)
    with ThreadPoolExecutor(1) as client:
        bound = client.submit(ask, server, **form(PERCENT))
        assert begun.wait(60)
        assert httpx.get(f"{server.url}/health", timeout=30).status_code == 200
        answered.set()
        assert bound.result().status_code == 200


@pytest.mark.parametrize("stream", [False, True])
def test_tags_within_an_answer_of_a_form_are_its_own(server: Running, stream: bool) -> None:
    told = ask(server, **form(PERCENT), stream=stream, messages=[{"role": "user", "content": "Tag?"}])
    if stream:
        deltas = [json.loads(line[6:])["choices"][0]["delta"] for line in told.text.splitlines() if line.startswith("data: {")]
        text = "".join(delta.get("content") or "" for delta in deltas)
        assert not any("tool_calls" in delta or delta.get("reasoning") for delta in deltas)
    else:
        message = told.json()["choices"][0]["message"]
        assert message["reasoning"] is None
        text = message["content"]
    jsonschema.validate(json.loads(text), PERCENT)


@pytest.mark.parametrize("bias", [-100.0, 100.0])
def test_with_tools_and_a_form_the_answer_is_calls_or_of_the_form(server: Running, nano: Loaded, bias: float) -> None:
    begin = nano.tokenizer.id_of("<tool_call>")
    first = ask(server, **form(PERCENT), tools=[NOW], logit_bias={str(begin): bias}, parallel_tool_calls=False).json()["choices"][0]
    if bias > 0:
        assert (first["finish_reason"], first["message"]["content"]) == ("tool_calls", None)
        assert first["message"]["tool_calls"][0]["function"] == {"name": "now", "arguments": "{}"}
    else:
        assert "tool_calls" not in first["message"]
        jsonschema.validate(json.loads(first["message"]["content"]), PERCENT)


def test_an_end_of_reasoning_that_is_not_open_is_never_told(server: Running, nano: Loaded) -> None:
    end = nano.tokenizer.id_of("</think>")
    told = ask(server, logit_bias={str(end): 100.0}, max_tokens=6, logprobs=True).json()
    assert told["usage"]["completion_tokens"] == 6
    assert told["choices"][0]["message"]["content"] == ""
    assert told["choices"][0]["logprobs"]["content"] == []


def test_what_was_put_in_has_no_place_among_the_log_probabilities(server: Running) -> None:
    told = ask(server, logprobs=True, top_logprobs=2).json()
    content = told["choices"][0]["logprobs"]["content"]
    assert all(len(one["top_logprobs"]) == 2 and one["logprob"] < 0 for one in content)
    assert "".join(one["token"] for one in content).strip() == told["choices"][0]["message"]["content"]
    # The tags and what ends reasoning were said or put in, too.
    assert told["usage"]["completion_tokens"] > len(content) + 1
