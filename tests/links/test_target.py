"""What the word behind ``rtcli connect`` stands for."""

from __future__ import annotations

import pytest

from rtcli.errors import BadOption
from rtcli.links.target import header_of, target_of


def target(word, environment, model=None):
    return target_of(word, environment, model, {})


def test_openai_takes_its_key_from_the_environment():
    found = target("openai", {"OPENAI_API_KEY": "sk-x"})
    assert found.url == "wss://api.openai.com/v1/realtime?model=gpt-realtime"
    assert found.headers == (("Authorization", "Bearer sk-x"),)


def test_openai_takes_its_base_from_the_environment():
    found = target("openai", {"OPENAI_API_KEY": "sk-x", "OPENAI_BASE_URL": "http://127.0.0.1:9/v1/"}, "m")
    assert found.url == "ws://127.0.0.1:9/v1/realtime?model=m"


def test_azure_takes_endpoint_key_and_deployment():
    environment = {"AZURE_OPENAI_ENDPOINT": "https://me.openai.azure.com/", "AZURE_OPENAI_API_KEY": "k"}
    found = target("azure", environment, "my deployment")
    assert found.url == "wss://me.openai.azure.com/openai/v1/realtime?model=my%20deployment"
    assert found.headers == (("api-key", "k"),)


def test_without_a_word_the_environment_decides():
    assert target(None, {"RTCLI_URL": "ws://there/", "OPENAI_API_KEY": "sk-x"}).url == "ws://there/"
    assert target(None, {"OPENAI_API_KEY": "sk-x"}).url.startswith("wss://api.openai.com/")


def test_without_anything_one_line_names_the_demo():
    with pytest.raises(BadOption, match="rtcli connect demo"):
        target(None, {})


def test_a_url_keeps_its_query_and_takes_the_model():
    assert target("ws://h/v1/realtime?a=b&model=old", {}, "new").url == "ws://h/v1/realtime?a=b&model=new"


@pytest.mark.parametrize(
    ("word", "environment", "model"),
    [
        ("openai", {}, None),
        ("azure", {}, "m"),
        ("azure", {"AZURE_OPENAI_ENDPOINT": "https://h", "AZURE_OPENAI_API_KEY": "k"}, None),
        ("ftp://h", {}, None),
        ("demoo", {}, None),
    ],
)
def test_what_cannot_be_meant_is_refused_with_advice(word, environment, model):
    with pytest.raises(BadOption, match=";"):
        target(word, environment, model)


@pytest.mark.parametrize(("scheme", "right"), [("http", "ws"), ("https", "wss")])
def test_who_names_a_page_is_told_how_its_url_begins(scheme, right):
    with pytest.raises(BadOption, match=f"begin it with {right}://"):
        target(f"{scheme}://api.example.com/v1", {}, None)


def test_a_key_pasted_as_a_target_is_not_repeated():
    with pytest.raises(BadOption) as refusal:
        target("sk-proj-0123456789abcdef", {})
    assert "0123456789" not in str(refusal.value)


def test_a_target_does_not_show_its_key():
    shown = repr(target("openai", {"OPENAI_API_KEY": "sk-secret"}))
    assert "sk-secret" not in shown


AZURE = {"AZURE_OPENAI_ENDPOINT": "https://h"}


def test_a_key_that_was_read_from_a_file_ends_where_its_line_does():
    assert target("openai", {"OPENAI_API_KEY": " sk-x\r\n"}).headers == (("Authorization", "Bearer sk-x"),)
    assert target("azure", {**AZURE, "AZURE_OPENAI_API_KEY": "k\n"}, "m").headers == (("api-key", "k"),)


@pytest.mark.parametrize("key", ["sk-x\r\nX-Injected: yes", "sk-x\nsk-y", "sk-\0", "sk-\udcff", "sk-“x”"])
def test_a_key_that_no_header_can_have_is_refused_without_repeating_it(key):
    for word, environment in (("openai", {"OPENAI_API_KEY": key}), ("azure", {**AZURE, "AZURE_OPENAI_API_KEY": key})):
        with pytest.raises(BadOption, match="API_KEY holds a character that a header cannot have") as refusal:
            target(word, environment, "m")
        assert "sk-" not in str(refusal.value)


def test_a_header_is_a_name_and_a_value():
    assert header_of("X-Tenant:  a:b ") == ("X-Tenant", "a:b")


@pytest.mark.parametrize("option", ["nothing at all", ": hidden", "a b: c", "X: a\r\nY: b"])
def test_what_is_no_header_is_refused_without_repeating_it(option):
    with pytest.raises(BadOption) as refusal:
        header_of(option)
    assert option not in str(refusal.value)
