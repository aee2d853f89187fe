"""What a shell offers for an id that is being typed: those in the recording that is named before it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

_LOOKED_AT_BYTES: Final = 1 << 26
"""Nobody waits longer for a shell to offer something."""
_OFFERED: Final = 200


def offered_responses(ctx: Any, incomplete: str) -> list[str]:
    """The ids of responses that begin so."""
    return _offered(
        ctx, incomplete, rb'"response_id"\s*:\s*"([^"\\]+)"|"response"\s*:\s*\{[^{}]{0,200}?"id"\s*:\s*"([^"\\]+)"'
    )


def offered_items(ctx: Any, incomplete: str) -> list[str]:
    """The ids of items that begin so."""
    return _offered(ctx, incomplete, rb'"item_id"\s*:\s*"([^"\\]+)"|"item"\s*:\s*\{[^{}]{0,200}?"id"\s*:\s*"([^"\\]+)"')


def _offered(ctx: Any, incomplete: str, pattern: bytes) -> list[str]:
    # While an option has no value yet, the arguments before it are not told apart.
    path = next((Path(one) for one in (ctx.params.get("path"), *ctx.args) if one and Path(one).is_file()), None)
    found: dict[str, None] = {}
    if path is not None:
        for one in _ids(path, re.compile(pattern)):
            if one.startswith(incomplete):
                found[one] = None
            if len(found) >= _OFFERED:
                break
    return list(found)


def _ids(path: Path, pattern: re.Pattern[bytes]) -> Iterator[str]:
    from rtcli.errors import RtcliError
    from rtcli.formats import read_lines

    read_bytes = 0
    with suppress(RtcliError):
        for line in read_lines(path):
            read_bytes += len(line)
            if read_bytes > _LOOKED_AT_BYTES:
                return
            for told in pattern.finditer(line[:4096]):
                yield (told[1] or told[2]).decode("utf-8", "replace")
