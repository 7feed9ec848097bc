"""Reasoning and answer are told apart by the server's fields, or by the model's tags, also where the prompt opened them."""

from typing import Any

import pytest

from openmimo.eval.ask import Ask, Said
from openmimo.eval.endpoint.speech import said

ASKED = Ask(messages=({"role": "user", "content": "?"},))


def answered(**message: Any) -> Said:
    return said(1, ASKED, {"choices": [{"message": message, "finish_reason": "stop"}]}, 0.5)


@pytest.mark.parametrize(
    "message, reasoning, text",
    [
        ({"content": " 42\n"}, "", "42"),
        ({"content": "42", "reasoning_content": "\nhm\n"}, "hm", "42"),
        ({"content": "42", "reasoning": "hm"}, "hm", "42"),
        ({"content": "<think>hm</think>42", "reasoning_content": None, "reasoning": ""}, "hm", "42"),
        ({"content": "hm\n</think>\n\n42"}, "hm", "42"),  # opened by the prompt
        ({"content": "<think>hm, and still"}, "hm, and still", ""),  # cut short
        ({"content": None, "reasoning": "hm, and still"}, "hm, and still", ""),
        ({"content": "<think>a</think>`</think>` ends it"}, "a", "`</think>` ends it"),
        ({"content": "```python\nprint(1)\n```"}, "", "```python\nprint(1)\n```"),
    ],
)
def test_reasoning_and_answer(message: dict[str, Any], reasoning: str, text: str) -> None:
    one = answered(**message)
    assert (one.reasoning, one.text, one.ending, one.seconds) == (reasoning, text, "stop", 0.5)


def test_a_server_that_does_not_count_leaves_none() -> None:
    for usage in (None, [], {"prompt_tokens": "7"}):
        one = said(3, ASKED, {"choices": [{"message": {"content": "x"}, "finish_reason": None}], "usage": usage}, 0.0)
        assert (one.number, one.tokens, one.prompt_tokens, one.ending) == (3, None, None, "stop")


def test_a_likelihood_counts_the_continuation_once() -> None:
    """A server counts all that it echoes as prompt, and here what is asked about is none of it."""
    echoed = {"text": "a b", "logprobs": {"tokens": ["a", " b", " c", "!"], "token_logprobs": [None, -1.0, -0.5, -2.0]}}
    reply = {"choices": [echoed], "usage": {"prompt_tokens": 3, "completion_tokens": 1}}
    one = said(1, Ask(text="a", continuation=" b c"), reply, 0.0)
    assert (one.prompt_tokens, one.tokens, one.logprob) == (1, 2, -1.5)
