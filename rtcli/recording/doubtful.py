"""What looks like a secret and has no shape that is known: long, without rhythm, and in no field for ids."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from math import log2
from typing import Final, NamedTuple

from rtcli.recording.nested import Path, is_encoded
from rtcli.recording.placeholders import is_placeholder

_IDS: Final = (
    r"(?:event|item|resp|sess|conv|call|msg|rs|fc|fco|mcp[a-z]*|part|req|rtc|dlg|asst|thread|run|vs|file|evt|chatcmpl|gen"
    r"|prompt|pmpt|voice|proj|org|user|cust|order|model|ft|batch|ws|ctc|ig|ci|lsh)[_-]"
)
_UUID: Final = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
TOKEN: Final = re.compile(
    rf"(?<![A-Za-z0-9+/_-])(?!{_IDS}|{_UUID})(?=[A-Za-z0-9+/_-]*[0-9])[A-Za-z0-9+/_-]{{24,}}={{0,2}}(?![A-Za-z0-9])"
)
"""A run of characters that is worth a closer look."""
_LONGEST: Final = 256
_RUN: Final = re.compile(r"[A-Za-z0-9]+")
_LEAST_RUN: Final = 16
_HEX: Final = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_HEX_AT_LEAST: Final = 32
_LEAST_BITS: Final = 3.6
_HEX_BITS: Final = 2.8
_PLACES: Final = re.compile(
    r"(?i:.*ids?|type|object|model|voice|status|code|obfuscation|encrypted_content|image_url|file_url|started_at|by"
    r"|.*hash|sha\d*|md5|etag|.*digest|checksum|trace.*|.*request.*|cf-ray|delta|audio|binary|name|server_label|rtcli)"
)
"""Names of fields that hold ids and the like; a delta of audio is none of words."""


class Doubt(NamedTuple):
    """A place that looks like a secret of no known shape; what stands there is left, and never told."""

    line: int
    path: str
    place: int = 0
    """How many characters stand before it in its text."""


def dotted(path: Iterable[str | int]) -> str:
    """A path as people write it."""
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path if step != "")


def doubtful(text: str) -> Iterator[int]:
    """Where in a text something begins that looks like a secret."""
    if text.startswith("data:"):
        return
    for match in TOKEN.finditer(text):
        if _is_without_rhythm(match[0]) and not is_placeholder(match[0]) and not is_encoded(match[0]):
            yield match.start()


def holds_ids(path: Path) -> bool:
    """Whether the field at the end of a path is one for ids, or of a record's envelope."""
    name = next((step for step in reversed(path) if isinstance(step, str)), "")
    return "headers" in path or _PLACES.fullmatch(name) is not None


def _is_without_rhythm(token: str) -> bool:
    if len(token) > _LONGEST or max(map(len, _RUN.findall(token))) < _LEAST_RUN:
        return False
    bits = _bits(token)
    if _HEX.fullmatch(token):
        return len(token) >= _HEX_AT_LEAST and bits >= _HEX_BITS and not token.isdigit()
    mixed = any(map(str.isupper, token)) + any(map(str.islower, token)) + (sum(map(str.isdigit, token)) >= 2)
    return mixed == 3 and bits >= _LEAST_BITS


def _bits(token: str) -> float:
    """How much a character of it says, by how often each comes."""
    return -sum(count / len(token) * log2(count / len(token)) for count in Counter(token).values())
