"""What a record turns out to be."""

from __future__ import annotations

import pytest

from rtcli.events import Event, Listener, Malformed, Unknown
from rtcli.formats import Entry, interpret
from rtcli.formats.rtcli import read
from rtcli.recording import Binary, Close, Control, Frame, Header, Note, Open, Other, Torn

CLEAR = '{"type":"input_audio_buffer.clear"}'
CLEARED = '{"type":"input_audio_buffer.cleared","event_id":"e"}'


def test_a_frame_is_the_event_that_its_text_is():
    entry = interpret(Frame(1.5, "client", CLEAR), 7, Listener())
    assert (entry.line, entry.t, entry.sender) == (7, 1.5, "client")
    assert isinstance(entry.event, Event)
    assert entry.event.type == "input_audio_buffer.clear"


@pytest.mark.parametrize(
    ("text", "sender", "kind"),
    [
        (CLEAR, "client", Event),
        (CLEARED, "server", Event),
        ('{"type":"input_audio_buffer.cleared"}', "server", Malformed),
        ('{"type":"response.cancel","response_id":5}', "client", Malformed),
        ('{"type":"weather.changed"}', None, Unknown),
        ("no JSON", None, Malformed),
    ],
)
def test_a_direction_that_was_not_written_down_is_told_by_the_type(text, sender, kind):
    entry = interpret(Frame(None, None, text), 1, Listener())
    assert isinstance(entry.event, kind)
    assert (entry.t, entry.sender) == (None, sender)


def test_a_direction_that_was_written_down_is_believed():
    assert interpret(Frame(1.0, "client", CLEARED), 1, Listener()).sender == "client"


@pytest.mark.parametrize(
    ("record", "t", "sender"),
    [
        (Header(rtcli=1), 0.0, None),
        (Open(0.5), 0.5, None),
        (Binary(1.0, "server", b"x"), 1.0, "server"),
        (Control(1.5, "client", "pong"), 1.5, "client"),
        (Close(2.0, "client", 1000, ""), 2.0, "client"),
        (Note(3.0, "x"), 3.0, None),
        (Torn(9, 4.0), 4.0, None),
        (Other(5.0, {"x": 1}), 5.0, None),
    ],
)
def test_what_is_no_frame_stands_for_itself(record, t, sender):
    assert interpret(record, 3, Listener()) == Entry(3, t, sender, record)


def test_a_bare_event_with_a_field_that_is_called_as_a_time_is_an_event():
    (entry,) = read([b'{"type":"input_audio_buffer.clear","t":"noon"}\n'])
    assert entry.event.type == "input_audio_buffer.clear"
    assert entry.t is None


@pytest.mark.parametrize(
    "line",
    [
        b'\xef\xbb\xbf{"type":"input_audio_buffer.clear","close":7}\n',
        b'\xef\xbb\xbf{"close":7,"type":"input_audio_buffer.clear","event_id":7}\n',
    ],
)
def test_behind_a_byte_order_mark_a_field_that_is_called_as_a_part_of_a_record_makes_no_record(line):
    (entry,) = read([line])
    assert (entry.event.type, entry.sender) == ("input_audio_buffer.clear", "client")
    assert entry.raw == line
