"""Tools: what is refused, what the model is shown, what its calls are held to, and how they are read."""

import json
import re
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openmimo.core.errors import ConfigError
from openmimo.serve.calls import arguments_of, read_bare_call, read_call
from openmimo.serve.grammar import Form, GrammarTokenizer
from openmimo.serve.mask import FormMask
from openmimo.serve.tools import Tools
from openmimo.text.reasoning import parse
from openmimo.text.template import CHATML, ChatTemplate
from tests.serve.walks import TOKENIZERS, encoded, ids_of, nano, smollm2, walked

OURS = ChatTemplate()
# Shows tools itself, as Qwen's does.
SHOWING = ChatTemplate("{%- if tools %}{%- for tool in tools %}{{- tool | tojson + '\\n' }}{%- endfor %}{%- endif %}" + CHATML)
LIGHT = {
    "name": "intent__HassTurnOn",
    "description": "Turn a device on.",
    "parameters": {
        "type": "object",
        "properties": {"name": {"type": "string", "maxLength": 12}, "brightness": {"type": "integer", "minimum": 0, "maximum": 100}},
        "required": ["name"],
        "additionalProperties": False,
    },
}
NOW = {"name": "now"}
SCHEMAS = {"intent__HassTurnOn": LIGHT["parameters"], "now": {"type": "object", "maxProperties": 0}}
SAID = '<tool_call>\n{"name": "intent__HassTurnOn", "arguments": {"name": "Küche", "brightness": 40}}\n</tool_call>'
AND_NOW = '<tool_call>\n{"name": "now", "arguments": {}}\n</tool_call>'


def function(**fields: Any) -> dict[str, Any]:
    return {"type": "function", "function": fields}


def tools(choice: Any = None, parallel: bool = True) -> Tools:
    return Tools.of([function(**LIGHT), function(**NOW)], choice, parallel)


def named(name: str) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name}}


def mask_for(given: Tools, tokens: GrammarTokenizer, think: bool = False, within: bool = False) -> FormMask:
    form = given.form()
    assert form is not None
    return FormMask(form, tokens, think, within)


def refused_at(mask: FormMask, text: str, tokens: GrammarTokenizer) -> str | None:
    """What of a text comes before the first token that is forbidden; None if none is."""
    ids = encoded(text, tokens)
    for place, token in enumerate(ids):
        allowed = mask(ids[:place])
        if allowed is not None and not allowed[token]:
            return tokens.tokenizer.decode(ids[:place])
    return None


def ends_after(mask: FormMask, text: str, tokens: GrammarTokenizer) -> bool:
    """Whether the turn may end here."""
    allowed = mask(encoded(text, tokens))
    return allowed is None or tokens.stop_ids <= ids_of(allowed)


@pytest.mark.parametrize(
    "given, choice, field",
    [
        ([1], None, "tools.0"),
        ([{"type": "web_search"}], None, "tools.0"),
        ([{"type": "function"}], None, "tools.0"),
        ([function()], None, "tools.0.function.name"),
        ([function(name="now"), function(name="has space")], None, "tools.1.function.name"),
        ([function(name="a" * 65)], None, "tools.0.function.name"),
        ([function(name="émile")], None, "tools.0.function.name"),
        ([function(name="now"), function(name="now")], None, "tools.1.function.name"),
        ([function(name="now", description=3)], None, "tools.0.function.description"),
        ([function(name="now", strict="yes")], None, "tools.0.function.strict"),
        ([function(name="now", parameters=[1])], None, "tools.0.function.parameters"),
        ([function(name="now", parameters={"type": "string"})], None, "tools.0.function.parameters"),
        ([function(**NOW)], "sometimes", "tool_choice"),
        ([function(**NOW)], {"type": "function"}, "tool_choice"),
        ([function(**NOW)], 3, "tool_choice"),
        ([function(**NOW)], named("later"), "tool_choice.function.name"),
        ([], "required", "tool_choice"),
        (None, named("now"), "tool_choice"),
    ],
)
def test_what_is_no_tool_is_refused_by_field(given: Any, choice: Any, field: str) -> None:
    with pytest.raises(ConfigError) as refused:
        Tools.of(given, choice)
    assert refused.value.field == field
    assert refused.value.fix


@pytest.mark.parametrize("name", ["f", "a" * 64, "intent__HassTurnOn", "mcp-" + "a" * 60 + "__" + "b" * 64, "get-time_2"])
def test_names_as_clients_have_them(name: str) -> None:
    assert Tools.of([function(name=name)]).tools[0].name == name


def test_none_at_all() -> None:
    for none in (Tools.of(None), Tools.of([], "none"), Tools.of([], "auto"), tools("none")):
        assert none.form() is None
        assert none.extras(SHOWING) == {}
        assert none.messages([{"role": "user", "content": "Hi"}], OURS) == [{"role": "user", "content": "Hi"}]
        assert none.call('{"name": "now"}') is None
        assert none.bare_call('{"name": "now", "arguments": {}}') is None
        assert not none.may_be_bare("{")


def test_a_template_that_reads_tools_is_given_them() -> None:
    messages = [{"role": "user", "content": "Light!"}]
    assert tools().messages(messages, SHOWING) == messages
    text = SHOWING.render(messages, **tools().extras(SHOWING))
    first, second = (json.loads(line) for line in text.splitlines()[:2])
    assert first == function(**LIGHT)
    assert second["function"]["parameters"]["properties"] == {}
    assert SHOWING.render(messages, **tools("none").extras(SHOWING)).startswith("<|im_start|>user")


@pytest.mark.parametrize("source", [CHATML, "{# tools #}{{ 'no tools' }}{{ messages[0].tool_calls }}"])
def test_a_template_that_does_not_gets_them_in_the_system_message(source: str) -> None:
    template = ChatTemplate(source)
    assert tools().extras(template) == {}
    told = tools().messages([{"role": "user", "content": "Light!"}], template)
    assert [message["role"] for message in told] == ["system", "user"]
    shown = re.search(r"<tools>\n(.*)\n</tools>", told[0]["content"], re.DOTALL)
    assert shown
    assert [json.loads(line)["function"]["name"] for line in shown[1].splitlines()] == ["intent__HassTurnOn", "now"]
    given = {"role": "system", "content": "Be brief."}
    joined = tools().messages([given, {"role": "user", "content": "Light!"}], template)
    assert joined[0]["content"] == f"Be brief.\n\n{told[0]['content']}"
    assert given["content"] == "Be brief.", "the client's message stays as it is"
    assert tools().messages([{"role": "system", "content": ""}], template)[0]["content"] == told[0]["content"]


def test_calls_of_earlier_turns_are_written_as_the_model_wrote_them() -> None:
    # OpenAI's client sends the arguments first, as JSON in a string.
    calls = [
        {
            "id": "call_1",
            "type": "function",
            "function": {"arguments": '{"name": "Küche", "brightness": 40}', "name": "intent__HassTurnOn"},
        },
        {"id": "call_2", "type": "function", "function": {"arguments": "", "name": "now"}},
    ]
    history = [
        {"role": "user", "content": "Light!"},
        {"role": "assistant", "content": "", "tool_calls": calls},
        {"role": "tool", "content": "on", "tool_call_id": "call_1"},
    ]
    text = OURS.render(tools().messages(history, OURS))
    assert f"<|im_start|>assistant\n{SAID}\n{AND_NOW}<|im_end|>" in text
    assert "<tool_response>\non\n</tool_response>" in text
    assert calls[0]["function"] == {"arguments": '{"name": "Küche", "brightness": 40}', "name": "intent__HassTurnOn"}
    odd = [{"function": {"name": "now", "arguments": "not JSON"}}]
    assert Tools().messages([{"role": "assistant", "content": "", "tool_calls": odd}], OURS)[0]["tool_calls"] == odd


@pytest.mark.parametrize("call", [1, {}, {"function": {"arguments": "{}"}}, {"function": "now"}])
def test_a_call_of_no_function_is_refused(call: Any) -> None:
    with pytest.raises(ConfigError) as refused:
        Tools().messages([{"role": "user", "content": ""}, {"role": "assistant", "content": "", "tool_calls": [call]}], OURS)
    assert refused.value.field == "messages.1.tool_calls.0"


@TOKENIZERS
@pytest.mark.parametrize("parallel", [True, False])
def test_auto_is_free_until_a_call_begins(tokens_of: Callable[[], GrammarTokenizer], parallel: bool) -> None:
    tokens, text = tokens_of(), 'So, <b> {"x": 1} and the like.\n'
    mask = mask_for(tools(parallel=parallel), tokens)
    assert refused_at(mask, text + SAID, tokens) is None
    assert all(ends_after(mask, free, tokens) for free in ("", text, text + SAID))
    assert not any(ends_after(mask, text + SAID[:end], tokens) for end in (11, 30, len(SAID) - 13))
    assert refused_at(mask, f"{text}\n{SAID}\n{AND_NOW} Done.", tokens) == (None if parallel else f"{text}\n{SAID}")
    for wrong in ("<tool_call>\nhello", '<tool_call>\n{"name": "later"', '<tool_call>\n{"name": "now", "arguments": {"x"'):
        assert refused_at(mask, text + wrong, tokens) is not None
    assert refused_at(mask, text + SAID, tokens) is None, "and it can be asked about what is right again"


def test_auto_masks_nothing_outside_calls_and_looks_for_none_within_reasoning() -> None:
    tokens = nano()
    mask = mask_for(tools(), tokens, think=True)
    thought = "<think>\nShould I <tool_call>\nnow?"
    for free in ("", "Well, ", thought, f"{thought}\n</think>\n", f"{thought}\n</think>\n\n{SAID}\n", f"{SAID}<think> again"):
        assert mask(encoded(free, tokens)) is None
    assert mask(encoded(f"{thought}\n</think>\n\n<tool_call>", tokens)) is not None
    assert refused_at(mask, f"{thought}\n</think>\n\n{SAID}\n{AND_NOW}", tokens) is None
    assert mask_for(tools(parallel=False), tokens, think=True)(encoded(f"<think>\n{SAID}\n</think>\n\n", tokens)) is None
    within = mask_for(tools(), tokens, within=True)
    assert within(encoded("Should I <tool_call>", tokens)) is None
    assert within(encoded("Should I </think>\n\n<tool_call>", tokens)) is not None


@TOKENIZERS
@pytest.mark.parametrize("choice", ["required", named("now"), named("intent__HassTurnOn")])
@pytest.mark.parametrize("parallel", [True, False])
def test_where_a_call_is_required_there_is_nothing_else(tokens_of: Callable[[], GrammarTokenizer], choice: Any, parallel: bool) -> None:
    tokens, given = tokens_of(), tools(choice, parallel)
    several = parallel and choice == "required"
    seen = set()
    for seed in range(12):
        said = walked(mask_for(given, tokens), tokens, seed, 12 * seed)
        turn = parse(tokens.tokenizer.decode(said))
        assert turn.answer == ""
        assert len(turn.tool_calls) == 1 or (several and len(turn.tool_calls) > 1)
        for call in turn.tool_calls:
            assert list(call) == ["name", "arguments"]
            jsonschema.validate(call["arguments"], SCHEMAS[call["name"]])
            told = given.call(json.dumps(call))
            assert told is not None
            assert json.loads(told["function"]["arguments"]) == call["arguments"]
            seen.add(call["name"])
    assert seen == (set(SCHEMAS) if choice == "required" else {choice["function"]["name"]})


def test_a_required_call_may_come_after_reasoning() -> None:
    tokens = nano()
    mask = mask_for(tools("required"), tokens, think=True)
    assert refused_at(mask, f"<think>\nHm.\n</think>\n\n{SAID}\n{AND_NOW}", tokens) is None
    assert not ends_after(mask, "<think>\nHm.", tokens)
    assert not ends_after(mask, "<think>\nHm.\n</think>\n\n", tokens)
    assert ends_after(mask, f"<think>\nHm.\n</think>\n\n{SAID}", tokens)


@TOKENIZERS
@pytest.mark.parametrize(
    "answer, right, wrong",
    [
        (Form.json_schema({"type": "object", "properties": {"a": {"enum": ["x"]}}, "required": ["a"]}), '{"a": "x"}', '{"a": "y"}'),
        (Form.regex("[0-9]{3}/a"), "123/a", "12/a"),
    ],
)
def test_a_turn_is_calls_or_an_answer_of_a_form(tokens_of: Callable[[], GrammarTokenizer], answer: Form, right: str, wrong: str) -> None:
    tokens = tokens_of()

    def mask(choice: Any = None, parallel: bool = True) -> FormMask:
        form = tools(choice, parallel).form(answer)
        assert form is not None
        return FormMask(form, tokens, think=False, within=False)

    for said in (right, SAID, f"{SAID}\n{AND_NOW}"):
        assert refused_at(mask(), said, tokens) is None
        assert ends_after(mask(), said, tokens)
    for said in (wrong, "So", f"{right}\n{SAID}", f"{SAID}\n{right}", "<tool_call>\n{}"):
        assert refused_at(mask(), said, tokens) is not None
    assert not ends_after(mask(), "", tokens)
    assert refused_at(mask(parallel=False), f"{SAID}\n{AND_NOW}", tokens) is not None
    assert refused_at(mask("required"), right, tokens) is not None
    assert refused_at(mask("required"), SAID, tokens) is None
    assert tools("none").form(answer) is answer
    seen = {walked(mask(), tokens, seed, 30)[0] for seed in range(12)}
    assert len(seen) > 1


@pytest.mark.parametrize("bad, field", [("tool", "tools.0.function.parameters"), ("answer", "response_format.json_schema.schema")])
def test_of_calls_and_an_answer_the_one_at_fault_is_named(bad: str, field: str) -> None:
    given = Tools.of([function(name="go", parameters={"properties": {}, **({"uniqueItems": True} if bad == "tool" else {})}, strict=True)])
    form = given.form(Form.json_schema({"type": "nothing" if bad == "answer" else "object"}))
    assert form is not None
    with pytest.raises(ConfigError) as refused:
        FormMask(form, nano(), think=False, within=False)
    assert refused.value.field == field


def test_schemas_of_several_tools_do_not_meet() -> None:
    place = {"type": "object", "properties": {"to": {"$ref": "#/$defs/place"}}, "required": ["to"], "additionalProperties": False}
    one = {**place, "$defs": {"place": {"enum": ["hall"]}}}
    other = {**place, "$defs": {"place": {"type": "integer", "maximum": 0, "minimum": 0}}}
    given = Tools.of([function(name="go", parameters=one), function(name="go_on", parameters=other)], "required")
    for tokens in (nano(), smollm2()):
        for right in ('{"name": "go", "arguments": {"to": "hall"}}', '{"name": "go_on", "arguments": {"to": 0}}'):
            assert refused_at(mask_for(given, tokens), f"<tool_call>\n{right}\n</tool_call>", tokens) is None
        for wrong in ('{"name": "go", "arguments": {"to": 0}}', '{"name": "go_on", "arguments": {"to": "hall"}}'):
            assert refused_at(mask_for(given, tokens), f"<tool_call>\n{wrong}\n</tool_call>", tokens) is not None


def test_arguments_are_an_object_where_a_schema_does_not_say_so() -> None:
    given = Tools.of([function(name="go", parameters={"properties": {"to": {"type": "integer"}}})], "required")
    for right in ("{}", '{"to": 3}', '{"by": "bus"}'):
        assert refused_at(mask_for(given, nano()), f'<tool_call>\n{{"name": "go", "arguments": {right}}}\n</tool_call>', nano()) is None
    for wrong in ("3", "[]", '{"to": "x"'):
        assert refused_at(mask_for(given, nano()), f'<tool_call>\n{{"name": "go", "arguments": {wrong}', nano()) is not None


def test_only_a_strict_tool_is_refused_for_what_cannot_be_held_to() -> None:
    schema = {"type": "object", "properties": {"at": {"type": "string", "format": "noon"}}, "unevaluatedProperties": False}
    lax = Tools.of([function(**NOW), function(name="meet", parameters=schema)], "required")
    assert refused_at(mask_for(lax, nano()), '<tool_call>\n{"name": "meet", "arguments": {"at": "12"}}\n</tool_call>', nano()) is None
    with pytest.raises(ConfigError, match=r"unevaluatedProperties|noon") as refused:
        mask_for(Tools.of([function(**NOW), function(name="meet", parameters=schema, strict=True)]), nano())
    assert refused.value.field == "tools.1.function.parameters"


@pytest.mark.parametrize(
    "text, name, arguments",
    [
        ('{"name": "now", "arguments": {}}', "now", "{}"),
        ('{"name": "now"}', "now", "{}"),
        ('{"name": "now", "arguments": null}', "now", "{}"),
        ('{"name": "now", "arguments": ""}', "now", "{}"),
        ('{"name": "intent__HassTurnOn", "arguments": "{\\"name\\": \\"Küche\\"}"}', "intent__HassTurnOn", '{"name": "Küche"}'),
        ('{"name": "intent__HassTurnOn", "parameters": {"name": "x"}}', "intent__HassTurnOn", '{"name": "x"}'),
        (' \n{"arguments": {"a": [1, 2.5]}, "name": "now", "id": 7}', "now", '{"a": [1, 2.5]}'),
    ],
)
def test_calls_are_read_and_put_right(text: str, name: str, arguments: str) -> None:
    call = tools().call(text)
    assert call is not None
    assert re.fullmatch("call_[0-9a-f]{24}", call["id"])
    assert call == {"id": call["id"], "type": "function", "function": {"name": name, "arguments": arguments}}
    assert call["id"] != (tools().call(text) or call)["id"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "[]",
        '{"name": 3, "arguments": {}}',
        '{"name": "later", "arguments": {}}',
        '{"arguments": {}}',
        '{"name": "now", "arguments": [1]}',
        '{"name": "now", "arguments": "soon"}',
        '{"name": "now", "arguments": {"x": 1e999}}',
        '{"name": "now", "arguments": {"x": NaN}}',
        '{"name": "now", "arguments": ' + '{"a":' * 5000,
    ],
)
def test_what_calls_no_tool_is_no_call(text: str) -> None:
    assert tools().call(text) is None
    assert tools().bare_call(text) is None


def test_a_whole_answer_may_be_a_call_without_tags() -> None:
    for bare in ('{"name": "now", "arguments": {}}', ' \n{"parameters": {"name": "x"}, "name": "intent__HassTurnOn"}\n'):
        call = tools().bare_call(bare)
        assert call is not None
        assert call["function"]["name"] in SCHEMAS
        assert all(tools().may_be_bare(bare[:end]) for end in range(len(bare)))
    # An answer in JSON that only looks alike.
    for other in ('{"name": "now"}', '{"name": "now", "arguments": {}, "age": 3}', 'Here: {"name": "now", "arguments": {}}'):
        assert tools().bare_call(other) is None
    assert not tools().may_be_bare("Here: {")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


# Hypothesis makes a table of all characters when it first draws a text, which may take seconds.
READING = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@READING
@given(st.dictionaries(st.sampled_from(["name", "arguments", "parameters", "x"]), JSON | st.sampled_from(["now", "{}", '{"a": 1}'])))
def test_reading_never_fails_and_gives_arguments_that_are_an_object(said: dict[str, Any]) -> None:
    text = json.dumps(said)
    call, told = read_call(text), tools().call(text)
    assert arguments_of(said) is None or isinstance(arguments_of(said), dict)
    assert (call is not None) == (isinstance(said.get("name"), str) and arguments_of(said) is not None)
    if told:
        assert call is not None
        assert isinstance(json.loads(told["function"]["arguments"]), dict)
    assert read_bare_call(text) in (None, call)


@READING
@given(st.text())
def test_any_text_may_be_read(text: str) -> None:
    assert read_call(text) is None or "name" in text
    assert read_bare_call(text) is None or "name" in text
