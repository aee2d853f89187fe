"""Records as they are written in other forms and read back, and strategies that make them."""

from __future__ import annotations

import json

from hypothesis import strategies as st

from rtcli.events import Listener
from rtcli.formats.entry import interpret
from rtcli.formats.line import line_of
from rtcli.formats.rtcli import read as read_own
from rtcli.recording import Binary, Close, Control, Frame, Header, Note, Open, Other

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
TIMES = st.none() | st.integers(0, 10**12).map(lambda microseconds: microseconds / 10**6)
SENDERS = st.sampled_from(["client", "server", None])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(["response.create", "session.created", "error", "x", "a b", "", "-", "été", "a.b-c_9", "{"])
BODIES = st.dictionaries(TEXT | st.sampled_from(["event_id", "t", "note", "from", "event", "rtcli"]), JSON, max_size=3)


@st.composite
def events(draw):
    """The text of an object with a type, anywhere in it and written in any way."""
    fields = list(draw(BODIES).items())
    fields.insert(draw(st.integers(0, len(fields))), ("type", draw(NAMES)))
    separators = draw(st.sampled_from([(",", ":"), (", ", ": "), (" , ", " : ")]))
    return json.dumps(dict(fields), ensure_ascii=draw(st.booleans()), separators=separators)


EVENTS = events()
FRAMES = EVENTS | TEXT | JSON.map(json.dumps) | BODIES.map(lambda body: json.dumps(body, indent=2))
RECORDS = (
    st.builds(Frame, TIMES, SENDERS, FRAMES)
    | st.builds(Binary, TIMES, SENDERS, st.binary(max_size=20))
    | st.builds(Control, TIMES, SENDERS, st.sampled_from(["ping", "pong"]), st.binary(max_size=20))
    | st.builds(Open, TIMES, st.integers(100, 599), st.dictionaries(TEXT, TEXT, max_size=3), st.none() | TEXT)
    | st.builds(Close, TIMES, SENDERS, st.none() | st.integers(1000, 4999), TEXT)
    | st.builds(Note, TIMES, TEXT)
    | st.builds(lambda t, body: Other(t, {"t": t, "later": body}), st.integers(0, 99).map(float), JSON)
    | st.builds(
        lambda us, url: Header(rtcli=1, started_at="" if us is None else f"2026-11-20T19:00:00.{us:06}Z", url=url, lossless=True),
        st.none() | st.integers(0, 999_999),
        TEXT,
    )
)  # fmt: skip


def written(sink, records):
    """The bytes that a sink makes of records, and what it says that it lost."""
    pieces = []
    writer = sink(pieces.append)
    listener = Listener()
    for number, record in enumerate(records, 1):
        entry = interpret(record, number, listener)
        entry.raw = line_of(record)
        writer.take(entry)
    writer.finish()
    return b"".join(pieces), writer.lost


def read_back(form, content):
    """The records that a form reads in bytes, nothing of which it drops."""
    dropped = []
    records = [record for _, record in form.read(content.splitlines(keepends=True), lambda *told: dropped.append(told))]
    assert dropped == []
    return records


def taken(sink, content):
    """The same as `written`, of the bytes of a file of our own."""
    pieces = []
    writer = sink(pieces.append)
    for entry in read_own(content.splitlines(keepends=True)):
        writer.take(entry)
    writer.finish()
    return b"".join(pieces), writer.lost


def refuse(line, why):
    """Nothing is to be dropped."""
    raise AssertionError(f"{line}: {why}")
