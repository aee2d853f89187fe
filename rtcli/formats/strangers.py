"""What a file is that holds no session: a picture, a packed file, JSON of another kind.

Law: nothing is refused here that could be a damaged recording: one name of an event, or one object that begins as a
record does, is enough.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from rtcli.formats.document import names_an_event

_LINES_LOOKED_AT: Final = 20
_BYTES_LOOKED_AT: Final = 1 << 20
_NAME_A_RECORDING: Final = "name a recording, or a log of one"
_HOLDS_NO_EVENTS: Final = (
    (re.compile(rb"\x89PNG\r\n"), "a PNG picture"),
    (re.compile(rb"\xff\xd8\xff"), "a JPEG picture"),
    (re.compile(rb"GIF8[79]a"), "a GIF picture"),
    (re.compile(rb"%PDF-"), "a PDF document"),
    (re.compile(rb"OggS|fLaC|ID3[\x02-\x04]"), "a file of sound"),
    (re.compile(rb"\x1a\x45\xdf\xa3|....ftyp", re.DOTALL), "a file of sound or pictures"),
    (re.compile(rb"SQLite format 3\x00"), "a database of SQLite"),
    (re.compile(rb"\x7fELF"), "a program"),
)
"""How files begin that hold something else."""
_PACKED: Final = (
    (re.compile(rb"\x1f\x8b\x08"), "gzip", ".gz"),
    (re.compile(rb"\x28\xb5\x2f\xfd"), "zstd", ".zst"),
)
_OTHER_APIS: Final = (
    (re.compile(rb'"object"\s*:\s*"chat\.completion(?:\.chunk)?"'), "the Chat Completions API"),
    (re.compile(rb'"object"\s*:\s*"response"'), "the Responses API"),
)
_KEYS: Final = frozenset(
    {"type", "event_id", "rtcli", "t", "from", "event", "text", "binary", "ping", "pong", "open", "close", "note"}
)
"""What an event has, or a record of ours."""
_BEGINS_AS_OURS: Final = re.compile(
    rb'(?m)^(?:\xef\xbb\xbf)?[ \t\r\[,]*\{\s*"(?:%s)"\s*:' % b"|".join(map(str.encode, sorted(_KEYS)))
)
"""At the beginning of a line; what goes before holds no line break, so that none is looked through twice."""
_JSON_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])


def why_not(head: list[bytes]) -> tuple[str, str]:
    """Why a file that begins so is no recording, and what to do; empty where it may be one."""
    text = b"".join(head)[:_BYTES_LOOKED_AT]
    for pattern, what in _HOLDS_NO_EVENTS:
        if pattern.match(text):
            return f"it is {what}, which holds no events", _NAME_A_RECORDING
    for pattern, packing, ending in _PACKED:
        if pattern.match(text):
            return f"it is packed with {packing}, and its name does not say so", f"let its name end in {ending}"
    start = text.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] not in (b"{", b"[") or _may_be_ours(head, text):
        return "", ""
    for pattern, api in _OTHER_APIS:
        if pattern.search(text):
            return f"it is an answer of {api}, and no session of the Realtime API", _NAME_A_RECORDING
    return "it is JSON, but no event is in it", 'an event has a type, as in {"type": "response.create"}'


def _may_be_ours(head: list[bytes], text: bytes) -> bool:
    """Whether something in it is an event or a record, or was one before it was damaged."""
    return (
        _BEGINS_AS_OURS.search(text) is not None
        or names_an_event(text)
        or any(not _KEYS.isdisjoint(_keys(line)) for line in head[:_LINES_LOOKED_AT])
    )


def _keys(line: bytes) -> set[str]:
    """What an object on one line says; nothing where there is none."""
    try:
        return set(_JSON_OBJECT.decode(line.removeprefix(b"\xef\xbb\xbf")))
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return set()
