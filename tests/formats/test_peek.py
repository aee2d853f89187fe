"""What a line shows at first sight is what the reader makes of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from notation import entries_of, lines_of

from rtcli.events import Event, Malformed, Unknown
from rtcli.formats import read, read_lines
from rtcli.formats.peek import look
from rtcli.recording import Control, Header

RECORDINGS = Path(__file__).parents[2] / "recordings"


def kind_of(content):
    if isinstance(content, Event | Unknown | Malformed):
        return content.type
    return content.kind if isinstance(content, Control) else type(content).__name__.lower()


def assert_seen_as_read(path):
    entries = {entry.line: entry for entry in read(path)}
    for number, line in enumerate(read_lines(path), 1):
        seen, entry = look(line), entries.get(number)
        if entry is None or isinstance(entry.event, Header) or not line.endswith(b"\n"):
            continue
        if isinstance(entry.event, Malformed) and not entry.event.type:
            continue
        assert (seen.kind, seen.t, seen.sender) == (kind_of(entry.event), entry.t, entry.sender), (path.name, number)
        assert seen.event_id == (getattr(entry.event, "event_id", None) or "") or not isinstance(entry.event, Event)


@pytest.mark.parametrize("folder", ["", "clean", "broken"])
def test_every_line_of_our_recordings_is_seen_as_it_is_read(folder):
    for path in sorted((RECORDINGS / folder).glob("*.jsonl")):
        if path.stat().st_size < 1_000_000:
            assert_seen_as_read(path)


def test_every_line_of_captured_traffic_is_seen_as_it_is_read(shared):
    for path in sorted((shared / "traffic").glob("[!w]*/*.jsonl"))[::5]:
        assert_seen_as_read(path)


def test_a_frame_that_is_kept_as_a_text_is_the_event_in_it():
    seen = look(b'{"t":1.0,"from":"client","text":"{\\n\\"type\\": \\"response.create\\"}"}\n')
    assert (seen.kind, seen.t, seen.sender) == ("response.create", 1.0, "client")
    assert look(b'{"t":1.0,"from":"client","text":"hello"}\n').kind == "text"


def test_what_is_broken_is_nothing():
    for line in (
        b"{\n",
        b"[1]\n",
        b'"t"\n',
        b'{"t":1.0,"from":"server","event":{"type"\n',
        b"\xff\n",
        b'{"t":1.0,"event":{"type":3,"a":"\xff"}}\n',
        b'{"t":1%s,"note":"no clock tells this"}\n' % (b"0" * 400),
    ):
        assert look(line).kind == ""


def test_a_bare_event_is_told_from_one_in_an_envelope():
    bare, enveloped = lines_of("> response.create\n1.0 > response.create")
    assert look(bare).is_bare
    assert not look(enveloped).is_bare
    assert [entry.sender for entry in entries_of("> response.create")] == [look(bare).sender]
