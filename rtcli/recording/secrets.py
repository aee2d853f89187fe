"""What of a handshake may be written down: an allow-list, so that a new kind of key stays out too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

HARMLESS_HEADERS = frozenset(
    {
        "apim-request-id",
        "cf-ray",
        "content-type",
        "date",
        "openai-processing-ms",
        "openai-version",
        "sec-websocket-extensions",
        "server",
        "x-envoy-upstream-service-time",
        "x-ms-region",
        "x-request-id",
    }
)
"""Response headers that tell an engineer something and an attacker nothing."""

HARMLESS_QUERY = frozenset({"api-version", "call_id", "deployment", "intent", "model"})
"""Query parameters that the Realtime endpoints document and that are no credentials."""


HARMLESS_SUBPROTOCOLS = frozenset({"openai-beta.realtime-v1", "realtime"})
"""What servers choose; a browser offers its key, as ``openai-insecure-api-key.*``, beside them."""

KEY_SUBPROTOCOL = "openai-insecure-api-key."
"""What stands before the key among the subprotocols that a browser offers."""

_TOLD_TO_ANYBODY = frozenset(
    {"accept", "accept-encoding", "accept-language", "cache-control", "connection", "host", "openai-beta", "origin"}
    | {"pragma", "sec-websocket-extensions", "sec-websocket-key", "sec-websocket-version", "upgrade", "user-agent"}
)
_NO_KEYS = HARMLESS_SUBPROTOCOLS | {"application/json"}
_SHORTEST_KEY = 6
"""What is shorter cannot be told from a word."""

HIDDEN = "…"
"""What stands in the place of a key."""

_NO_TEXT = re.compile("[\ud800-\udfff]")
"""How the library for WebSockets gives a header's bytes beyond ASCII; no file can hold it."""


def harmless_headers(headers: Iterable[tuple[str, str]], known: Iterable[str] = ()) -> dict[str, str]:
    """The headers that may be recorded, by lower-case name; these keys, and others, do not stand in them either."""
    kept = ((name.lower(), value) for name, value in headers)
    keys = tuple(known)
    return {name: _NO_TEXT.sub("\ufffd", without_keys(value, keys)) for name, value in kept if name in HARMLESS_HEADERS}


def keys_of(url: str, headers: Iterable[tuple[str, str]]) -> list[str]:
    """What a handshake says that may be a key, so that it can be taken out of a server's answer, which may quote it."""
    keys = [
        word
        for name, value in headers
        if name.lower() not in _TOLD_TO_ANYBODY
        for word in re.split(r"[\s,]+", value)
        if word.lower() not in _NO_KEYS
    ]
    try:
        parts = urlsplit(url)
    except ValueError:
        return [key for key in keys if len(key) >= _SHORTEST_KEY]
    keys += [value or name for name, value in _parameters(parts.query) if name.lower() not in HARMLESS_QUERY]
    keys += [piece for piece in (parts.username, parts.password) if piece]
    keys += [unquote(key) for key in keys]
    keys += [key.removeprefix(KEY_SUBPROTOCOL) for key in keys]
    return [key for key in dict.fromkeys(keys) if len(key) >= _SHORTEST_KEY]


def _parameters(query: str) -> list[tuple[str, str]]:
    """As servers read them that take a semicolon for an end, and as the others do."""
    readings = (query, query.replace(";", "&"))
    return [one for reading in readings for one in parse_qsl(reading, keep_blank_values=True)]


def harmless_url(url: str) -> str:
    """The URL without user, password, fragment and every query parameter that may be a key.

    Of a text that cannot be told apart into these nothing but the scheme.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port  # which raises where it is no number
    except ValueError:
        return _scheme(url)
    host = parts.netloc.rpartition("@")[2]
    # A slash in a password ends what is taken for the host: the rest of it stands behind, up to the @.
    behind = (parts.path + parts.query + parts.fragment).rpartition("@")[0]
    if not host or (behind and ":" in host + behind):
        return _scheme(url)
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query.replace(";", "&"), keep_blank_values=True)
        if name.lower() in HARMLESS_QUERY
    ]
    return urlunsplit((parts.scheme, host, parts.path, urlencode(query, quote_via=quote), ""))


def _scheme(url: str) -> str:
    scheme = url.partition(":")[0].lower()
    return f"{scheme}://" if scheme in {"ws", "wss", "http", "https"} else ""


def harmless_subprotocol(subprotocol: str | None) -> str | None:
    """The subprotocol if it is known to be one, and no key."""
    return subprotocol if subprotocol in HARMLESS_SUBPROTOCOLS else None


def without_keys(text: str, known: Iterable[str] = ()) -> str:
    """The text without these keys, and without what has the shape of one or is called one."""
    from rtcli.recording.finding import keys_in  # noqa: PLC0415 - a hundred patterns, which few errors need

    escaped = "%" in text  # a handshake may say a hundred thousand words, and few are in its answer
    there = {spelling for key in known if key for spelling in _spellings(key, escaped=escaped) if spelling in text}
    for key in sorted(there, key=len, reverse=True):
        text = text.replace(key, HIDDEN)
    for start, end, _ in reversed(keys_in(text)):
        text = text[:start] + HIDDEN + text[end:]
    return text


def _spellings(key: str, *, escaped: bool) -> Iterator[str]:
    """The key as it is, and as a URL has it where there may be one; a half of a character is in no URL."""
    yield key
    if not escaped:
        return
    with suppress(UnicodeEncodeError):
        plain = key.encode("utf-8", "surrogateescape")
        yield quote(plain, safe="")
        yield quote(plain)
