"""What is converted into another form and back is what it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from written import EVENTS, RECORDS, SENDERS, TIMES, read_back, refuse, taken, written

from rtcli.events import Listener
from rtcli.formats import interpret, read
from rtcli.formats.bare import BareEvents
from rtcli.formats.closer import record_of
from rtcli.formats.har import HAR
from rtcli.formats.har_writer import Har
from rtcli.formats.line import line_of
from rtcli.formats.notation import SCRIPT, Script
from rtcli.formats.rtcli import read as read_own
from rtcli.formats.sink import Recording, record_in
from rtcli.formats.stream import read_lines
from rtcli.recording import Frame
from rtcli.rules import RULES, Check

ROOT = Path(__file__).parents[2]
RECORDINGS = sorted((ROOT / "recordings").rglob("*.jsonl*"))
FORMS = {"har": (Har, HAR), "script": (Script, SCRIPT)}


@pytest.mark.parametrize("form", FORMS)
@given(st.lists(RECORDS, min_size=1, max_size=6))
def test_every_record_comes_back_from_a_har_and_from_a_script(form, records):
    sink, reader = FORMS[form]
    content, lost = written(sink, records)
    assert not lost
    assert read_back(reader, content) == records


@given(st.lists(st.builds(Frame, TIMES, SENDERS, EVENTS), max_size=3))
def test_every_event_comes_back_from_bare_events(frames):
    content, lost = written(BareEvents, frames)
    assert not lost
    lines = content.splitlines(keepends=True)
    assert [record_in(entry).text for entry in read_own(lines)] == [frame.text for frame in frames]


@pytest.mark.parametrize("form", FORMS)
def test_of_the_recordings_here_every_record_comes_back(form):
    sink, reader = FORMS[form]
    for path in RECORDINGS:
        lines = [line for line in read_lines(path) if line.strip()]
        there, lost = taken(sink, b"".join(lines))
        whole = [record for record in map(record_of, lines) if record is not None]
        assert read_back(reader, there) == whole, path
        assert len(whole) + lost.total() == len(lines), path


@pytest.mark.parametrize("form", FORMS)
def test_the_rules_find_the_same_in_the_same_lines(form):
    sink, reader = FORMS[form]
    for path in sorted((ROOT / "recordings/broken").glob("*.jsonl"))[::4]:
        there, lost = taken(sink, path.read_bytes())
        listener = Listener()
        entries = (
            interpret(record, line, listener) for line, record in reader.read(there.splitlines(keepends=True), refuse)
        )
        assert lost or _found(entries, listener) == _found(read(path, heard := Listener()), heard), path


def _found(entries, listener):
    return [(one.code, one.line, one.message) for one in Check(RULES, listener).run(entries)]


@pytest.mark.parametrize("form", FORMS)
def test_of_traffic_without_times_or_senders_every_event_comes_back_word_for_word(form, shared):
    sink, reader = FORMS[form]
    for path in sorted((shared / "traffic").glob("[!w]*/*.jsonl")):
        content = path.read_bytes()
        events = [line.strip().decode() for line in content.splitlines() if line.strip()]
        there, lost = taken(sink, content)
        assert not lost
        frames = read_back(reader, there)
        assert [frame.text for frame in frames] == events
        assert {frame.t for frame in frames} == {None}
        known = [entry.sender for entry in read(path)]
        assert [frame.sender for frame in frames] == known


def test_traffic_becomes_a_recording_and_bare_events_again(shared):
    for path in sorted((shared / "traffic").glob("[!w]*/*.jsonl")):
        content = path.read_bytes()
        recording, lost = taken(Recording, content)
        assert not lost
        assert all(b'"event":' in line for line in recording.splitlines())
        back, lost = taken(BareEvents, recording)
        assert not lost
        assert back.split() == content.split()


def test_a_recording_stays_as_it_is_to_the_byte():
    for path in RECORDINGS:
        content = b"".join(read_lines(path))
        whole = content if content.endswith(b"\n") else content[: content.rfind(b"\n") + 1]
        there, lost = taken(Recording, content)
        assert there == b"".join(line for line in whole.splitlines(keepends=True) if line.strip())
        assert bool(lost) == (whole != content)


@given(st.lists(RECORDS, max_size=5))
def test_lines_of_a_recording_are_copied(records):
    lines = b"".join(line_of(record) for record in records)
    assert taken(Recording, lines)[0] == lines
