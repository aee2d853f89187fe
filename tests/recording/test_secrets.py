"""What of a handshake is written down."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rtcli.recording.secrets import HARMLESS_HEADERS, harmless_headers, harmless_subprotocol, harmless_url

SECRET = "s3cr3t-k3y"
NAMES = st.sampled_from(["api-key", "key", "token", "access_token", "Authorization", "sig", "client_secret", "x"])


def test_a_url_keeps_what_tells_something():
    url = "wss://api.example.com/v1/realtime?model=gpt-realtime&api-version=2&intent=transcription"
    assert harmless_url(url) == url


@given(NAMES)
def test_a_key_in_a_url_is_dropped_wherever_it_stands(name):
    for url in (
        f"wss://h/p?model=m&{name}={SECRET}",
        f"wss://{name}:{SECRET}@h/p?model=m",
        f"wss://h/p?model=m#{name}={SECRET}",
    ):
        assert harmless_url(url) == "wss://h/p?model=m"


@given(
    st.dictionaries(
        NAMES | st.text(min_size=1, max_size=8).filter(lambda name: name.lower() not in HARMLESS_HEADERS),
        st.just(SECRET),
    )
)
def test_a_header_is_kept_only_when_it_is_known_to_be_harmless(headers):
    assert harmless_headers(headers.items()) == {}


def test_request_ids_are_kept_in_lower_case():
    assert harmless_headers([("X-Request-Id", "req_1"), ("Set-Cookie", SECRET)]) == {"x-request-id": "req_1"}


def test_the_key_that_browsers_put_into_the_subprotocol_is_dropped():
    assert harmless_subprotocol("realtime") == "realtime"
    assert harmless_subprotocol(f"openai-insecure-api-key.{SECRET}") is None
    assert harmless_subprotocol(None) is None
