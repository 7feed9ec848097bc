"""Ollama's official client: lists, shows, chats and goes on from prompts; and the fields that clients of other make send."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import ollama
import pytest

from openmimo.engine.catalog import find
from openmimo.engine.load import Loaded
from openmimo.serve.config import ServeConfig
from openmimo.serve.schema.ollama import OllamaChat, OllamaGenerate, Options
from tests.serve.conftest import Running

QUESTION = [{"role": "user", "content": "What is 15% of 80?"}]
GREEDY = {"temperature": 0}


@pytest.fixture(scope="module")
def client(server: Running) -> Iterator[ollama.Client]:
    with ollama.Client(host=server.url, trust_env=False) as client:
        yield client


def post(server: Running, path: str, **body: Any) -> httpx.Response:
    return httpx.post(f"{server.url}/api/{path}", json=body, timeout=120)


def test_the_list_tells_names_and_files(client: ollama.Client, server: Running) -> None:
    models = client.list().models
    assert [model.model for model in models] == ["nano", "nano-nothink"]
    files = [file for file in find("nano").iterdir() if file.is_file()]
    assert models[0].size == sum(file.stat().st_size for file in files)
    assert models[0].modified_at == datetime.fromtimestamp(max(file.stat().st_mtime for file in files), UTC)
    assert (len(models[0].digest), models[0].digest) == (64, models[1].digest)
    assert (models[0].details.family, models[0].details.parameter_size, models[0].details.quantization_level) == ("mimo", "7.1M", "F32")
    assert httpx.get(f"{server.url}/api/version").json()["version"].count(".") == 2


@pytest.mark.parametrize("name, can", [("nano:latest", ["completion", "tools", "thinking"]), ("nano-nothink", ["completion", "tools"])])
def test_show_tells_what_it_can(client: ollama.Client, nano: Loaded, name: str, can: list[str]) -> None:
    shown = client.show(name)
    assert shown.capabilities == can
    assert shown.template == nano.template.source
    assert shown.modelinfo["general.parameter_count"] == nano.model.config.parameters
    assert shown.modelinfo["mimo.context_length"] == nano.model.config.max_position_embeddings


def test_a_chat_is_thinking_and_content(client: ollama.Client, server: Running) -> None:
    done = client.chat(model="nano", messages=QUESTION, options=GREEDY)
    body = {"model": "nano", "messages": QUESTION, "temperature": 0}
    other = httpx.post(f"{server.url}/v1/chat/completions", json=body, timeout=120).json()
    message, usage = other["choices"][0]["message"], other["usage"]
    assert (done.message.thinking, done.message.content) == (message["reasoning"], message["content"])
    assert (done.done, done.done_reason, done.model) == (True, "stop", "nano")
    assert (done.prompt_eval_count, done.eval_count) == (usage["prompt_tokens"], usage["completion_tokens"])
    assert done.total_duration == done.prompt_eval_duration + done.eval_duration
    assert 0 < done.prompt_eval_duration < done.total_duration < 120e9
    assert abs(datetime.fromisoformat(done.created_at).timestamp() - datetime.now(UTC).timestamp()) < 120


def test_a_stream_says_the_same(client: ollama.Client) -> None:
    whole = client.chat(model="nano", messages=QUESTION, options=GREEDY)
    chunks = list(client.chat(model="nano", messages=QUESTION, options=GREEDY, stream=True))
    assert "".join(chunk.message.content or "" for chunk in chunks) == whole.message.content
    assert "".join(chunk.message.thinking or "" for chunk in chunks) == whole.message.thinking
    assert [chunk.done for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
    assert (chunks[-1].done_reason, chunks[-1].eval_count) == ("stop", whole.eval_count)
    assert not any(chunk.message.thinking and chunk.message.content for chunk in chunks)


def test_lines_are_json_and_a_stream_is_what_comes_unasked(server: Running) -> None:
    response = post(server, "chat", model="nano", messages=QUESTION, options={**GREEDY, "num_predict": 4})
    assert response.headers["content-type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in response.text.splitlines()]
    assert (lines[-1]["done"], lines[-1]["done_reason"], lines[-1]["eval_count"]) == (True, "length", 4)


@pytest.mark.parametrize("switch", [{"think": False}, {"model": "nano-nothink"}, {"think": "none"}])
def test_without_thinking(server: Running, switch: dict) -> None:
    asked = {"model": "nano", "messages": QUESTION, "options": {**GREEDY, "num_predict": 60.0}, "stream": False}
    message = post(server, "chat", **{**asked, **switch}).json()["message"]
    assert "thinking" not in message
    assert message["content"]


def test_the_fields_that_home_assistant_sends(server: Running) -> None:
    asked = {
        "model": "nano",
        "messages": QUESTION,
        "think": False,
        "keep_alive": -1.0,
        "options": {"num_ctx": 8192.0, "num_predict": 3000.0},
    }
    lines = [json.loads(line) for line in post(server, "chat", **asked).text.splitlines()]
    assert lines[-1]["done"] is True


def test_tools_are_called_with_arguments_that_are_objects(client: ollama.Client) -> None:
    def light(room: str) -> str:
        """Turn a light on.

        Args:
            room: Where the light is.
        """
        return room

    history = [
        *QUESTION,
        {"role": "assistant", "content": "", "tool_calls": [{"function": {"name": "light", "arguments": {"room": "hall"}}}]},
        {"role": "tool", "content": "It is on.", "tool_name": "light"},
    ]
    bare = client.chat(model="nano", messages=QUESTION, think=False, options={**GREEDY, "num_predict": 1})
    done = client.chat(model="nano", messages=history, tools=[light], think=False, options={**GREEDY, "num_predict": 5})
    assert done.prompt_eval_count > bare.prompt_eval_count


def test_a_call_comes_on_a_line_of_its_own(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ollama knows no `tool_choice`, and nano calls nothing on its own; so the model is made to."""
    from openmimo.serve.tools import Tools

    made = Tools.of
    monkeypatch.setattr(Tools, "of", lambda tools, choice, parallel: made(tools, "required" if tools else None, False))
    tool = {
        "type": "function",
        "function": {"name": "light", "parameters": {"type": "object", "properties": {"on": {"type": "boolean"}}, "required": ["on"]}},
    }
    asked = {"model": "nano-nothink", "messages": QUESTION, "tools": [tool], "options": GREEDY}
    lines = [json.loads(line) for line in post(server, "chat", **asked).text.splitlines()]
    (call,) = [call for line in lines for call in line["message"].get("tool_calls", [])]
    assert (call["function"]["index"], call["function"]["name"]) == (0, "light")
    assert isinstance(call["function"]["arguments"]["on"], bool)
    whole = post(server, "chat", **asked, stream=False).json()
    assert whole["message"]["tool_calls"][0]["function"] == call["function"]
    assert whole["done_reason"] == "stop"


def test_an_answer_of_a_form(client: ollama.Client) -> None:
    schema = {"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"], "additionalProperties": False}
    done = client.chat(model="nano", messages=QUESTION, think=False, format=schema, options={**GREEDY, "num_predict": 300})
    assert isinstance(json.loads(done.message.content)["ok"], bool)
    text = client.generate(model="nano", prompt="Say something.", think=False, format="json", options={**GREEDY, "num_predict": 30})
    assert text.response.startswith("{")


def test_a_prompt_becomes_a_message_unless_it_is_raw(client: ollama.Client, nano: Loaded) -> None:
    done = client.generate(model="nano", prompt=QUESTION[0]["content"], options=GREEDY)
    chat = client.chat(model="nano", messages=QUESTION, options=GREEDY)
    assert (done.response, done.thinking, done.prompt_eval_count) == (chat.message.content, chat.message.thinking, chat.prompt_eval_count)
    system = client.generate(model="nano", prompt="Hello.", system="Be brief.", options={**GREEDY, "num_predict": 1})
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello."}]
    assert system.prompt_eval_count == len(nano.template.encode(nano.tokenizer, messages))
    text = nano.template.render(QUESTION)
    raw = client.generate(model="nano", prompt=text, raw=True, options=GREEDY)
    assert raw.thinking is None
    assert raw.response.startswith("<think>")
    assert raw.response.endswith(chat.message.content)
    chunks = list(client.generate(model="nano", prompt=text, raw=True, options=GREEDY, stream=True))
    assert "".join(chunk.response for chunk in chunks) == raw.response


@pytest.mark.parametrize("path, said", [("chat", "message"), ("generate", "response")])
def test_whoever_asks_for_nothing_is_told_that_the_model_is_loaded(server: Running, path: str, said: str) -> None:
    for more in ({"stream": False}, {}):
        told = json.loads(post(server, path, model="nano", keep_alive="5m", **more).text)
        assert (told["done"], told["done_reason"]) == (True, "load")
        assert said in told


def test_logprobs(client: ollama.Client) -> None:
    asked = {
        "model": "nano",
        "messages": QUESTION,
        "think": False,
        "logprobs": True,
        "top_logprobs": 2,
        "options": {**GREEDY, "num_predict": 8},
    }
    whole = client.chat(**asked)
    assert "".join(one.token for one in whole.logprobs).strip() == whole.message.content
    assert {len(one.top_logprobs) for one in whole.logprobs if one.token.strip()} == {2}
    told = [one.token for chunk in client.chat(**asked, stream=True) for one in chunk.logprobs or []]
    assert told == [one.token for one in whole.logprobs]


@pytest.mark.parametrize(
    "path, asked, status, message",
    [
        ("chat", {"model": "gpt"}, 404, "no model 'gpt'"),
        ("show", {"model": "gpt"}, 404, "no model 'gpt'"),
        ("chat", {"messages": [{"role": "user", "content": "see", "images": ["aGk="]}]}, 400, "no images"),
        ("generate", {"prompt": "see", "images": ["aGk="]}, 400, "no images"),
        ("generate", {"prompt": "a", "template": "{{ .Prompt }}"}, 400, "template is not supported"),
        ("generate", {"prompt": "a", "suffix": "b"}, 400, "suffix is not supported"),
        ("generate", {"prompt": "a", "context": [1, 2]}, 400, "context is not supported"),
        ("chat", {"messages": QUESTION, "options": {"temperature": "hot"}}, 400, "options.temperature"),
        ("chat", {"messages": QUESTION, "options": {"num_predict": 2.5}}, 400, "options.num_predict"),
        ("chat", {"messages": QUESTION, "format": {"type": "nothing"}}, 400, "format: cannot be enforced"),
        ("chat", {"messages": [{"role": "user", "content": "1 + 1 " * 600}]}, 400, "context has"),
        ("chat", {"model": "nano-nothink", "messages": QUESTION, "think": True}, 400, "nano-nothink does not support thinking"),
        ("nothing", {}, 404, "Not Found"),
    ],
)
def test_what_cannot_be_is_refused_in_ollamas_shape(server: Running, path: str, asked: dict, status: int, message: str) -> None:
    response = post(server, path, **{"model": "nano", **asked})
    assert response.status_code == status
    assert set(response.json()) == {"error"}
    assert message in response.json()["error"]


def test_the_client_says_what_was_wrong(client: ollama.Client) -> None:
    with pytest.raises(ollama.ResponseError, match="no model 'gpt'") as refused:
        client.chat(model="gpt", messages=QUESTION)
    assert refused.value.status_code == 404


def test_keys_and_failures_under_way_are_told_in_ollamas_shape(serve: Callable[..., Running]) -> None:
    running = serve(ServeConfig(port=0, keys=("secret",), seconds=0.02))
    assert "key" in post(running, "chat", model="nano", messages=QUESTION).json()["error"]
    with (
        ollama.Client(host=running.url, trust_env=False, headers={"Authorization": "Bearer secret"}) as client,
        pytest.raises(ollama.ResponseError, match="longer than this server allows"),
    ):
        list(client.chat(model="nano", messages=QUESTION, stream=True))


def test_bodies_in_the_fields_of_a_chat() -> None:
    options = Options.model_validate({"num_predict": -1, "seed": -1.0, "top_k": 20.0, "stop": "x", "repeat_penalty": 1.1, "num_gpu": 1})
    chat = OllamaChat(model="nano:latest", messages=[], options=options, think="high").completed(  # a level of thinking is thinking
        OllamaGenerate(prompt="hi", system="s").chat().messages
    )
    assert (chat.model, chat.most, chat.seed, chat.top_k, chat.stops(), chat.reasoning_effort) == ("nano", None, None, 20, ("x",), "high")
    assert chat.plain_messages() == [{"role": "system", "content": "s"}, {"role": "user", "content": "hi"}]
    assert OllamaGenerate(prompt="hi", think=False).chat().thinks(True) is False
    assert OllamaGenerate(prompt="hi", think=True).chat().thinks(True) is True
