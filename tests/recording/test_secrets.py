"""What of a handshake is written down."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtcli.recording.secrets import (
    HARMLESS_HEADERS,
    HIDDEN,
    harmless_headers,
    harmless_subprotocol,
    harmless_url,
    keys_of,
    without_keys,
)

SECRET = "s3cr3t-k3y"
NAMES = st.sampled_from(["api-key", "key", "token", "access_token", "Authorization", "sig", "client_secret", "x"])


@pytest.mark.parametrize(
    "url",
    [
        "wss://api.example.com/v1/realtime?model=gpt-realtime&api-version=2&intent=transcription",
        "ws://127.0.0.1:8080/v1/realtime",
        "ws://[::1]:8080/v1/realtime?model=m",
        "wss://api.example.com/v1/realtime?model=&intent=transcription",
    ],
)
def test_a_url_keeps_what_tells_something(url):
    assert harmless_url(url) == url


@given(NAMES)
def test_a_key_in_a_url_is_dropped_wherever_it_stands(name):
    for url in (
        f"wss://h/p?model=m&{name}={SECRET}",
        f"wss://{name}:{SECRET}@h/p?model=m",
        f"wss://h/p?model=m#{name}={SECRET}",
        f"wss://h/p?{name.upper()}={SECRET}&model=m&{name}={SECRET}",
        f"wss://u:{SECRET}@{SECRET}@h/p?model=m",
        f"wss://h/p?model=m&{name}%3D={SECRET}",
        f"wss://h/p?model=m&{SECRET}",
        f"wss://h/p?model=m;{name}={SECRET}",
    ):
        assert harmless_url(url) == "wss://h/p?model=m"


ODD = st.text("abcXYZ019-_.~%=&;@:/?#[]\\ é", max_size=12)


@given(ODD, ODD)
def test_no_url_keeps_a_secret_whatever_stands_around_it(before, after):
    for url in (
        f"wss://{before}:{SECRET}@host/v1/realtime?model=m",
        f"wss://host/v1/realtime?model=m&x{before}={SECRET}{after}",
        f"wss://host/v1/realtime?model=m#{before}{SECRET}{after}",
    ):
        known = f"&model={SECRET}" in url.replace("?", "&")
        assert SECRET not in harmless_url(url) or known


@pytest.mark.parametrize("password", ["pa/KEY", "12/KEY", "KEY/pa", "KEY?pa", "pa#KEY", "/KEY", "pa/KEY/pa"])
def test_a_password_is_dropped_whatever_is_in_it(password):
    assert SECRET not in harmless_url(f"wss://user:{password}@host/v1/realtime".replace("KEY", SECRET))


@pytest.mark.parametrize("url", ["wss://host/v1/a@b", "wss://host/v1?model=m%40001"])
def test_an_at_in_a_path_is_kept_where_it_can_end_no_password(url):
    assert harmless_url(url) == url


@pytest.mark.parametrize(
    "url", ["wss://[", "wss://u:KEY@[::1", "wss://host:port/", "wss:KEY", "", "wss://\uff0f:KEY@h/"]
)
def test_a_url_that_cannot_be_taken_apart_says_nothing_of_itself(url):
    assert SECRET not in harmless_url(url.replace("KEY", SECRET))


@given(
    st.dictionaries(
        NAMES | st.text(min_size=1, max_size=8).filter(lambda name: name.lower() not in HARMLESS_HEADERS),
        st.just(SECRET),
    )
)
def test_a_header_is_kept_only_when_it_is_known_to_be_harmless(headers):
    assert harmless_headers(headers.items()) == {}


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "api-key",
        "X-Api-Key",
        "ocp-apim-subscription-key",
        "Cookie",
        "Set-Cookie",
        "OpenAI-Organization",
        "Location",
        "Via",
        "Proxy-Authorization",
        "WWW-Authenticate",
        "x-goog-api-key",
        "Sec-WebSocket-Protocol",
    ],
)
def test_a_header_that_may_carry_a_key_or_an_owner_is_dropped(name):
    assert harmless_headers([(name, SECRET), (name.lower(), SECRET), (name.upper(), SECRET)]) == {}


def test_bytes_of_a_header_that_are_no_text_are_marked():
    """The library for WebSockets gives bytes beyond ASCII as surrogates, which no file can hold."""
    value = b"caf\xff 1".decode("ascii", "surrogateescape")
    assert harmless_headers([("Server", value)]) == {"server": "caf\ufffd 1"}


def test_request_ids_are_kept_in_lower_case():
    assert harmless_headers([("X-Request-Id", "req_1"), ("Set-Cookie", SECRET)]) == {"x-request-id": "req_1"}


def test_the_key_that_browsers_put_into_the_subprotocol_is_dropped():
    assert harmless_subprotocol("realtime") == "realtime"
    assert harmless_subprotocol(f"openai-insecure-api-key.{SECRET}") is None
    assert harmless_subprotocol(None) is None


@pytest.mark.parametrize(
    "subprotocol",
    [f"bearer.{SECRET}", f"realtime, {SECRET}", SECRET, f"ek_{SECRET}", f"realtime.{SECRET}", "sk-1", ""],
)
def test_a_subprotocol_that_is_not_known_to_be_harmless_is_dropped(subprotocol):
    assert harmless_subprotocol(subprotocol) is None


def test_the_subprotocols_of_the_protocol_itself_are_kept():
    for subprotocol in ("realtime", "openai-beta.realtime-v1"):
        assert harmless_subprotocol(subprotocol) == subprotocol


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        ("wss://h/p?model=m", [("Authorization", f"Bearer {SECRET}")]),
        ("wss://h/p?model=m", [("x-tenant", SECRET)]),
        ("wss://h/p?model=m", [("Sec-WebSocket-Protocol", f"realtime, openai-insecure-api-key.{SECRET}")]),
        (f"wss://h/p?model=m&x={SECRET}", []),
        (f"wss://h/p?model=m;x={SECRET}", []),
        (f"wss://h/p?model=m&{SECRET}", []),
        (f"wss://{SECRET}@h/p", []),
        (f"wss://u:{SECRET}@h/p", []),
        (f"wss://h/p?x={SECRET.replace('-', '%2D')}", []),
        (f"wss://u:{SECRET.replace('-', '%2D')}@h/p", []),
        ("wss://[", [("api-key", SECRET)]),
    ],
)
def test_what_a_handshake_says_that_may_be_a_key_is_known(url, headers):
    assert SECRET in keys_of(url, headers)


def test_what_a_handshake_tells_to_anybody_and_what_is_as_short_as_a_word_is_no_key():
    headers = [("User-Agent", "python-websockets"), ("Sec-WebSocket-Protocol", "realtime,openai-beta.realtime-v1")]
    assert keys_of("wss://u:short@h/p?model=gpt-realtime&x=short", [*headers, ("api-key", "short")]) == []
    assert keys_of("wss://[", [("api-key", "short")]) == []
    assert set(keys_of("wss://h/p?x=sixsix", [])) == {"sixsix"}
    assert keys_of("wss://[", [("api-key", "sixsix")]) == ["sixsix"]


def test_a_known_key_goes_however_it_is_spelt_and_all_of_it():
    assert without_keys("it was a b/c+d, no?", ["a b/c+d"]) == f"it was {HIDDEN}, no?"
    assert without_keys("it was a%20b%2Fc%2Bd, no?", ["a b/c+d"]) == f"it was {HIDDEN}, no?"
    assert without_keys("it was a%20b/c%2Bd, no?", ["a b/c+d"]) == f"it was {HIDDEN}, no?"
    assert without_keys("it was secret-and-more", ["secret", "secret-and-more"]) == f"it was {HIDDEN}"
    assert without_keys("it was nothing", [""]) == "it was nothing"


@pytest.mark.parametrize("half", [chr(0xDCFF), chr(0xD83D)])
def test_a_key_that_is_no_text_is_taken_out_too(half):
    key = f"s3cr3t-{half}-k3y"
    assert without_keys(f"it was {key}, no?", [key]) == f"it was {HIDDEN}, no?"
    assert harmless_headers([("Server", key)], [key]) == {"server": HIDDEN}


@given(st.lists(st.text("abé/%+ -", min_size=1, max_size=4), max_size=5), st.data())
def test_of_no_key_anything_is_left_however_it_is_spelt(keys, data):
    spelt = [form(key) for key in keys for form in (str, quote, lambda key: quote(key, safe=""))]
    pieces = data.draw(st.lists(st.sampled_from([*spelt, "x", "%", "ab"]), max_size=8))
    left = without_keys("|".join(pieces), keys)
    assert not [spelling for spelling in spelt if spelling in left]


def test_a_key_that_is_said_twice_is_looked_for_once():
    assert keys_of("wss://h/?k=s3cr3t-k3y", [("x-key", "s3cr3t-k3y, s3cr3t-k3y")]) == ["s3cr3t-k3y"]


def test_a_key_that_is_no_text_is_known_as_a_url_has_its_bytes():
    assert without_keys("it was s3cr3t-%FF-k3y, no?", ["s3cr3t-\udcff-k3y"]) == f"it was {HIDDEN}, no?"


def test_what_has_the_shape_of_a_key_goes_whoever_knows_it():
    one, other = "sk-" + "aB3dE5fG7hI9jK1l", "ek_" + "aB3dE5fG7hI9jK1l"
    assert without_keys(f"no {one}, no {other}.") == f"no {HIDDEN}, no {HIDDEN}."


@pytest.mark.parametrize(
    ("url", "said"),
    [("WSS://[KEY", "wss://"), ("http:KEY", "http://"), ("KEY:wss", ""), ("KEY", ""), ("ws://", "ws://")],
)
def test_of_a_url_that_cannot_be_taken_apart_the_scheme_is_told_where_it_is_one(url, said):
    assert harmless_url(url.replace("KEY", SECRET)) == said
