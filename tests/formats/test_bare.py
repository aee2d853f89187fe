"""Bare events: what a line can hold, and what is lost."""

from __future__ import annotations

import pytest
from written import taken, written

from rtcli.formats.bare import BINARY, NO_EVENT, NO_TEXT, BareEvents
from rtcli.formats.sink import BROKEN, TORN
from rtcli.recording import Binary, Close, Control, Frame, Header, Note, Open

EVENT = '{"type":"response.create"}'


def test_events_stand_alone_and_what_nobody_asked_for_is_not_lost():
    records = [Header(rtcli=1), Open(0.0), Frame(1.0, "client", EVENT), Control(2.0, "server", "ping"), Note(3.0, "n")]
    assert written(BareEvents, [*records, Close(4.0, "server", 1000)]) == (EVENT.encode() + b"\n", {})


@pytest.mark.parametrize(
    ("record", "what"),
    [
        (Binary(1.0, "server", b"\x00"), BINARY),
        (Frame(1.0, "client", "hello"), NO_EVENT),
        (Frame(1.0, "client", "[1]"), NO_EVENT),
        (Frame(1.0, "client", ""), NO_EVENT),
        (Frame(1.0, "client", '{"note":"would be read as a note"}'), NO_EVENT),
        (Frame(1.0, "client", '{"rtcli":1}'), NO_EVENT),
    ],
)
def test_a_frame_that_would_not_be_read_as_itself_is_lost(record, what):
    assert written(BareEvents, [record]) == (b"", {what: 1})


def test_an_event_on_several_lines_comes_onto_one():
    frame = Frame(1.0, "client", '{\r\n  "type":\n "response.create"}\n')
    assert written(BareEvents, [frame]) == (b'{   "type":  "response.create"}\n', {})


def test_what_is_wrong_with_a_file_is_counted():
    content = b'{"t":1,"from":"server","event":{"type":"a","x":"\xff"}}\nrubbish\n{"type":"b"}\n{"t":2,"from":"ser'
    there, lost = taken(BareEvents, content)
    assert there == b'{"type":"a","x":"?"}\n{"type":"b"}\n'
    assert lost == {NO_TEXT: 1, BROKEN: 1, TORN: 1}
