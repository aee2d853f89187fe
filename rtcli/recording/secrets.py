"""What of a handshake may be written down: an allow-list, so that a new kind of key stays out too."""

from __future__ import annotations

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


def harmless_headers(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The headers that may be recorded, by lower-case name."""
    return {name.lower(): value for name, value in headers if name.lower() in HARMLESS_HEADERS}


def harmless_url(url: str) -> str:
    """The URL without user, password, fragment and every query parameter that may be a key."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name.lower() in HARMLESS_QUERY
    ]
    return urlunsplit((parts.scheme, host, parts.path, urlencode(query, quote_via=quote), ""))


def harmless_subprotocol(subprotocol: str | None) -> str | None:
    """The subprotocol unless it carries a key, as browsers' ``openai-insecure-api-key.*`` does."""
    if subprotocol is None or "key" in subprotocol.lower():
        return None
    return subprotocol
