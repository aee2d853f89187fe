"""Logs of frames between C and S: texts, what else went over the connection, and what was only hinted at."""

from __future__ import annotations

from rtcli.formats import Reading
from rtcli.recording import Close, Control, Note, Open

LOG = """
# Probe 7

```
 1338.0  upgrade 101
 1343.7  S>C  TEXT    62 B  {"type":"session.created","event_id":"e1","session":{"id":"s"}}
 1344.1  C>S  TEXT    34 B  {"type":"input_audio_buffer.commit"}
 1500.0  C>S  {"type":"nope"}
 1600.3  S>C  TEXT    489 B  {"type":"session.updated",…"session":{"x":1}}
 1700.5  S>C  session.updated   output_modalities=[text]
 2000.0  S>C  PING  4 B
 8971.2  S>C  CLOSE  39 B  close_code=3000 reason='invalid_request_error.invalid_api_key'
```
"""


def read(tmp_path, text):
    path = tmp_path / "frames.log"
    path.write_text(text)
    reading = Reading(path)
    return [entry for entry in reading if not isinstance(entry.event, Note)], reading


def test_every_frame_has_its_line_time_and_side(tmp_path):
    entries, reading = read(tmp_path, LOG)
    assert reading.form == "frame-log"
    assert [(entry.line, entry.t, entry.sender) for entry in entries] == [
        (5, 1.338, None),
        (6, 1.3437, "server"),
        (7, 1.3441, "client"),
        (8, 1.5, "client"),
        (11, 2.0, "server"),
        (12, 8.9712, "server"),
    ]


def test_what_is_no_text_is_what_it_was(tmp_path):
    entries, _ = read(tmp_path, LOG)
    assert entries[0].event == Open(1.338, 101)
    assert entries[4].event == Control(2.0, "server", "ping")
    assert entries[5].event == Close(8.9712, "server", 3000, "invalid_request_error.invalid_api_key")


def test_what_was_cut_or_only_named_is_left_out_with_its_line(tmp_path):
    _, reading = read(tmp_path, LOG)
    assert [drop.line for drop in reading.drops] == [9, 10]
    assert "session.updated" in reading.drops[1].why


def test_a_frame_that_is_no_event_is_a_frame_all_the_same(tmp_path):
    entries, _ = read(tmp_path, LOG)
    assert entries[3].event.type == "nope"
