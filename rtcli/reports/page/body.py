"""The text of an event for the page: as it came, but for what nobody can read.

Law: what is left out is said in its place, with its length.
"""

from __future__ import annotations

import re
from typing import Final

from rtcli.formats import Entry
from rtcli.formats.rtcli import record_of
from rtcli.recording import Frame

KEPT_CHARACTERS: Final = 60_000
"""Of one event."""
_SHOWN: Final = 24
_BASE64: Final = re.compile(r'"((?:data:[\w/+.;=-]{1,80},)?(?=[A-Za-z0-9+/_=\\-]{160})(?:[A-Za-z0-9+/_=-]++|\\/)++)"')
"""A string of characters that base64 is made of, too long to be a word; an image may have its type before it.

It goes back nowhere: an expression that may do so remembers every character, in a hundred times their room.
"""


def body(entry: Entry) -> str:
    """What the entry's line holds, with base64 told by its beginning and its length."""
    record = record_of(entry.raw)
    text = record.text if isinstance(record, Frame) else entry.raw.decode(errors="backslashreplace").strip()
    text = _BASE64.sub(_summary, text)
    if len(text) <= KEPT_CHARACTERS:
        return text
    return f"{text[:KEPT_CHARACTERS]}\n… {len(text) - KEPT_CHARACTERS:,} more characters: see the recording, line {entry.line}"


def _summary(found: re.Match[str]) -> str:
    whole = found[1]
    return f'"{whole[:_SHOWN].rstrip(chr(92))}… ({len(whole):,} characters)"'
