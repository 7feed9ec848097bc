"""The official client, with strict validation of what it reads, against every field of chat completions and completions."""

import json
from collections.abc import Iterator

import openai
import pytest
import torch

from openmimo.engine.generate import complete
from openmimo.engine.load import Loaded
from openmimo.engine.session import prompt_ids
from tests.serve.conftest import Running

QUESTION = [{"role": "user", "content": "What is 15% of 80?"}]


@pytest.fixture(scope="module")
def client(server: Running) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0, _strict_response_validation=True) as client:
        yield client


@pytest.fixture(scope="module")
def lenient(server: Running) -> Iterator[openai.OpenAI]:
    """For answers with `echo`: OpenAI's server says null of the first token, and its client's types know no null there."""
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0) as client:
        yield client


def alone(nano: Loaded, max_tokens: int = 1000) -> str:
    """What the model says to the question with nothing around it."""
    (ids,) = complete(nano.model, [prompt_ids(nano, QUESTION)], max_tokens, nano.stop_ids)
    return nano.tokenizer.decode([token for token in ids if token not in nano.stop_ids])


def test_models(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["nano", "nano-nothink"]
    assert client.models.retrieve("nano").owned_by == "openmimo"
    with pytest.raises(openai.NotFoundError, match="no model 'gpt'"):
        client.models.retrieve("gpt")


def test_a_chat_is_reasoning_and_answer(client: openai.OpenAI, nano: Loaded) -> None:
    done = client.chat.completions.create(model="nano", messages=QUESTION, temperature=0)
    (choice,) = done.choices
    thoughts, _, answer = alone(nano).removeprefix("<think>").partition("</think>")
    assert choice.message.content == answer.strip()
    assert choice.message.reasoning_content == choice.message.reasoning == thoughts.strip()
    assert choice.finish_reason == "stop"
    assert done.usage.completion_tokens_details.reasoning_tokens > 0
    assert done.usage.total_tokens == done.usage.prompt_tokens + done.usage.completion_tokens
    assert done.usage.prompt_tokens == len(prompt_ids(nano, QUESTION))


def test_a_stream_says_the_same(client: openai.OpenAI) -> None:
    asked = {"model": "nano", "messages": QUESTION, "temperature": 0}
    whole = client.chat.completions.create(**asked)
    chunks = list(client.chat.completions.create(**asked, stream=True, stream_options={"include_usage": True}))
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [chunk.choices[0].finish_reason for chunk in chunks[:-1]] == [None] * (len(chunks) - 2) + ["stop"]
    deltas = [chunk.choices[0].delta for chunk in chunks[:-1]]
    assert "".join(delta.content or "" for delta in deltas).strip() == whole.choices[0].message.content
    thoughts = "".join(getattr(delta, "reasoning", None) or "" for delta in deltas)
    assert thoughts == "".join(getattr(delta, "reasoning_content", None) or "" for delta in deltas)
    assert thoughts.strip() == whole.choices[0].message.reasoning
    assert chunks[-1].choices == []
    assert chunks[-1].usage.completion_tokens == whole.usage.completion_tokens


@pytest.mark.parametrize("switch", [{"model": "nano-nothink"}, {"reasoning_effort": "none"}, {"extra_body": {"thinking_budget": 0}}])
def test_without_thinking(client: openai.OpenAI, switch: dict) -> None:
    done = client.chat.completions.create(**{"model": "nano", "messages": QUESTION, "temperature": 0, "max_tokens": 60, **switch})
    assert not done.choices[0].message.reasoning
    assert done.choices[0].message.content


def test_a_thinking_budget_ends_the_reasoning(client: openai.OpenAI) -> None:
    done = client.chat.completions.create(model="nano", messages=QUESTION, temperature=0, extra_body={"thinking_budget": 12})
    assert 0 < done.usage.completion_tokens_details.reasoning_tokens < 20
    assert done.choices[0].message.content


def test_max_tokens_and_stop_strings_end_an_answer(client: openai.OpenAI) -> None:
    short = client.chat.completions.create(model="nano", messages=QUESTION, temperature=0, max_tokens=3)
    assert (short.choices[0].finish_reason, short.usage.completion_tokens) == ("length", 3)
    stopped = client.chat.completions.create(model="nano", messages=QUESTION, temperature=0, stop=["</think>"])
    assert stopped.choices[0].finish_reason == "stop"
    assert not stopped.choices[0].message.content


def test_several_answers_are_seeded_one_by_one(client: openai.OpenAI) -> None:
    asked = {"model": "nano", "messages": QUESTION, "temperature": 2.0, "max_tokens": 60}
    three = client.chat.completions.create(**asked, n=3, seed=5)
    assert [choice.index for choice in three.choices] == [0, 1, 2]
    texts = [choice.message.reasoning for choice in three.choices]
    second = client.chat.completions.create(**asked, seed=6)
    assert second.choices[0].message.reasoning == texts[1]
    assert len(set(texts)) > 1
    assert three.usage.completion_tokens > second.usage.completion_tokens


def test_logprobs_are_the_models(client: openai.OpenAI, nano: Loaded) -> None:
    done = client.chat.completions.create(
        model="nano-nothink", messages=QUESTION, temperature=0, max_tokens=8, logprobs=True, top_logprobs=3
    )
    content = done.choices[0].logprobs.content
    assert "".join(one.token for one in content).strip() == done.choices[0].message.content
    for one in content:
        assert one.logprob == pytest.approx(one.top_logprobs[0].logprob)
        assert [rival.logprob for rival in one.top_logprobs] == sorted((rival.logprob for rival in one.top_logprobs), reverse=True)
        assert bytes(one.bytes).decode() == one.token


def test_a_bias_forbids_a_token(client: openai.OpenAI, nano: Loaded) -> None:
    asked = {"model": "nano-nothink", "messages": QUESTION, "temperature": 0, "max_tokens": 8}
    free = client.chat.completions.create(**asked).choices[0].message.content
    (first, *_) = nano.tokenizer.encode(free)
    bound = client.chat.completions.create(**asked, logit_bias={str(first): -100}).choices[0].message.content
    assert not bound.startswith(nano.tokenizer.decode([first]))


def test_completions_echo_how_likely_a_prompt_is(lenient: openai.OpenAI, nano: Loaded) -> None:
    """As lm-evaluation-harness asks for it."""
    ids = nano.tokenizer.encode("What is 12 + 30?\n12 + 30 = 42")
    done = lenient.completions.create(model="nano", prompt=[ids], max_tokens=1, logprobs=1, echo=True, temperature=0, seed=1)
    found = done.choices[0].logprobs
    with torch.inference_mode():
        logprobs_TV = nano.model(torch.tensor([ids])).float().log_softmax(-1)[0]
    assert found.token_logprobs[0] is None
    assert found.top_logprobs[0] is None
    wanted = [logprobs_TV[place, token].item() for place, token in enumerate(ids[1:])]
    assert found.token_logprobs[1 : len(ids)] == pytest.approx(wanted, abs=2e-3)
    assert [max(top.values()) for top in found.top_logprobs[1 : len(ids)]] == pytest.approx(logprobs_TV.amax(-1)[:-1].tolist(), abs=2e-3)
    assert len(found.tokens) == len(found.text_offset) == len(ids) + 1
    assert "".join(found.tokens[: len(ids)]) == nano.tokenizer.decode(ids)
    assert done.choices[0].text.startswith(nano.tokenizer.decode(ids))
    none = lenient.completions.create(model="nano", prompt=[ids], max_tokens=0, logprobs=1, echo=True)
    assert none.choices[0].logprobs.tokens == found.tokens[:-1]
    assert none.usage.completion_tokens == 0


@pytest.mark.parametrize("prompt", ["3 + 4 =", ["3 + 4 =", "2 * 5 ="], [5, 6, 7], [[5, 6, 7], [8, 9]]])
def test_prompts_in_every_form(client: openai.OpenAI, prompt: object) -> None:
    done = client.completions.create(model="nano", prompt=prompt, max_tokens=4, temperature=0)
    assert [choice.index for choice in done.choices] == list(range(len(done.choices)))
    assert len(done.choices) == (len(prompt) if isinstance(prompt, list) and not isinstance(prompt[0], int) else 1)
    assert done.usage.completion_tokens <= 4 * len(done.choices)


def test_a_completion_as_a_stream(lenient: openai.OpenAI) -> None:
    asked = {"model": "nano", "prompt": "3 + 4 =", "max_tokens": 12, "temperature": 0, "logprobs": 2, "echo": True}
    whole = lenient.completions.create(**asked).choices[0]
    chunks = list(lenient.completions.create(**asked, stream=True))
    assert "".join(chunk.choices[0].text for chunk in chunks) == whole.text
    assert [token for chunk in chunks for token in chunk.choices[0].logprobs.tokens] == whole.logprobs.tokens


@pytest.mark.parametrize(
    "asked, message",
    [
        ({"messages": []}, "messages"),
        ({"temperature": -1}, "temperature"),
        ({"model": "gpt"}, "no model 'gpt'"),
        ({"messages": [{"role": "user", "content": "1 + 1 " * 600}]}, "context"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]}, "text only"),
        ({"presence_penalty": 1.0}, "presence_penalty"),
        ({"logit_bias": {"99999": 1}}, "99999"),
        ({"logit_bias": {"²": 1}}, "no token id"),
        ({"logit_bias": {"9" * 5000: 1}}, "no token id"),
        ({"extra_body": {"top_k": 15292860917}}, "top_k"),
        ({"response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "nothing"}}}}, "schema"),
        ({"top_logprobs": 2}, "logprobs"),
    ],
)
def test_what_cannot_be_is_refused_in_openais_shape(client: openai.OpenAI, asked: dict, message: str) -> None:
    with pytest.raises(openai.APIStatusError, match=message) as refused:
        client.chat.completions.create(**{"model": "nano", "messages": QUESTION, **asked})
    assert refused.value.status_code in (400, 404)
    assert set(refused.value.body) == {"message", "type", "param", "code"}


def test_an_answer_of_a_form(client: openai.OpenAI) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}, "ok": {"type": "boolean"}}, "required": ["n", "ok"]}
    form = {"type": "json_schema", "json_schema": {"name": "a", "schema": {**schema, "additionalProperties": False}}}
    done = client.chat.completions.create(model="nano-nothink", messages=QUESTION, temperature=0, response_format=form, max_tokens=80)
    if done.choices[0].finish_reason == "stop":
        assert set(json.loads(done.choices[0].message.content)) == {"n", "ok"}
    said = client.chat.completions.create(
        model="nano-nothink", messages=QUESTION, temperature=0, extra_body={"structured_outputs": {"regex": "[0-9]{3}-[0-9]{2}"}}
    )
    assert len(said.choices[0].message.content) == 6


TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "light__turn_on",
            "description": "Turn a light on.",
            "parameters": {
                "type": "object",
                "properties": {"room": {"enum": ["hall", "study"]}},
                "required": ["room"],
                "additionalProperties": False,
            },
        },
    }
]


@pytest.mark.parametrize("choice", ["required", {"type": "function", "function": {"name": "light__turn_on"}}])
def test_a_tool_is_called(client: openai.OpenAI, choice: object) -> None:
    asked = {
        "model": "nano-nothink",
        "messages": QUESTION,
        "tools": TOOLS,
        "tool_choice": choice,
        "parallel_tool_calls": False,
        "temperature": 0,
    }
    done = client.chat.completions.create(**asked).choices[0]
    (call,) = done.message.tool_calls
    assert (done.finish_reason, call.function.name) == ("tool_calls", "light__turn_on")
    assert json.loads(call.function.arguments)["room"] in ("hall", "study")
    chunks = list(client.chat.completions.create(**asked, stream=True))
    told = [one for chunk in chunks for one in chunk.choices[0].delta.tool_calls or []]
    assert [(one.index, one.function.arguments) for one in told] == [(0, call.function.arguments)]
    history = [*QUESTION, done.message.model_dump(exclude_none=True), {"role": "tool", "tool_call_id": call.id, "content": "{}"}]
    assert (
        client.chat.completions.create(**{**asked, "messages": history, "tool_choice": "none", "max_tokens": 5})
        .choices[0]
        .message.tool_calls
        is None
    )
