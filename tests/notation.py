"""Sessions written down: `[seconds] > type {fields}` the client sent, `[seconds] < type {fields}` it received.

A line `- {record}` is a record that is no event; an event of the server gets an `event_id` if it has none.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from rtcli.formats import Entry
from rtcli.formats.rtcli import read
from rtcli.session import Session


def lines_of(script: str) -> Iterator[bytes]:
    for number, line in enumerate(filter(None, script.splitlines()), 1):
        words = line.split(maxsplit=1)
        t = None
        if words[0] not in "<>-":
            t = float(words[0])
            words = words[1].split(maxsplit=1)
        if words[0] == "-":
            record = json.loads(words[1])
            yield json.dumps(record if t is None else {"t": t, **record}).encode() + b"\n"
            continue
        kind, _, fields = words[1].partition(" ")
        event = {"type": kind, **json.loads(fields or "{}")}
        if words[0] == "<":
            event = {"event_id": f"event_{number}", **event}
        envelope = {"t": t, "from": {"<": "server", ">": "client"}[words[0]], "event": event}
        yield json.dumps(event if t is None else envelope).encode() + b"\n"


def entries_of(script: str) -> list[Entry]:
    return list(read(lines_of(script)))


def told(script: str) -> Session:
    session = Session()
    for entry in entries_of(script):
        session.apply(entry)
    return session
