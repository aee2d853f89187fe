"""Files of any form, as they are read: what was left out, and what is refused."""

from __future__ import annotations

import json

import pytest

from rtcli.errors import UnreadableRecording
from rtcli.formats import Reading
from rtcli.formats.overlong import VALUES_AT_MOST
from rtcli.formats.reading import is_log

CREATE = '{"type":"response.create"}'
LOGGED = f"2026-11-20 10:00:00.000 sent {CREATE}\n"


def test_a_file_is_a_log_if_there_are_events_in_it(tmp_path):
    log, words = tmp_path / "app.log", tmp_path / "words.txt"
    log.write_text(LOGGED)
    words.write_text("nothing to see here\n")
    assert is_log(log)
    assert not is_log(words)
    assert not is_log(tmp_path / "gone")
    assert not is_log(tmp_path)


def test_whether_something_was_left_out_is_known_at_the_end(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(f"{CREATE}\n")
    whole = Reading(path)
    assert (len(list(whole)), whole.lost) == (1, False)
    path.write_text(f'{CREATE}\n{{"type":"resp')
    torn = Reading(path)
    list(torn)
    assert (torn.lost, torn.torn) == (True, 2)


def test_of_many_losses_the_first_are_told_and_all_are_counted(tmp_path):
    path = tmp_path / "a.script"
    path.write_text("> response.create\n" + "nonsense\n" * 3000)
    reading = Reading(path, form="script")
    entries = list(reading)
    assert reading.dropped == 3000
    assert reading.drops[0].line == 2
    assert len(reading.drops) < 3000
    assert [entry.event.type for entry in entries if entry.sender] == ["response.create"]


@pytest.mark.parametrize("content", ["", "\n" * 10, "\n" * 200_000])
def test_a_file_of_empty_lines_is_empty(tmp_path, content):
    path = tmp_path / "a.jsonl"
    path.write_text(content)
    with pytest.raises(UnreadableRecording, match="it is empty"):
        list(Reading(path, form="rtcli"))


def test_what_was_written_about_a_recording_is_refused_with_what_to_name_instead(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"schema": "rtcli.doctor/1", "findings": []}) + "\n")
    with pytest.raises(UnreadableRecording, match="name the recording that it was made of"):
        list(Reading(path))


def test_a_binary_frame_in_an_envelope_is_one(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"timestamp":"2026-11-20T10:00:00Z","direction":"sent","data":%s}\n'
        '{"timestamp":"2026-11-20T10:00:01Z","direction":"sent","opcode":2,"data":"AAEC"}\n' % CREATE
    )
    last = list(Reading(path))[-1]
    assert (last.t, last.sender, last.event.data) == (1.0, "client", b"\0\1\2")


def test_events_in_one_document_have_their_lines_and_one_object_of_them_is_the_first(tmp_path):
    path = tmp_path / "a.json"
    frames = [{"direction": "sent", "data": {"type": kind}} for kind in ("response.create", "response.cancel")]
    path.write_text("\n" + json.dumps({"about": {"history": frames}}, indent=1))
    nested = list(Reading(path, form="document"))
    path.write_text("\n" + json.dumps({"frames": frames}, indent=1))
    told = list(Reading(path, form="document"))
    for entries in (nested, told):
        assert [entry.event.type for entry in entries] == ["response.create", "response.cancel"]
    assert nested[0].line < nested[1].line


def test_a_recording_may_begin_with_more_that_says_nothing_than_is_looked_at(tmp_path):
    path, blank = tmp_path / "x.jsonl", b" " * (1 << 20) + b"\n"
    path.write_bytes(blank * 3 + b'{"type":"response.create"}\n')
    assert [(entry.line, entry.event.type) for entry in Reading(path)] == [(4, "response.create")]
    path.write_bytes(blank * 3)
    with pytest.raises(UnreadableRecording, match="it is empty"):
        list(Reading(path))


def test_of_the_lines_that_are_too_long_to_be_read_the_first_are_told(tmp_path):
    path = tmp_path / "a.jsonl"
    long = '{"type":"response.create","x":[' + "0," * VALUES_AT_MOST + "0]}\n"
    path.write_text(f"{CREATE}\n{long}{CREATE}\n")
    reading = Reading(path)
    assert [entry.line for entry in reading] == [1, 2, 3]
    assert [(one.line, "values" in one.why) for one in reading.skipped] == [(2, True)]
    assert reading.lost
    for number in range(100):
        reading.skip(number + 4, "it is long")
    assert 1 < len(reading.skipped) < 100
    assert reading.skipped[1].line == 4
