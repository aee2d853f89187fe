"""The examples of ``../shared/protocol``: sessions as lists of records, with macros for audio."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator

from rtcli.events import Listener
from rtcli.formats import Entry
from rtcli.formats.entry import sender_of
from rtcli.recording import Close, Header
from rtcli.rules import Check, Finding, Rule

_MACROS = {"$pcm16_ms": 48, "$pcmu_ms": 8, "$bytes": 1}


def grown(value):
    """The value with the macros written out."""
    if isinstance(value, dict):
        for macro, per_unit in _MACROS.items():
            if macro in value:
                return base64.b64encode(bytes(int(value[macro] * per_unit))).decode()
        if "$wav_ms" in value:
            sound = bytes(int(value["$wav_ms"] * 48))
            return base64.b64encode(b"RIFF" + len(sound).to_bytes(4, "little") + b"WAVEfmt " + sound).decode()
        return {key: grown(entry) for key, entry in value.items()}
    return [grown(entry) for entry in value] if isinstance(value, list) else value


def header_of(context: dict) -> Header | None:
    """What a recorder that knows this much would write; without a context there is no header."""
    if not context:
        return None
    return Header(
        rtcli=1,
        transport=context.get("transport", ""),
        handshake=context.get("handshake", False),
        lossless=context.get("lossless", True),
    )


def entries(records: list, context: dict, listener: Listener) -> Iterator[Entry]:
    """The records as entries; the line is the record's index and one."""
    header = header_of(context)
    if header is not None:
        yield Entry(0, None, None, header)
    for line, record in enumerate(records, 1):
        t = record.get("t")
        if "close" in record:
            close = record["close"]
            yield Entry(line, t, close.get("by"), Close(t, close.get("by"), close.get("code"), close.get("reason", "")))
        else:
            event = listener.decode(json.dumps(grown(record["event"])), line, record["dir"])
            yield Entry(line, t, record["dir"] or sender_of(event), event)


def found(records: list, context: dict, rules: tuple[Rule, ...]) -> list[Finding]:
    """What the rules say, without what the schema says."""
    listener = Listener()
    check = Check(rules, listener)
    return [one for one in check.run(entries(records, context, listener)) if not one.code.startswith("SCH")]
