"""Records in memory."""

from __future__ import annotations

import msgspec
import pytest

from rtcli.recording import Binary, Close, Control, Frame, Header, Note, Open, Other, Torn

RECORDS = [
    Frame(1.0, "server", "{}"),
    Binary(1.0, "client", b"\x00"),
    Control(1.5, "server", "ping", b"\x00"),
    Open(0.5, 101, {"server": "x"}, None),
    Close(9.0, "server", 1000, "bye"),
    Note(2.0, "here"),
    Torn(12, None),
    Other(3.0, {"weather": "rain"}),
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_a_record_cannot_be_changed(record):
    for name in record.__struct_fields__:
        with pytest.raises(AttributeError):
            setattr(record, name, None)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_a_record_moved_in_time_is_another_record_with_the_same_content(record):
    moved = msgspec.structs.replace(record, t=77.0)
    assert moved != record
    assert msgspec.structs.replace(moved, t=record.t) == record


def test_records_of_different_kinds_are_never_equal():
    assert [[one == other for other in RECORDS].count(True) for one in RECORDS] == [1] * len(RECORDS)


def test_a_header_promises_nothing_that_was_not_said():
    header = Header(rtcli=1)
    assert not header.handshake
    assert not header.lossless
    assert msgspec.json.decode(msgspec.json.encode(header)) == {"rtcli": 1}
    with pytest.raises(TypeError):
        Header(1)


def test_a_handshake_that_says_nothing_else_was_answered_with_yes_and_a_note_misses_nothing():
    """Source: RFC 9110, section 15.2.2, 101 Switching Protocols."""
    assert Open(0.0).status == 101
    assert not Note(0.0, "here").missing


def test_two_connections_do_not_share_their_headers():
    first, second = Open(0.0), Open(0.0)
    first.headers["server"] = "x"
    assert second.headers == {}


@pytest.mark.parametrize(
    ("url", "kept"), [("wss://[", ""), ("wss://h]/v1", ""), ("wss://h/v1?model=m", "wss://h/v1?model=m")]
)
def test_a_header_keeps_no_address_that_cannot_be_taken_apart(url, kept):
    assert Header(rtcli=1, url=url).url == kept
