"""Lines for those who copy them."""

from __future__ import annotations

import json

import pytest

from rtcli.errors import UnreadableRecording
from rtcli.formats.copied import Copied

OWN = b'{"rtcli": 1}\n{"t":1.0,"from":"client","event":  {"type":"response.create"}}\n'
CALL = '{"type":"response.create"}'


def copied(path, content, form=None):
    path.write_bytes(content)
    lines = Copied(path, form)
    return list(lines), lines.reading


def test_lines_of_our_own_come_as_they_stand(tmp_path):
    lines, reading = copied(tmp_path / "a.jsonl", OWN)
    assert b"".join(lines) == OWN
    assert not reading.lost


def test_a_last_line_without_its_end_is_given_and_told(tmp_path):
    lines, reading = copied(tmp_path / "a.jsonl", OWN + OWN[13:40])
    assert b"".join(lines) == OWN + OWN[13:40]
    assert reading.torn == 3
    lines, reading = copied(tmp_path / "b.jsonl", OWN[:-1])
    assert b"".join(lines) == OWN[:-1]
    assert reading.torn == 2


def test_of_another_log_the_lines_are_those_that_stand_for_its_records(tmp_path):
    log = f"2026-11-20 10:00:00.000 sent {CALL}\n2026-11-20 10:00:01.500 sent {CALL}\n".encode()
    lines, reading = copied(tmp_path / "app.log", log)
    events = [json.loads(line) for line in lines if b"response.create" in line]
    assert [(one["t"], one["from"], one["event"]) for one in events] == [
        (0.0, "client", json.loads(CALL)),
        (1.5, "client", json.loads(CALL)),
    ]
    assert reading.guess.startswith("read as ")


def test_a_log_that_holds_nothing_of_the_form_that_was_asked_for_is_refused_by_its_name(tmp_path):
    with pytest.raises(UnreadableRecording, match=r"a\.log"):
        copied(tmp_path / "a.log", b"nothing to see here\n", "python")
    with pytest.raises(UnreadableRecording, match=r"a\.har"):
        copied(tmp_path / "a.har", b'{"log": {"entries": []}}\n', "har")
