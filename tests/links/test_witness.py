"""What is written down of a connection: everything, or what was around the moment when something went wrong."""

from __future__ import annotations

import struct

import pytest
from proxied import frame, recordings, records

from rtcli.events import Listener
from rtcli.links.parts import Keeping, Parts
from rtcli.links.witness import Witness
from rtcli.recording import Frame, Note

CREATED = frame(1, b'{"type":"session.created","session":{"type":"realtime","id":"sess_1"}}')
ERROR = frame(1, b'{"type":"error","error":{"type":"x","message":"no","code":null,"param":null,"event_id":null}}')


def witness_in(folder, *, seen=lambda _: None, told=None, **keeping):
    witness = Witness(
        lambda tap: Parts(Keeping(folder, **keeping), tap.started, lambda writer: writer.close()),
        Listener(),
        seen,
        (told if told is not None else []).append,
    )
    witness.opened("ws://host/?api-key=sk-secret&model=m", "test", 101, {}, None)
    return witness


def closing(code):
    return frame(8, struct.pack("!H", code) if code else b"")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (CREATED + closing(1000), False),
        (CREATED + closing(1001), False),
        (CREATED + closing(None), False),
        (CREATED + closing(1011), True),
        (CREATED + closing(4000), True),
        (CREATED, True),
        (CREATED + ERROR + closing(1000), True),
        (CREATED + frame(1, b'{"type":"error"}') + closing(1000), True),
    ],
)
def test_a_snapshot_is_written_after_an_error_event_a_bad_close_or_none(tmp_path, sent, kept):
    witness = witness_in(tmp_path, snapshot_s=60.0)
    witness.feed("server", sent)
    witness.close()
    assert [path.name.endswith("_sess_1.jsonl") for path in recordings(tmp_path)] == [True] * kept
    for path in recordings(tmp_path):
        assert any(isinstance(record, Frame) and "session.created" in record.text for record in records(path))


def test_when_rtcli_ends_the_session_nothing_went_wrong(tmp_path):
    witness = witness_in(tmp_path, snapshot_s=60.0)
    witness.feed("server", CREATED)
    witness.stop()
    witness.close()
    assert recordings(tmp_path) == []
    assert witness.how == "closed because rtcli was stopped"


@pytest.mark.parametrize(
    ("client", "server", "how"),
    [
        (b"", b"", "broken off without a close frame"),
        (b"", closing(None), "closed by the server with no code"),
        (b"", frame(8, struct.pack("!H", 4000) + b"enough"), "closed by the server with code 4000 (enough)"),
    ],
)
def test_how_it_ended_is_told_by_the_first_close_frame(tmp_path, client, server, how):
    witness = witness_in(tmp_path)
    witness.feed("server", server)
    witness.feed("client", frame(8, b"\x03\xe8", mask=True) if server else client)
    assert witness.how == how


def test_who_looks_on_and_fails_costs_no_record(tmp_path):
    def fail(_):
        raise KeyError("oops")

    told = []
    witness = witness_in(tmp_path, seen=fail, told=told)
    witness.feed("server", CREATED + ERROR + closing(1000))
    witness.close()
    (path,) = recordings(tmp_path)
    (note,) = [record for record in records(path) if isinstance(record, Note)]
    assert note.text == "rtcli has a fault and shows no more of this session: KeyError: 'oops'"
    assert len(records(path)) == 6
    assert "sk-secret" not in path.read_text()
    assert told == []


def test_a_snapshot_that_cannot_be_written_is_told_once_and_whoever_looks_sees_the_rest(tmp_path):
    (tmp_path / "file").touch()
    seen, told = [], []
    witness = witness_in(tmp_path / "file", seen=seen.append, told=told, snapshot_s=60.0)
    witness.feed("server", CREATED + ERROR)
    before = len(seen)
    witness.feed("server", CREATED + ERROR + closing(1011))
    witness.close()
    assert len(seen) - before == 3
    assert len(told) == 1
    assert told[0].endswith("it is no folder")


def test_nobody_looks_for_a_name_any_more_when_it_came_with_other_events(tmp_path):
    witness = witness_in(tmp_path)
    witness.feed("server", CREATED + ERROR + ERROR)
    assert witness._nameless == 0
    assert [path.name.endswith("_sess_1.jsonl") for path in recordings(tmp_path)] == [True]


def test_a_message_too_long_to_be_kept_is_said_to_be_missing(tmp_path):
    told = []
    witness = witness_in(tmp_path, told=told)
    witness._frames["server"]._limit_bytes = 1000
    witness.feed("server", frame(2, b"x" * 2000) + CREATED)
    witness.close()
    (path,) = recordings(tmp_path)
    note, created = records(path)[2:]
    assert isinstance(note, Note)
    assert note.missing
    assert isinstance(created, Frame)
    assert told == ["the server sent a message of 2000 bytes, too long to be recorded"]
