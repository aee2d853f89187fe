"""What the word behind ``rtcli proxy`` stands for, and how the app's path is put behind it."""

from __future__ import annotations

import base64

import pytest

from rtcli.errors import BadOption
from rtcli.links.upstream import upstream_of

AZURE = {"AZURE_OPENAI_ENDPOINT": "https://mine.openai.azure.com/openai/v1", "AZURE_OPENAI_API_KEY": "azure-key"}


@pytest.mark.parametrize(
    ("word", "environment", "asked", "url"),
    [
        ("openai", {}, "/v1/realtime?model=m", "wss://api.openai.com/v1/realtime?model=m"),
        ("openai", {}, "/realtime?model=m", "wss://api.openai.com/v1/realtime?model=m"),
        ("openai", {}, "/v1/live/sessions", "wss://api.openai.com/v1/live/sessions"),
        ("openai", {}, "/v12", "wss://api.openai.com/v1/v12"),
        ("openai", {"OPENAI_BASE_URL": "https://gate/openai/v1"}, "/v1/realtime", "wss://gate/openai/v1/realtime"),
        ("openai", {"OPENAI_BASE_URL": "https://gate/openai/v1"}, "/openai/v1/r", "wss://gate/openai/v1/r"),
        ("azure", AZURE, "/openai/realtime?deployment=d", "wss://mine.openai.azure.com/openai/realtime?deployment=d"),
        ("demo", {}, "/v1/realtime", "ws://127.0.0.1:9/v1/realtime"),
        ("ws://host:8080/base/", {}, "/base/x", "ws://host:8080/base/base/x"),
        ("wss://[::1]:443", {}, "/", "wss://[::1]/"),
        ("ws://host", {}, "//x/../y", "ws://host//x/../y"),
    ],
)
def test_the_apps_path_is_put_behind_the_origin(word, environment, asked, url):
    upstream = upstream_of(word, environment, demo="ws://127.0.0.1:9/v1/realtime")
    assert upstream.url(asked) == url
    assert upstream.credentials is None


@pytest.mark.parametrize(
    ("word", "header"),
    [
        ("openai", ("Authorization", "Bearer sk-mine")),
        ("wss://host", ("Authorization", "Bearer sk-mine")),
        ("wss://user:pass@host", ("Authorization", "Bearer sk-mine")),
        ("azure", ("api-key", "azure-key")),
    ],
)
def test_the_key_of_the_environment_goes_where_it_belongs_and_is_not_shown(word, header):
    upstream = upstream_of(word, AZURE | {"OPENAI_API_KEY": "sk-mine\n"}, add_key=True)
    assert upstream.credentials == header
    for secret in ("sk-mine", "azure-key", "pass"):
        assert secret not in repr(upstream) + upstream.url("/")


def test_the_user_in_an_origin_is_sent_and_not_shown():
    upstream = upstream_of("wss://user:p%40ss@host", {})
    assert upstream.credentials == ("Authorization", "Basic " + base64.b64encode(b"user:p@ss").decode())
    assert "p%40ss" not in repr(upstream) + upstream.url("/")


@pytest.mark.parametrize(
    ("word", "environment", "add_key", "why"),
    [
        ("nowhere", {}, False, "names no upstream"),
        ("sk-proj-secret", {}, False, "names no upstream"),
        ("https://host", {}, False, "names no upstream"),
        ("wss://", {}, False, "names no host"),
        ("ws://host:port", {}, False, "is no URL"),
        ("ws://host/x?model=m", {}, False, "has a query"),
        ("azure", {}, False, "AZURE_OPENAI_ENDPOINT is not set"),
        ("openai", {"OPENAI_BASE_URL": "nonsense"}, False, "is no URL"),
        ("openai", {}, True, "OPENAI_API_KEY is not set"),
        ("openai", {"OPENAI_API_KEY": "sk-é"}, True, "character"),
    ],
)
def test_what_is_no_upstream_is_said_without_repeating_it(word, environment, add_key, why):
    with pytest.raises(BadOption, match=why) as refusal:
        upstream_of(word, environment, add_key=add_key)
    assert "secret" not in str(refusal.value)


def test_a_host_that_is_no_ascii_is_asked_for_as_it_is_looked_up():
    found = upstream_of("wss://Bücher.example:8443/v1", {})
    assert (found.host, found.authority) == ("xn--bcher-kva.example", "xn--bcher-kva.example:8443")


@pytest.mark.parametrize("host", ["..example", "a" * 64 + ".example", "\udcff.example"])
def test_a_host_that_is_no_name_is_refused(host):
    with pytest.raises(BadOption, match="it is no URL"):
        upstream_of(f"wss://{host}", {})
