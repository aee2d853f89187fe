"""What of an address and of a handshake may be written down: no key, whatever it stands in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import quote

from fuzz.target import Target

from rtcli.errors import RtcliError
from rtcli.links.target import header_of, target_of
from rtcli.recording import Header
from rtcli.recording.secrets import HARMLESS_QUERY, harmless_headers, harmless_subprotocol, harmless_url

_KEY = "Kq7Zt1Kq7Zt1Kq7Zt1"


def check(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    first, _, rest = text.partition("\n")
    for url in (first, text):
        clean = harmless_url(url)
        assert harmless_url(clean) == clean, (url, clean)
        Header(rtcli=1, url=clean)
    names = [line.partition(":")[::2] for line in rest.split("\n")]
    for value in harmless_headers(names).values():
        value.encode()
    harmless_subprotocol(first)
    with suppress(RtcliError):
        target_of(first, {"OPENAI_API_KEY": _KEY}, None, {})
    with suppress(RtcliError):
        header_of(first)
    places = [f"wss://{_KEY}:{_KEY}@h/{quote(first, safe='')}", f"wss://{quote(first, safe='')}:{_KEY}@h/"]
    if quote(first, safe="").lower() not in HARMLESS_QUERY:
        places.append(f"wss://h/v1?model=m&{quote(first, safe='')}={_KEY}")
    for url in places:
        assert _KEY not in harmless_url(url), url


def seeds() -> Iterator[bytes]:
    yield b"wss://user:pass@api.openai.com/v1/realtime?model=gpt-realtime&api-key=x#y\nx-request-id: 1\nCookie: a"
    yield b"realtime"
    yield b"wss://[::1]:80/?call_id=1;intent=2"
    yield b"//a@b@c/?MODEL=%41"


TARGET = Target(
    check, seeds, ("recording.secrets", "recording.record", "links.target"), max_bytes=512, mutates_json=False
)
