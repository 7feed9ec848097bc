"""Refusals are sorted into those that pass and those that stay, pauses are the same in every run, and causes are the system's."""

import socket
import ssl
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openmimo.eval.endpoint.failure import after_s, message_of, pause_s, refusal, root_of

NOW = datetime(2026, 11, 25, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "header, seconds",
    [
        ("5", 5.0),
        ("0", 0.0),
        ("", 0.0),
        ("soon", 0.0),
        ("-3", 0.0),
        ("Wed, 25 Nov 2026 12:00:30 GMT", 30.0),
        ("Wed, 25 Nov 2026 11:59:00 GMT", 0.0),
        ("Wed, 25 Nov 2026 13:00:30 +0100", 30.0),
        ("Wed, 99 Nov 2026 12:00:30 GMT", 0.0),
    ],
)
def test_how_long_a_server_wants_to_be_left_alone(header: str, seconds: float) -> None:
    assert after_s(header, NOW) == seconds


def test_which_refusals_pass() -> None:
    again = {status: refusal(status, {}, b"{}", NOW).again for status in (302, 400, 401, 403, 404, 408, 409, 413, 422, 429, 500, 501, 503)}
    assert [status for status, passes in again.items() if passes] == [408, 409, 429, 500, 503]
    wait = refusal(429, {"retry-after": "7"}, b"", NOW)
    assert (wait.after_s, str(wait)) == (
        7.0,
        "the server says 429: (no message) (and to wait 7s); ask for fewer answers at once (--at-once)",
    )
    assert str(refusal(301, {}, b"", NOW)).endswith("give the address that this one leads to")


@pytest.mark.parametrize(
    "body, message",
    [
        (b'{"error": {"message": "a  b\\nc", "type": "t"}}', "a b c"),
        (b'{"error": "plain"}', "plain"),
        (b'{"object": "error", "message": "old vLLM"}', "old vLLM"),
        (b'{"detail": [{"loc": ["body"], "msg": "no"}]}', '[{"loc": ["body"], "msg": "no"}]'),
        (b"<b>Bad\xff Gateway</b>", "<b>Bad\ufffd Gateway</b>"),
        (b"", "(no message)"),
    ],
)
def test_the_message_is_found_in_its_wrapping(body: bytes, message: str) -> None:
    assert message_of(body) == message


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60))
def test_any_body_has_a_message_of_one_line(body: bytes) -> None:
    assert message_of(body)
    assert "\n" not in message_of(body)


def test_pauses_double_to_a_limit_and_part_asks_from_each_other() -> None:
    for tried in range(1, 12):
        whole = min(2.0 ** (tried - 1), 60.0)
        pauses = [pause_s(tried, ask, 1.0, 60.0) for ask in range(50)]
        assert pauses == [pause_s(tried, ask, 1.0, 60.0) for ask in range(50)]
        assert all(whole / 2 <= pause <= whole for pause in pauses)
        assert len(set(pauses)) == 50
    assert pause_s(10_000, 1, 1.0, 60.0) <= 60.0


def test_the_cause_is_the_systems_whatever_it_is_wrapped_in() -> None:
    def wrapped(inner: BaseException) -> BaseException:
        outer = RuntimeError("all attempts failed")
        outer.__cause__ = inner
        return outer

    assert root_of(wrapped(wrapped(ConnectionRefusedError(111, "Connection refused")))) == "Connection refused"
    assert root_of(wrapped(ExceptionGroup("several", [OSError(113, "No route to host"), OSError(1, "no")]))) == "No route to host"
    assert root_of(wrapped(ConnectionRefusedError(111, "Connect call failed ('127.0.0.1', 1)"))) == "Connection refused"
    assert root_of(wrapped(socket.gaierror(-2, "Name or service not known"))) == "Name or service not known"
    assert root_of(RuntimeError("peer closed")) == "peer closed"
    assert root_of(RuntimeError()) == "RuntimeError"
    refused = ssl.SSLCertVerificationError(1, "[SSL] long")
    refused.verify_message = "self-signed certificate"
    assert root_of(wrapped(refused)) == "certificate refused, self-signed certificate"
