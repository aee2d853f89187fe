"""The header of a recording that was made of another one: the same words, and what holds no longer taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from rtcli import __version__
from rtcli.recording.record import FORMAT_VERSION

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def changed(line: bytes, changes: Mapping[str, Any]) -> bytes:
    """A header's line with some of its fields set anew, or taken away if None, everything else as it was.

    A new header where there was none.
    """
    fields: dict[str, Any] = {}
    if line:
        fields = msgspec.json.decode(line.removeprefix(_BYTE_ORDER_MARK))
    if not isinstance(fields.get("rtcli"), int):
        fields = {
            "rtcli": FORMAT_VERSION,
            "by": f"rtcli {__version__}",
            "handshake": False,
            "lossless": False,
            **fields,
        }
    fields |= changes
    gone = [name for name, value in changes.items() if value is None]
    return msgspec.json.encode({name: value for name, value in fields.items() if name not in gone}) + b"\n"
