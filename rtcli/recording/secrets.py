"""What of a handshake may be written down: an allow-list, so that a new kind of key stays out too."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

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

_NO_TEXT = re.compile("[\ud800-\udfff]")
"""How the library for WebSockets gives a header's bytes beyond ASCII; no file can hold it."""


def harmless_headers(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The headers that may be recorded, by lower-case name."""
    kept = ((name.lower(), value) for name, value in headers)
    return {name: _NO_TEXT.sub("\ufffd", value) for name, value in kept if name in HARMLESS_HEADERS}


def harmless_url(url: str) -> str:
    """The URL without user, password, fragment and every query parameter that may be a key.

    Of a text that cannot be told apart into these nothing but the scheme.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return _scheme(url)
    host = parts.netloc.rpartition("@")[2]
    if not host:
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
