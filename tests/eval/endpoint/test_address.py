"""Addresses as people write them, and keys, of which no error shows anything."""

import pytest

from openmimo.core.errors import InputError
from openmimo.eval.endpoint.address import base_of, key_of


@pytest.mark.parametrize(
    "url, base",
    [
        ("http://localhost:8000", "http://localhost:8000/v1"),
        ("http://localhost:8000/", "http://localhost:8000/v1"),
        (" http://localhost:8000/v1/ ", "http://localhost:8000/v1"),
        ("http://localhost:8000/v1/chat/completions", "http://localhost:8000/v1"),
        ("http://localhost:8000/v1/completions", "http://localhost:8000/v1"),
        ("http://[::1]:8000", "http://[::1]:8000/v1"),
        ("https://host.example/gate", "https://host.example/gate/v1"),
        ("https://host.example/v1beta/openai", "https://host.example/v1beta/openai"),
        ("https://host.example/api/chat/completions", "https://host.example/api"),
        ("http://localhost:8000/chat/completions", "http://localhost:8000"),
    ],
)
def test_a_base_is_found(url: str, base: str) -> None:
    assert base_of(url) == base


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:8000",
        "ftp://host",
        "http://",
        "http://host:port",
        "http://host:99999999",
        "http://[::1",
        "http://user:s3cret@host",
        "https://host/v1?key=s3cret",
        "https://host/v1#s3cret",
        "s3cret",
    ],
)
def test_what_is_no_address_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(InputError) as raised:
        base_of(url)
    assert raised.value.fix
    assert "s3cret" not in str(raised.value)


def test_a_key_comes_from_the_environment() -> None:
    assert key_of({}) == ""
    assert key_of({"OPENAI_API_KEY": "b"}) == "b"
    assert key_of({"OPENAI_API_KEY": "b", "OPENMIMO_API_KEY": " a\n"}) == "a"
    assert key_of({"OPENAI_API_KEY": "b", "OPENMIMO_API_KEY": " "}) == "b"
    for broken in ("s3cret\ns3cret", "s3cret–"):
        with pytest.raises(InputError) as raised:
            key_of({"OPENAI_API_KEY": broken})
        assert "s3cret" not in str(raised.value)
        assert "OPENAI_API_KEY" in raised.value.problem
