"""What archives of sockets have in common: which of them speaks one of the dialects, and at which address."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any, Final

import msgspec

from rtcli.events import DIALECTS

_NAMES: Final = frozenset(name for dialect in DIALECTS.values() for name in dialect.types)
_LOOKED_AT: Final = 50
"""So many messages of a socket show what it speaks."""
_object: Final = msgspec.json.Decoder(dict[str, Any])


def speaks(texts: Iterable[str]) -> bool:
    """Whether there is an event of one of the dialects among the first texts of a socket."""
    return any(_type(text) in _NAMES for text in islice(texts, _LOOKED_AT))


def _type(text: str) -> str | None:
    if not text.startswith("{"):
        return None
    try:
        kind = _object.decode(text).get("type")
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    return kind if isinstance(kind, str) else None


def socket_url(url: str) -> str:
    """The URL as a socket has it; some proxies write that of the request which became one."""
    return f"ws{url[4:]}" if url.startswith("http") else url
