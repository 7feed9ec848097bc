"""Forms as masks: whatever is said under one is in it, whatever is in it may be said, and reasoning is left alone."""

import json
import re
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from openmimo.core.errors import ConfigError, InputError
from openmimo.engine.engine import TorchEngine
from openmimo.engine.load import load
from openmimo.engine.request import Ending, Request
from openmimo.engine.sample import Sampling
from openmimo.engine.session import thinking_of
from openmimo.serve import grammar
from openmimo.serve.grammar import Form, GrammarTokenizer, compiled
from openmimo.serve.mask import FormMask, mask_of
from tests.serve.walks import NANO, TOKENIZERS, encoded, ids_of, nano, smollm2, walked

POINT = {
    "type": "object",
    "properties": {"x": {"type": "integer"}, "tag": {"enum": ["a", "b"]}},
    "required": ["x", "tag"],
    "additionalProperties": False,
}


def schemas() -> st.SearchStrategy[dict[str, Any]]:
    """Schemas in the keywords that clients use, each of which something satisfies."""
    words = st.sampled_from(["a", "b1", "Küche", 'q"uote', "long_name", "\\"])
    low = st.integers(-1000, 1000)
    leaves = st.one_of(
        st.sampled_from([{"type": "boolean"}, {"type": "null"}, {"type": "number"}, {"type": "string"}, {"type": ["integer", "null"]}]),
        st.tuples(low, st.integers(0, 500)).map(lambda pair: {"type": "integer", "minimum": pair[0], "maximum": pair[0] + pair[1]}),
        st.tuples(st.integers(0, 5), st.integers(0, 9)).map(lambda pair: {"type": "string", "minLength": pair[0], "maxLength": sum(pair)}),
        st.just({"type": "string", "pattern": "^[a-f]{2}-[0-9]+$"}),
        st.lists(st.one_of(words, low, st.none(), st.booleans()), min_size=1, max_size=4).map(lambda values: {"enum": values}),
        words.map(lambda word: {"const": {word: [word]}}),
    )

    def wider(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
        objects = st.tuples(st.dictionaries(words, inner, max_size=3), st.booleans(), st.booleans()).map(
            lambda made: {
                "type": "object",
                "properties": made[0],
                "required": list(made[0]) if made[1] else list(made[0])[:1],
                **({"additionalProperties": False} if made[2] else {}),
            }
        )
        arrays = st.tuples(inner, st.integers(0, 2), st.integers(0, 2)).map(
            lambda made: {"type": "array", "items": made[0], "minItems": made[1], "maxItems": sum(made[1:])}
        )
        return st.one_of(objects, arrays, st.lists(inner, min_size=1, max_size=3).map(lambda any_of: {"anyOf": any_of}))

    return st.recursive(leaves, wider, max_leaves=6)


@TOKENIZERS
@settings(max_examples=40, deadline=None)
@given(schema=schemas(), seed=st.integers(0, 2**32), steps=st.integers(0, 60))
def test_whatever_is_said_under_a_schema_is_json_that_it_accepts(
    tokens_of: Callable[[], GrammarTokenizer], schema: dict[str, Any], seed: int, steps: int
) -> None:
    tokens = tokens_of()
    mask = FormMask(Form.json_schema(schema), tokens, think=False, within=False)
    said = walked(mask, tokens, seed, steps)
    value = json.loads(b"".join(map(tokens.tokenizer.token_bytes, said)).decode())
    jsonschema.Draft202012Validator(schema).validate(value)


@TOKENIZERS
@settings(max_examples=30, deadline=None)
@given(schema=schemas(), seed=st.integers(0, 2**32), indent=st.sampled_from([None, 2, 4]))
def test_json_as_models_write_it_is_never_forbidden(
    tokens_of: Callable[[], GrammarTokenizer], schema: dict[str, Any], seed: int, indent: int | None
) -> None:
    tokens, form = tokens_of(), Form.json_schema(schema)
    said = walked(FormMask(form, tokens, think=False, within=False), tokens, seed, 20)
    value = json.loads(b"".join(map(tokens.tokenizer.token_bytes, said)).decode())
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    assume("Infinity" not in text and "\x7f" not in text and "e" not in re.sub('"[^"]*"|true|false', "", text))
    mask, ids = FormMask(form, tokens, think=False, within=False), tokens.tokenizer.encode(text)
    for place, token in enumerate(ids):
        assert token in ids_of(mask(ids[:place])), (tokens.tokenizer.decode(ids[:place]), tokens.tokenizer.token_bytes(token))
    assert ids_of(mask(ids)) >= tokens.stop_ids


@settings(max_examples=40, deadline=None)
@given(data=st.data(), schema=schemas(), seed=st.integers(0, 2**32))
def test_it_may_be_asked_about_any_beginning_in_any_order(data: st.DataObject, schema: dict[str, Any], seed: int) -> None:
    tokens, form = nano(), Form.json_schema(schema)
    said = walked(FormMask(form, tokens, think=False, within=False), tokens, seed, 15)
    asked = FormMask(form, tokens, think=False, within=False)
    for place in data.draw(st.lists(st.integers(0, len(said)), max_size=8)):
        # A draft may go on with anything at all.
        draft = data.draw(st.lists(st.sampled_from(sorted(tokens.stop_ids)) | st.integers(0, tokens.vocab_size - 1), max_size=3))
        asked([*said[:place], *draft])
        fresh = FormMask(form, tokens, think=False, within=False)
        assert ids_of(asked(said[:place])) == ids_of(fresh(said[:place]))


def test_after_what_is_forbidden_there_is_only_the_end() -> None:
    tokens = nano()
    mask = FormMask(Form.json_schema(POINT), tokens, think=False, within=False)
    for wrong in ('{"y', "hello", '{"x": 1, "tag": "c', '{"x": 1, "tag": "a"} and more', "<|im_start|>"):
        assert ids_of(mask(encoded(wrong, tokens))) == tokens.stop_ids
    assert ids_of(mask([tokens.vocab_size - 1])) == tokens.stop_ids
    assert ids_of(mask(encoded('{"x": 1, "tag": "a"}', tokens))) == tokens.stop_ids
    assert tokens.stop_ids.isdisjoint(ids_of(mask(encoded('{"x": 1, "tag": "a"', tokens))))


@pytest.mark.parametrize("steps", [0, 30])
def test_any_object_is_an_object(steps: int) -> None:
    tokens = nano()
    for seed in range(20):
        said = walked(FormMask(Form.json_object(), tokens, think=False, within=False), tokens, seed, steps)
        assert isinstance(json.loads(tokens.tokenizer.decode(said)), dict)


@TOKENIZERS
@pytest.mark.parametrize("pattern", ["yes|no", r"[A-Z]\d{2,3}(/x)?", "^a*$", r"[a-z]{1,4} é\.", "(?i)ok"])
def test_a_regular_expression_matches_the_whole_answer(tokens_of: Callable[[], GrammarTokenizer], pattern: str) -> None:
    tokens = tokens_of()
    for seed in range(10):
        said = walked(FormMask(Form.regex(pattern), tokens, think=False, within=False), tokens, seed, 8)
        assert re.fullmatch(pattern, tokens.tokenizer.decode(said))


def test_white_space_cannot_go_on_for_ever() -> None:
    tokens = nano()
    mask, (blank,) = FormMask(Form.json_object(), tokens, think=False, within=False), tokens.tokenizer.encode(" ")
    said = encoded("{", tokens)
    assert blank in ids_of(mask(said))
    assert not any(tokens.tokenizer.token_bytes(token).isspace() for token in ids_of(mask([*said, blank])))


def test_reasoning_comes_first_and_is_free() -> None:
    tokens = nano()
    begin, end = tokens.think or (-1, -1)
    mask = FormMask(Form.json_schema(POINT), tokens, think=True, within=False)
    start = ids_of(FormMask(Form.json_schema(POINT), tokens, think=False, within=False)([]))
    assert begin not in start
    assert ids_of(mask([])) == start | {begin}
    assert begin not in ids_of(mask(encoded('{"x":', tokens))), "only at the beginning"
    thought = encoded("<think>\nIs it {1}? <tool_call>", tokens)
    for place in range(1, len(thought) + 1):
        inside = mask(thought[:place])
        assert ids_of(inside) == set(range(tokens.vocab_size)) - tokens.stop_ids, "an answer has to follow"
    said = [*thought, end]
    for token in tokens.separator:  # two line ends here, as the template writes them
        assert ids_of(mask(said)) == {token}
        said.append(token)
    assert tokens.tokenizer.decode(tokens.separator) == "\n\n"
    assert ids_of(mask(said)) == start, "no second reasoning"
    assert ids_of(mask([*said, *encoded('{"x": 1, "tag": "a"}', tokens)])) == tokens.stop_ids
    assert ids_of(mask([*thought, end, begin])) == tokens.stop_ids
    assert ids_of(mask([])) == start | {begin}, "and it can begin anew"


def test_where_the_prompt_has_opened_reasoning_the_form_waits_for_its_end() -> None:
    tokens = nano()
    mask = FormMask(Form.json_schema(POINT), tokens, think=False, within=True)
    assert len(ids_of(mask([]))) == len(ids_of(mask(encoded("so {", tokens)))) == tokens.vocab_size - len(tokens.stop_ids)
    closed = encoded("so\n</think>\n\n", tokens)  # as a budget puts it in
    assert ids_of(mask(closed)) == ids_of(FormMask(Form.json_schema(POINT), tokens, think=False, within=False)([]))


def test_a_turn_may_end_in_its_reasoning_if_the_answer_may_be_empty() -> None:
    tokens = nano()
    assert FormMask(Form.regex("a*"), tokens, think=True, within=True)([5, 6]) is None


def test_without_tags_of_reasoning_it_binds_at_once() -> None:
    tokens = smollm2()
    assert tokens.think is None
    starts = [ids_of(FormMask(Form.json_schema(POINT), tokens, think, within)([])) for think in (True, False) for within in (True, False)]
    assert all(start == starts[0] for start in starts)


@pytest.mark.parametrize(
    "schema, named",
    [
        ({"type": "object", "not": {}}, 'Unimplemented keys: \\["not"\\]'),
        ({"type": "string", "format": "colour"}, "Unknown format: colour"),
        ({"type": "banana"}, "Invalid type: banana"),
        ({"enum": []}, "Unsatisfiable"),
        ({"type": "integer", "minimum": 3, "maximum": 1}, "minimum \\(3\\) is greater"),
        ({"$ref": "#/$defs/missing"}, "does not exist"),
        ({"$ref": "http://127.0.0.1:9/schema.json"}, "(?i)ref|retriev|extern"),
        ({"type": "string", "pattern": "(?=a)b"}, "(?i)look-?around|pattern"),
        ({"type": "object", "uniqueItems": True, "x-guidance": {"lenient": True}}, "uniqueItems"),
        ({"type": "integer", "minimum": float("nan")}, "no JSON"),
        ({"const": "\ud800"}, "no JSON"),
        ({"const": 10**5000}, "no JSON"),
        ({"type": "integer", "minimum": -(10**4000), "maximum": 10**4000}, "number out of range|cannot be enforced"),
        ({"$ref": "#"}, "no text satisfies it"),
        ({"allOf": [{"multipleOf": 997}, {"type": "integer", "multipleOf": 1013}]}, "multiples"),
        ({"type": "number", "multipleOf": 1.9999991}, "multiples"),
        ({"type": "integer", "multipleOf": 10**400 + 1}, "multiples"),
        ({"type": "integer", "multipleOf": True}, "cannot be enforced"),
        ({"anyOf": [{"multipleOf": 2**place + 1} for place in range(10_000)]}, "multiples"),
        ({"enum": ["a" * 50, "b" * grammar.LARGEST]}, "more than 120,000 characters"),
        ({"oneOf": [{"type": "string"}, {"type": "string", "minLength": 2}]}, "oneOf constraints are not supported$"),
        ("string", "type str"),
        (None, "type NoneType"),
    ],
)
def test_a_schema_that_cannot_be_held_to_is_refused_by_name(schema: Any, named: str) -> None:
    with pytest.raises(ConfigError) as refused:
        FormMask(Form.json_schema(schema, "response_format.schema"), nano(), think=False, within=False)
    assert re.search(named, refused.value.problem)
    assert refused.value.field == "response_format.schema"
    assert refused.value.fix
    assert len(refused.value.problem) < 400


def test_a_schema_too_deep_is_refused_and_one_at_the_limit_is_compiled() -> None:
    def nested(levels: int) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": "null"}
        for _ in range(levels - 1):
            schema = {"items": schema}
        return schema

    FormMask(Form.json_schema(nested(grammar.DEEPEST)), nano(), think=False, within=False)
    with pytest.raises(ConfigError, match="nested more than"):
        Form.json_schema(nested(grammar.DEEPEST + 1))


@pytest.mark.parametrize("pattern", ["a(", "(?=x)a", r"\bword", r"(a)\1", "[^\\x00-\\U0010ffff]"])
def test_a_regular_expression_that_cannot_be_held_to_is_refused(pattern: str) -> None:
    with pytest.raises(ConfigError, match="cannot be enforced") as refused:
        FormMask(Form.regex(pattern), nano(), think=False, within=False)
    assert refused.value.field == "structured_outputs.regex"
    assert "\n" not in refused.value.problem


MANY = {"type": "object", "properties": {f"p{place}": {"type": "string"} for place in range(2500)}, "required": ["p2499"]}
TOO_HARD = {"type": "object", "properties": {"a": MANY}, "required": ["a"], "additionalProperties": False}


def test_a_form_too_hard_to_follow_fails_where_it_is_and_leaves_no_trace() -> None:
    tokens = nano()
    mask = FormMask(Form.json_schema(TOO_HARD), tokens, think=False, within=False)
    start, opened = ids_of(mask([])), ids_of(mask(encoded('{"a":', tokens)))
    assert start.isdisjoint(tokens.stop_ids)
    for _ in range(2):  # as drafts that are then forgotten
        with pytest.raises(InputError, match=r"too hard to follow: .*items"):
            mask(encoded('{"a": {"', tokens))
        assert ids_of(mask(encoded('{"a":', tokens))) == opened
        assert ids_of(mask([])) == start


def test_an_answer_whose_form_is_too_hard_fails_and_the_others_do_not() -> None:
    loaded = load(str(NANO))
    prompt = loaded.template.encode(loaded.tokenizer, [{"role": "user", "content": "What is 3 + 4?"}])
    engine = TorchEngine(loaded.model)
    forms = Form.json_schema(TOO_HARD), Form.json_schema(POINT)
    masks = [mask_of(form, loaded, think=False, within=False) for form in forms]
    hard, easy = (engine.submit(Request(prompt, 300, loaded.stop_ids, mask=mask)) for mask in masks)
    samples = {sample.id: sample for sample in engine.finished()}
    assert samples[hard].ending is Ending.FAILED
    assert "too hard to follow" in str(samples[hard].failure)
    assert samples[easy].failure is None


def test_a_form_is_compiled_once() -> None:
    tokens, schema = nano(), {**POINT, "title": "compiled once"}
    FormMask(Form.json_schema(schema), tokens, think=False, within=False)
    before = compiled.cache_info()
    one, other = (FormMask(Form.json_schema(dict(schema)), tokens, think=False, within=False) for _ in range(2))
    after = compiled.cache_info()
    assert (after.hits - before.hits, after.misses) == (2, before.misses)
    said = encoded('{"x": 1', tokens)
    assert ids_of(one(said)) != ids_of(other([])) == ids_of(one([])), "and each follows its own answer"


@pytest.mark.parametrize("budget", [None, 5])
def test_the_engine_says_json_whatever_its_model_would_rather(budget: int | None) -> None:
    loaded = load(str(NANO))
    schema = {**POINT, "properties": {"x": {"type": "integer", "minimum": 0, "maximum": 99}, "tag": {"enum": ["a", "b"]}}}
    prompt = loaded.template.encode(loaded.tokenizer, [{"role": "user", "content": "What is 3 + 4?"}])
    thinking = None if budget is None else thinking_of(loaded, budget)
    engine = TorchEngine(loaded.model)
    for seed in range(3):
        mask = mask_of(Form.json_schema(schema), loaded, think=True, within=False)
        engine.submit(Request(prompt, 400, loaded.stop_ids, Sampling(temperature=1.0, seed=seed), mask=mask, thinking=thinking))
    samples = list(engine.finished())
    assert len(samples) == 3
    for sample in samples:
        text = loaded.tokenizer.decode(sample.ids, skip_special=False)
        answer = text.split("</think>")[-1].removesuffix("<|im_end|>").removesuffix("<|endoftext|>").strip()
        jsonschema.validate(json.loads(answer), schema)
    assert torch.get_num_threads() == 1
