"""`/v1/responses` by the official client, with strict validation of what it reads: whole, as events, with tools and forms."""

import json
from collections.abc import Callable, Iterator

import httpx
import openai
import pytest
from openai.types.responses import Response, ResponseStreamEvent

from openmimo.serve.config import ServeConfig
from openmimo.serve.schema.responses import ResponsesBody
from tests.serve.conftest import Running

QUESTION = "What is 15% of 80?"
TOOL = {
    "type": "function",
    "name": "light__turn_on",
    "description": "Turn a light on.",
    "parameters": {
        "type": "object",
        "properties": {"room": {"enum": ["hall", "study"]}},
        "required": ["room"],
        "additionalProperties": False,
    },
    "strict": True,
}
CALLED = {"input": QUESTION, "model": "nano-nothink", "tools": [TOOL], "tool_choice": "required", "parallel_tool_calls": False}


@pytest.fixture(scope="module")
def client(server: Running) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0, _strict_response_validation=True) as client:
        yield client


def ask(client: openai.OpenAI, **asked: object) -> Response:
    return client.responses.create(**{"model": "nano", "input": QUESTION, "temperature": 0, **asked})


def events_of(client: openai.OpenAI, **asked: object) -> list[ResponseStreamEvent]:
    events = list(ask(client, stream=True, **asked))
    assert [event.sequence_number for event in events] == list(range(len(events)))
    return events


def without(output: list) -> list[dict]:
    """Items without what differs from one response to the next."""
    return [{name: value for name, value in item.model_dump().items() if name not in ("id", "call_id")} for item in output]


def test_a_response_is_reasoning_and_a_message(client: openai.OpenAI) -> None:
    done = ask(client)
    chat = client.chat.completions.create(model="nano", messages=[{"role": "user", "content": QUESTION}], temperature=0)
    thoughts, message = done.output
    assert (thoughts.type, message.type, done.status) == ("reasoning", "message", "completed")
    assert thoughts.content[0].text == chat.choices[0].message.reasoning
    assert done.output_text == chat.choices[0].message.content != ""
    assert (done.usage.input_tokens, done.usage.output_tokens) == (chat.usage.prompt_tokens, chat.usage.completion_tokens)
    assert done.usage.output_tokens_details.reasoning_tokens == chat.usage.completion_tokens_details.reasoning_tokens > 0
    assert done.usage.input_tokens_details.cached_tokens + done.usage.input_tokens_details.cache_write_tokens == done.usage.input_tokens
    assert done.completed_at >= done.created_at


def test_a_stream_tells_every_step(client: openai.OpenAI) -> None:
    whole, events = ask(client), events_of(client)
    kinds = [event.type.removeprefix("response.") for event in events]
    grown = ["output_item.added", "content_part.added", "text.delta", "text.done", "content_part.done", "output_item.done"]
    told = [kind.replace("reasoning_", "").replace("output_text", "text") for kind in kinds]
    once = [kind for place, kind in enumerate(told) if place == 0 or kind != told[place - 1] or kind != "text.delta"]
    assert once == ["created", "in_progress", *grown, *grown, "completed"]
    texts = [
        "".join(event.delta for event in events if event.type == f"response.{kind}.delta") for kind in ("reasoning_text", "output_text")
    ]
    assert texts == [whole.output[0].content[0].text, whole.output_text]
    assert [event.response.status for event in events if hasattr(event, "response")] == ["in_progress", "in_progress", "completed"]
    last = events[-1].response
    assert without(last.output) == without(whole.output)
    assert [event.item for event in events if event.type == "response.output_item.done"] == last.output
    assert last.usage.output_tokens == whole.usage.output_tokens


def test_events_carry_their_names_and_nothing_follows_the_last(server: Running) -> None:
    body = {"model": "nano", "input": QUESTION, "temperature": 0, "stream": True, "max_output_tokens": 4}
    with httpx.stream("POST", f"{server.url}/v1/responses", json=body, timeout=60) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        blocks = [block.split("\n") for block in "".join(response.iter_text()).split("\n\n") if block]
    for name, data in blocks:
        assert json.loads(data.removeprefix("data: "))["type"] == name.removeprefix("event: ")
    assert blocks[-1][0] == "event: response.incomplete"


def test_the_clients_own_stream_reads_it(client: openai.OpenAI) -> None:
    with client.responses.stream(model="nano", input=QUESTION, temperature=0) as stream:
        texts = [event.snapshot for event in stream if event.type == "response.output_text.delta"]
        assert texts[-1] == stream.get_final_response().output_text


@pytest.mark.parametrize("switch", [{"model": "nano-nothink"}, {"reasoning": {"effort": "none"}}])
def test_without_reasoning(client: openai.OpenAI, switch: dict) -> None:
    done = ask(client, max_output_tokens=60, **switch)
    assert [item.type for item in done.output] == ["message"]
    assert done.usage.output_tokens_details.reasoning_tokens < 5


def test_an_answer_that_is_cut_off_is_incomplete(client: openai.OpenAI) -> None:
    done = ask(client, max_output_tokens=5)
    assert (done.status, done.incomplete_details.reason, done.usage.output_tokens) == ("incomplete", "max_output_tokens", 5)
    assert done.output[-1].status == "incomplete"
    assert events_of(client, max_output_tokens=5)[-1].type == "response.incomplete"


def test_a_tool_is_called_and_its_result_read(client: openai.OpenAI) -> None:
    done = ask(client, **CALLED)
    (call,) = done.output
    assert (call.type, call.name, call.status, done.status) == ("function_call", "light__turn_on", "completed", "completed")
    assert json.loads(call.arguments)["room"] in ("hall", "study")
    assert (done.tool_choice, done.parallel_tool_calls, done.tools[0].name) == ("required", False, "light__turn_on")
    events = events_of(client, **CALLED)
    kinds = [event.type.removeprefix("response.") for event in events[2:]]
    assert kinds == ["output_item.added", "function_call_arguments.delta", "function_call_arguments.done", "output_item.done", "completed"]
    assert events[3].delta == events[4].arguments == call.arguments
    result = {"type": "function_call_output", "call_id": call.call_id, "output": '{"done": true}'}
    more = [{"role": "user", "content": QUESTION}, call.model_dump(exclude_none=True), result]
    then = ask(client, **{**CALLED, "input": more, "tool_choice": "none"}, max_output_tokens=5)
    assert then.usage.input_tokens > ask(client, max_output_tokens=1).usage.input_tokens + 20
    assert all(item.type == "message" for item in then.output)


@pytest.mark.parametrize(
    "choice",
    [
        {"type": "function", "name": "light__turn_on"},
        {"type": "allowed_tools", "mode": "required", "tools": [{"type": "function", "name": "light__turn_on"}]},
    ],
)
def test_one_tool_among_several_is_chosen(client: openai.OpenAI, choice: dict) -> None:
    done = ask(client, **{**CALLED, "tools": [{**TOOL, "name": "other"}, TOOL], "tool_choice": choice})
    assert [item.name for item in done.output] == ["light__turn_on"]


def test_a_text_of_a_form(client: openai.OpenAI) -> None:
    schema = {"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"], "additionalProperties": False}
    form = {"format": {"type": "json_schema", "name": "reply", "schema": schema, "strict": True}}
    done = ask(client, model="nano-nothink", text=form, max_output_tokens=300)
    assert isinstance(json.loads(done.output_text)["ok"], bool)
    assert done.text.format.name == "reply"
    free = ask(client, model="nano-nothink", text={"format": {"type": "json_object"}}, max_output_tokens=40)
    assert free.output_text.startswith("{")


def test_logprobs_of_the_text(client: openai.OpenAI) -> None:
    asked = {"model": "nano-nothink", "include": ["message.output_text.logprobs"], "top_logprobs": 2, "max_output_tokens": 8}
    (message,) = ask(client, **asked).output
    tokens = message.content[0].logprobs
    assert "".join(one.token for one in tokens).strip() == message.content[0].text
    # The line end after reasoning that was not wished for is put in, and has no rivals.
    assert {len(one.top_logprobs) for one in tokens if one.token.strip()} == {2}
    events = events_of(client, **asked)
    deltas = [one.token for event in events if event.type == "response.output_text.delta" for one in event.logprobs]
    (told,) = [event for event in events if event.type == "response.output_text.done"]
    assert deltas == [one.token for one in told.logprobs][: len(deltas)]
    assert [one.token for one in told.logprobs] == [one.token for one in tokens]


def test_the_parameters_come_back_as_they_were_understood(client: openai.OpenAI) -> None:
    done = ask(
        client, instructions="Be brief.", store=True, truncation="auto", metadata={"a": "b"}, user="me", top_p=0.9, max_output_tokens=9
    )
    assert (done.instructions, done.metadata, done.user, done.top_p, done.max_output_tokens) == ("Be brief.", {"a": "b"}, "me", 0.9, 9)
    assert (done.store, done.truncation, done.background, done.temperature) == (False, "disabled", False, 0.0)


def test_items_are_the_messages_of_a_chat() -> None:
    body = ResponsesBody.model_validate(
        {
            "instructions": "Be brief.",
            "input": [
                {"role": "developer", "content": [{"type": "input_text", "text": "In English."}]},
                {"type": "message", "role": "user", "content": "Lights!"},
                {"type": "reasoning", "id": "rs_1", "summary": [], "content": [{"type": "reasoning_text", "text": "hm"}]},
                {
                    "type": "message",
                    "role": "assistant",
                    "id": "msg_1",
                    "content": [{"type": "output_text", "text": "Yes.", "annotations": []}],
                },
                {"type": "function_call", "call_id": "1", "name": "on", "arguments": '{"room": "hall"}'},
                {"type": "function_call", "call_id": "2", "name": "off", "arguments": ""},
                {"type": "function_call_output", "call_id": "1", "output": "done"},
                {"type": "function_call_output", "call_id": "2", "output": [{"type": "input_text", "text": "failed"}]},
            ],
            "tools": [TOOL],
            "max_output_tokens": 7,
            "seed": 3,
        }
    )
    chat = body.chat()
    assert chat.plain_messages() == [
        {"role": "system", "content": "Be brief."},
        {"role": "system", "content": "In English."},
        {"role": "user", "content": "Lights!"},
        {
            "role": "assistant",
            "content": "Yes.",
            "tool_calls": [
                {"id": "1", "type": "function", "function": {"name": "on", "arguments": '{"room": "hall"}'}},
                {"id": "2", "type": "function", "function": {"name": "off", "arguments": "{}"}},
            ],
        },
        {"role": "tool", "content": "done", "name": "on"},
        {"role": "tool", "content": "failed", "name": "off"},
    ]
    assert (chat.most, chat.seed) == (7, 3)
    assert chat.tools == [{"type": "function", "function": {name: value for name, value in TOOL.items() if name != "type"}}]


@pytest.mark.parametrize(
    "asked, param",
    [
        ({"previous_response_id": "resp_1"}, "previous_response_id"),
        ({"conversation": "conv_1"}, "conversation"),
        ({"background": True}, "background"),
        ({"prompt": {"id": "pmpt_1"}}, "prompt"),
        ({"tools": [{"type": "web_search"}]}, "tools.0.type"),
        ({"tools": [{"type": "function", "name": "a b"}]}, "tools.0.name"),
        ({"tools": [{**TOOL, "parameters": {"type": "nothing"}}]}, "tools.0.parameters"),
        ({"input": [{"type": "item_reference", "id": "msg_1"}]}, "input.0.type"),
        ({"input": [{"role": "user", "content": [{"type": "input_image", "image_url": "x"}]}]}, "input.0.content.0"),
        ({"input": [{"content": "who says this?"}]}, "input.0.role"),
        ({"input": "1 + 1 " * 600}, "input"),
        ({"text": {"format": {"type": "json_schema", "name": "a", "schema": {"type": "nothing"}}}}, "text.format.schema"),
        ({"temperature": -1}, "temperature"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_it_has_here(client: openai.OpenAI, asked: dict, param: str) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        ask(client, **asked)
    assert refused.value.body["param"] == param
    assert "messages." not in refused.value.body["message"]
    with pytest.raises(openai.BadRequestError):
        ask(client, **asked, stream=True)


def test_an_answer_that_fails_under_way_says_so(serve: Callable[..., Running]) -> None:
    running = serve(ServeConfig(port=0, seconds=0.02))
    with openai.OpenAI(base_url=f"{running.url}/v1", api_key="none", max_retries=0, _strict_response_validation=True) as client:
        last = events_of(client)[-1]
        assert (last.type, last.response.status, last.response.error.code) == ("response.failed", "failed", "server_error")
        assert "longer than this server allows" in last.response.error.message
        with pytest.raises(openai.APIStatusError) as late:
            ask(client)
        assert late.value.status_code == 504
