"""The script notation: conversations that people write, and files of them."""

from __future__ import annotations

import inspect
import json
import re

import pytest
from notation import lines_of
from sessions import FAILED, SPOKEN
from written import read_back, refuse, written

from rtcli.errors import UnreadableRecording
from rtcli.formats import Reading, find
from rtcli.formats.forms import form_of
from rtcli.formats.notation import SCRIPT, Script, knows, line_for
from rtcli.formats.rtcli import record_of
from rtcli.recording import Binary, Close, Frame, Header, Note, Other, Torn
from rtcli.rules import RULES

LINE = re.compile(r"^\s*(?:\d+(?:\.\d+)? )?[<>-] \S+(?: \{.*\})?\s*(?:# .*)?$")
"""How a line of a conversation looks on a page."""

WRITTEN_BY_HAND = """
# a call, as somebody wrote it down
> session.update {"session":{"type":"realtime"}}   # what was wrong

0.5 < session.updated { "event_id" : "e" }
  12 >  response.create
1.25 > response.create {}
2 - {"note":"a # in a note"}
3.5 - {"from":"server","close":{"code":1000,"reason":""}}  # the end
"""


def read(text, drop=refuse):
    return list(SCRIPT.read(text.encode().splitlines(keepends=True), drop))


def test_what_people_write_is_read_with_the_lines_where_it_stands():
    assert read(WRITTEN_BY_HAND) == [
        (3, Frame(None, "client", '{"type":"session.update","session":{"type":"realtime"}}')),
        (5, Frame(0.5, "server", '{"type":"session.updated", "event_id" : "e" }')),
        (6, Frame(12.0, "client", '{"type":"response.create"}')),
        (7, Frame(1.25, "client", '{"type":"response.create"}')),
        (8, Note(2.0, "a # in a note")),
        (9, Close(3.5, "server", 1000, "")),
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"type":"response.cancel"}', b"> response.cancel\n"),
        ('{"type":"response.cancel","response_id":"r"}', b'> response.cancel {"response_id":"r"}\n'),
        ('{"event_id":"e","type":"response.cancel"}', b'> {"event_id":"e","type":"response.cancel"}\n'),
        ('{"type": "response.cancel"}', b'> {"type": "response.cancel"}\n'),
        ('{"type":"a b"}', b'> {"type":"a b"}\n'),
        ('{"type":"","x":1}', b'> {"type":"","x":1}\n'),
        ('{"type":7}', b'> {"type":7}\n'),
        ('{"type":"a","type":"b"}', b'> a {"type":"b"}\n'),
        ("{}", b"> {}\n"),
        ("no JSON", b'- {"from":"client","text":"no JSON"}\n'),
        ('{"a":\n1}', b'- {"from":"client","text":"{\\"a\\":\\n1}"}\n'),
    ],
)
def test_an_event_is_written_short_where_it_comes_back_and_word_for_word_elsewhere(text, line):
    frame = Frame(None, "client", text)
    assert line_for(frame) == line
    assert read_back(SCRIPT, line) == [frame]


def test_what_is_no_event_stands_behind_a_dash_with_its_time_in_front():
    records = [
        Header(rtcli=1, started_at="2026-11-20T19:00:00.000000Z"),
        Binary(1.5, "server", b"\x00"),
        Frame(1.5, None, '{"type":"who.knows"}'),
        Other(2.0, {"t": 2.0, "later": [1]}),
    ]
    content, _ = written(Script, records)
    assert content.splitlines()[1:] == [
        b'1.500000 - {"from":"server","binary":"AA=="}',
        b'1.500000 - {"event":{"type":"who.knows"}}',
        b'2.000000 - {"later":[1]}',
    ]
    assert read_back(SCRIPT, content) == records
    assert line_for(Torn(3)) == b""


@pytest.mark.parametrize(
    ("line", "record"),
    [
        ('- header {"lossless":true}', Header(rtcli=1, lossless=True)),
        ('2 - close {"code":1006}   # TRN01', Close(2.0, None, 1006)),
        ('- note "a # click"', Note(None, "a # click")),
    ],
)
def test_a_record_may_be_told_by_its_name(line, record):
    assert read_back(SCRIPT, line.encode()) == [record]


def test_the_conversations_on_the_pages_of_rules_are_scripts():
    for rule in RULES:
        told = [line.strip() for line in inspect.getdoc(rule.judge).splitlines() if LINE.match(line)]
        assert len(read("\n".join(told))) == len(told) > 0, rule.code


@pytest.mark.parametrize(
    "line",
    ["hello", "? x", "> ", "> two words", '> x {"a":}', "> x [1]", "- x", "- {", "1.2.3 > x", "- {}", "> x {} y"],
)
def test_a_line_that_is_none_is_left_out_and_the_reading_goes_on(line):
    dropped = []
    records = read(f"> a\n{line}\n> b\n", lambda *told: dropped.append(told[0]))
    assert [record.text for _, record in records] == ['{"type":"a"}', '{"type":"b"}']
    assert dropped == [2]


@pytest.mark.parametrize("script", [WRITTEN_BY_HAND, SPOKEN, FAILED, "> response.create\n"])
def test_a_script_is_known_by_its_lines(script):
    assert knows(script.encode())
    assert form_of(script.encode()).name == "script"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "\n",
        "# A title\n\n> somebody said this\n> and this\n",
        "- kind: message\n- kind: x\n",
        "hello\n",
        "1 > 0 is true\n",
    ],
)
def test_other_texts_are_none(content):
    assert not knows(content.encode())


def test_a_script_that_is_cut_in_a_line_is_known():
    assert knows(b"> response.create\n" * 4 + b'> session.update {"session":{"instr')


@pytest.mark.parametrize("script", [SPOKEN, FAILED])
def test_the_sessions_of_these_tests_are_scripts(script):
    expected = [record for record in map(record_of, lines_of(script)) if not isinstance(record, Header)]
    told = [record for _, record in read(script) if not isinstance(record, Header)]
    assert [_without_its_id(record) for record in told] == [_without_its_id(record) for record in expected]


def _without_its_id(record):
    if not isinstance(record, Frame):
        return record
    event = json.loads(record.text)
    event.pop("event_id", None)
    return record.t, record.sender, event


def test_a_file_of_one_is_read_like_a_recording(tmp_path):
    path = tmp_path / "call.script"
    path.write_text(WRITTEN_BY_HAND)
    reading = Reading(path)
    entries = list(reading)
    assert (reading.form, reading.dropped) == ("script", 0)
    assert "script notation" in reading.guess
    assert [entry.line for entry in entries] == [3, 5, 6, 7, 8, 9]
    assert [entry.sender for entry in entries] == ["client", "server", "client", "client", None, "server"]
    assert record_of(entries[-1].raw) == Close(3.5, "server", 1000, "")


def test_a_time_that_no_float_holds_makes_no_line_of_a_script():
    lines = [b"9" * 400 + b" > response.create\n", b"9" * 400 + b' - note "x"\n', b"1.5 > response.create\n"]
    dropped = []
    records = list(SCRIPT.read(lines, lambda line, why, missing=True: dropped.append(line)))
    assert (records, dropped) == ([(3, Frame(1.5, "client", '{"type":"response.create"}'))], [1, 2])


def test_a_script_of_a_later_version_is_known_and_refused_and_keeps_no_folder_from_being_read(tmp_path):
    later = b'- {"rtcli":2}\n> response.create\n'
    assert knows(later)
    with pytest.raises(UnreadableRecording, match="format 2"):
        list(SCRIPT.read(later.splitlines(keepends=True), refuse))
    (tmp_path / "later.log").write_bytes(later)
    (tmp_path / "now.jsonl").write_bytes(b'{"type":"response.create"}\n')
    assert [path.name for path in find(tmp_path)] == ["later.log", "now.jsonl"]


@pytest.mark.parametrize(
    "line", [b"> \n", b"1e999 > x\n", b"> {]\n", b"- {]\n", b"- [1]\n", b"> \xff\xfe\n", b"nonsense\n"]
)
def test_a_line_that_is_none_of_a_script_is_left_out_and_told(line):
    told = []
    assert list(SCRIPT.read([line], lambda number, why, **_: told.append((number, why[:27])))) == []
    assert told == [(1, "this is no line of a script")]


def test_a_line_that_is_no_text_is_dropped_and_told_and_the_next_is_read():
    told = []
    lines = [b'> {"type":"response.create","x":"\xff"}\n', b"> response.create\n"]
    records = list(SCRIPT.read(lines, lambda line, why: told.append((line, why))))
    assert [(number, record.text) for number, record in records] == [(2, '{"type":"response.create"}')]
    ((line, why),) = told
    assert line == 1
    assert "no line of a script" in why
