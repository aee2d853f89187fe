"""The recording file: what goes in comes out, to the byte."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtcli.errors import UnreadableRecording
from rtcli.events import Event, Malformed, encode
from rtcli.formats import find, read
from rtcli.formats.closer import record_of
from rtcli.formats.line import header_line, line_of
from rtcli.formats.rtcli import read as read_lines
from rtcli.recording import Binary, Close, Control, Frame, Header, Note, Open, Other, Torn

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
TIMES = st.integers(0, 10**12).map(lambda microseconds: microseconds / 10**6)
SENDERS = st.sampled_from(["client", "server"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
FRAMES = (
    TEXT
    | JSON.map(json.dumps)
    | st.dictionaries(TEXT, JSON, max_size=4).map(lambda body: json.dumps(body, ensure_ascii=False, indent=None))
    | st.dictionaries(TEXT, JSON, max_size=4).map(lambda body: json.dumps(body, indent=2))
)
RECORDS = (
    st.builds(Frame, TIMES, SENDERS, FRAMES)
    | st.builds(Binary, TIMES, SENDERS, st.binary())
    | st.builds(Control, TIMES, SENDERS, st.sampled_from(["ping", "pong"]), st.binary(max_size=125))
    | st.builds(Open, TIMES, st.integers(100, 599), st.dictionaries(TEXT, TEXT, max_size=3), st.none() | TEXT)
    | st.builds(Close, TIMES, SENDERS, st.none() | st.integers(1000, 4999), TEXT)
    | st.builds(Note, TIMES, TEXT)
)  # fmt: skip


@st.composite
def changed(draw, line):
    """The line with a few bytes wrong."""
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(line)))
        line = line[:place] + draw(st.binary(max_size=2)) + line[place + draw(st.integers(0, 3)) :]
    return line


@given(RECORDS)
def test_a_record_is_one_line_and_reads_back_equal(record):
    line = line_of(record)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert record_of(line) == record


@given(st.lists(RECORDS, max_size=5))
def test_the_reader_gives_one_entry_for_each_record_in_order(records):
    entries = list(read_lines([header_line(Header(rtcli=1)), *map(line_of, records)]))
    assert [entry.line for entry in entries] == list(range(1, len(records) + 2))
    assert [entry.t for entry in entries[1:]] == [record.t for record in records]


@pytest.mark.parametrize(
    "record",
    [
        Note(1.0, "a \udcff b"),
        Frame(1.0, "server", "\ud800"),
        Close(1.0, "server", 1000, "\udcff"),
        Open(1.0, 101, {"server": "\udcff"}, None),
        Header(rtcli=1, url="\udcff"),
    ],
)
def test_a_character_that_no_file_can_hold_does_not_keep_the_rest_out(record):
    line = line_of(record)
    assert b"?" in line
    assert type(record_of(line)) is type(record)


EVENT = '{"type":"response.output_text.done","event_id":"e","response_id":"r","item_id":"i","output_index":0,"content_index":0,"text":"t"}'


@pytest.mark.parametrize("frame", [EVENT, EVENT.replace(",", " , "), EVENT.replace('"t"}', '"\\u00e9 é \\" "}')])
def test_an_objects_text_stands_in_the_file_word_for_word(frame):
    line = line_of(Frame(1.0, "server", frame))
    assert frame.encode() in line
    (entry,) = read_lines([line])
    assert isinstance(entry.event, Event)


@pytest.mark.parametrize(
    "frame",
    ["", " ", "null", "[1]", "nonsense", "{", '{"a":1}\n', '{"a":\n1}', '{"a":\r1}', '{"a":1}\r', ' {"a":1}', "{}{}"],
)
def test_a_text_that_is_no_object_on_one_line_is_kept_as_a_string(frame):
    line = line_of(Frame(1.0, "client", frame))
    assert json.loads(line)["text"] == frame
    assert record_of(line) == Frame(1.0, "client", frame)


@pytest.mark.parametrize(
    "text",
    [
        EVENT,
        '{"type":"input_audio_buffer.dtmf_event_received","event":"9","received_at":1763000000}',
        '{"event_id":"e","item_id":"i","type":"input_audio_buffer.committed","previous_item_id":null}',
    ],
)
def test_a_bare_event_is_read_whatever_its_fields_are_called(text):
    (entry,) = read_lines([text.encode() + b"\n"])
    assert isinstance(entry.event, Event)
    assert (entry.sender, entry.t) == ("server", None)


def test_windows_line_ends_a_byte_order_mark_and_empty_lines_do_no_harm():
    lines = [b"\xef\xbb\xbf" + EVENT.encode() + b"\r\n", b"\r\n", b"\n", EVENT.encode() + b"\r\n"]
    entries = list(read_lines(lines))
    assert [entry.line for entry in entries] == [1, 4]
    assert all(isinstance(entry.event, Event) for entry in entries)


def test_a_last_record_cut_at_any_byte_is_torn_and_the_rest_is_whole():
    whole = [header_line(Header(rtcli=1)), line_of(Frame(1.0, "server", EVENT))]
    last = line_of(Frame(2.0, "server", EVENT))
    for cut in range(1, len(last)):
        entries = list(read_lines([*whole, last[:cut]]))
        assert isinstance(entries[1].event, Event)
        assert isinstance(entries[2].event, Torn), last[:cut]
        assert entries[2].event.size_bytes == cut


@pytest.mark.parametrize(
    "record",
    [
        Header(rtcli=1, started_at="2026-11-20T19:00:00.000000Z", url="wss://h/é"),
        Frame(2.0, "client", "no object, \x00 \u2028 é"),
        Binary(2.0, "server", b"\x00\x01\xff"),
        Open(0.5, 101, {"x-request-id": "r"}, None),
        Close(9.0, "server", 1000, "ende ä"),
        Note(9.0, "a note"),
    ],
)
def test_a_record_of_any_kind_cut_at_any_byte_is_torn(record):
    last = line_of(record)
    for cut in range(1, len(last)):
        (entry,) = read_lines([last[:cut]])
        assert isinstance(entry.event, Torn), last[:cut]
    assert [isinstance(entry.event, Torn) for entry in read_lines([last])] == [False]


def test_a_bare_log_may_end_without_a_newline():
    (entry,) = read_lines([EVENT.encode()])
    assert isinstance(entry.event, Event)


def test_a_broken_line_in_the_middle_is_reported_and_the_rest_is_read():
    entries = list(read_lines([b'{"t":1.0,"from":"ser\n', line_of(Frame(2.0, "server", EVENT))]))
    assert isinstance(entries[0].event, Malformed)
    assert isinstance(entries[1].event, Event)


def test_an_envelope_of_the_wrong_shape_is_reported():
    for line in (
        b'{"t":"soon","from":"server","event":{}}\n',
        b'{"t":1,"from":"nobody","event":{"type":"x"}}\n',
        b'{"t":1,"close":7}\n',
        b'{"rtcli":1,"url":5}\n',
        b'{"rtcli":1,"url":"\xff"}\n',
        b'{"rtcli":"1"}\n',
        b'{"t":1,"weather":"\xff"}\n',
        b'{"t":1,"weather":"\\ud800"}\n',
        b'{"t":1,"weather":1e999}\n',
        b'{"t":1,"note":"\xff"}\n',
        b'{"t":1e999,"note":"x"}\n',
        b'{"t":1,"weather":' + b"[" * 5000 + b"]" * 5000 + b"}\n",
        b"[1]\n",
        b"{}\n",
    ):
        (entry,) = read_lines([line])
        assert isinstance(entry.event, Malformed), line
        assert record_of(line) is None, line
        assert entry.raw == line


@given(st.binary() | JSON.map(json.dumps).map(str.encode) | RECORDS.map(line_of).flatmap(changed))
def test_no_line_of_any_file_raises(line):
    before, after = line_of(Note(1.0, "before")), line_of(Note(2.0, "after"))
    with contextlib.suppress(UnreadableRecording):  # a format that is too new
        record_of(line)
        entries = list(read_lines([before, line.replace(b"\n", b" ") + b"\n", after]))
        assert entries[0].event == Note(1.0, "before")
        assert entries[-1].event == Note(2.0, "after")


@pytest.mark.parametrize("binary", ["!!", "AAE", "\u00e9", "AA\nAA"])
def test_a_binary_record_that_is_no_base64_is_kept_as_it_stands(binary):
    line = json.dumps({"t": 1.0, "from": "server", "binary": binary}).encode() + b"\n"
    (entry,) = read_lines([line])
    assert isinstance(entry.event, Other)
    assert json.loads(line_of(entry.event)) == json.loads(line)


@pytest.mark.parametrize(
    "first", [Header(rtcli=1), Note(1.0, "x"), Frame(1.0, "server", EVENT), Frame(1.0, "server", "")]
)
def test_a_byte_order_mark_before_a_record_does_no_harm(first):
    (entry,) = read_lines([b"\xef\xbb\xbf" + line_of(first)])
    (plain,) = read_lines([line_of(first)])
    assert (entry.event, entry.t, entry.sender) == (plain.event, plain.t, plain.sender)
    assert record_of(b"\xef\xbb\xbf" + line_of(first)) == first


@pytest.mark.parametrize("field", ["text", "event", "t", "note", "close", "open", "binary", "from", "rtcli"])
@pytest.mark.parametrize("value", ["9", 9, None, {"code": 1000}])
def test_a_bare_event_keeps_a_field_that_is_called_as_a_part_of_the_envelope(field, value):
    body = {"type": "response.create", field: value}
    (entry,) = read_lines([json.dumps(body).encode() + b"\n"])
    assert isinstance(entry.event, Event)
    assert json.loads(encode(entry.event)) == body
    assert entry.t is None


def test_unknown_keys_and_unknown_kinds_are_kept_and_do_no_harm():
    line = b'{"t":1.0,"from":"server","mood":"good","event":' + EVENT.encode() + b"}\n"
    other = b'{"t":2.0,"weather":{"rain":true}}\n'
    entries = list(read_lines([line, other]))
    assert isinstance(entries[0].event, Event)
    assert entries[0].raw == line
    assert isinstance(entries[1].event, Other)
    assert json.loads(line_of(entries[1].event)) == json.loads(other)


def test_a_newer_format_is_refused_in_one_sentence():
    with pytest.raises(UnreadableRecording, match="format 2"):
        list(read_lines([b'{"rtcli":2}\n']))


def test_a_folder_stands_for_the_recordings_in_it(tmp_path):
    (tmp_path / "a").mkdir()
    for name in ("b.jsonl", "a/c.jsonl.gz", "a/d.jsonl.zst", "e.txt", "f.json"):
        (tmp_path / name).write_bytes(b"")
    assert [path.name for path in find(tmp_path)] == ["c.jsonl.gz", "d.jsonl.zst", "b.jsonl"]


def test_an_empty_file_is_no_recording(tmp_path):
    (tmp_path / "empty.jsonl").write_bytes(b"")
    with pytest.raises(UnreadableRecording, match="it is empty"):
        list(read(tmp_path / "empty.jsonl"))


@pytest.mark.parametrize("content", [b"\x00\x01\n\x1a\n\x00\x00", b"hello\nworld\n"])
def test_what_is_no_recording_is_refused(tmp_path, content):
    (tmp_path / "x.jsonl").write_bytes(content)
    with pytest.raises(UnreadableRecording, match="JSON object"):
        list(read(tmp_path / "x.jsonl"))


def test_captured_logs_are_read_as_bare_events_with_their_direction(shared):
    for path in find(shared / "traffic/realtime"):
        entries = list(read(path))
        assert b"".join(entry.raw for entry in entries) == path.read_bytes()
        assert {entry.sender for entry in entries} <= {"client", "server"}
        assert {entry.t for entry in entries} == {None}
        assert all(isinstance(entry.event, Event) for entry in entries)


def test_comments_and_blank_lines_between_events_do_not_keep_the_events_from_being_read(shared):
    path = shared / "traffic/wrapped/client_script_with_comments.jsonl"
    lines = path.read_text().splitlines()
    entries = list(read(path))
    assert [entry.line for entry in entries] == [number for number, line in enumerate(lines, 1) if line.strip()]
    for entry in entries:
        comment = lines[entry.line - 1].lstrip().startswith("//")
        assert (isinstance(entry.event, Malformed) and entry.event.body is None) == comment


def test_a_file_stands_for_itself_whatever_its_name(tmp_path):
    assert find(tmp_path / "missing.txt") == [tmp_path / "missing.txt"]
    assert find(tmp_path) == []


def test_a_recording_that_begins_with_many_empty_lines_is_one(tmp_path):
    (tmp_path / "x.jsonl").write_bytes(b"\n" * 50 + EVENT.encode() + b"\n")
    assert [entry.line for entry in read(tmp_path / "x.jsonl")] == [51]


@pytest.mark.parametrize("url", ["ws://[", "wss://[::1", "http://[x]y/", "//\u2100/"])
def test_a_header_whose_address_is_none_is_a_header_without_one(url):
    line = json.dumps({"rtcli": 1, "started_at": "", "url": url}).encode() + b"\n"
    (entry,) = read_lines([line])
    assert (entry.event.url, entry.raw) == ("", line)


@pytest.mark.parametrize("kind", ["session.created", "vendor.thing"])
@pytest.mark.parametrize("behind", [0, 8])
def test_a_time_is_a_float_or_none_however_it_is_written_and_whoever_reads_it(kind, behind):
    lines = [b'{"t":%s,"from":"server","event":{"type":"%s","event_id":"e"}}\n' % (t, kind.encode())
             for t in (b"1", b"1" + b"0" * 30, b"1" + b"0" * 400)]  # fmt: skip
    *_, one, far, never = read_lines([EVENT.encode() + b"\n"] * behind + lines)
    assert (type(one.t), one.t, type(far.t), far.t, never.t) == (float, 1.0, float, 1e30, None)
    assert "number out of range" in never.event.faults[0].message


def test_a_record_that_was_torn_off_is_no_line():
    assert line_of(Torn(5, 1.0)) == b""
