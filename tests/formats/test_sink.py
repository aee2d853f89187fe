"""What becomes of the lines of a file that is made a recording."""

from __future__ import annotations

import pytest
from written import read_back, taken

from rtcli.formats.bare import BareEvents
from rtcli.formats.har import HAR
from rtcli.formats.har_writer import Har
from rtcli.formats.notation import SCRIPT, Script
from rtcli.formats.sink import BROKEN, TORN, UNKNOWN_KEYS, Recording
from rtcli.recording import Frame

LINE = b'{"t":1.000000,"from":"client","event":{"type":"response.create"}}\n'


@pytest.mark.parametrize(
    ("content", "there"),
    [
        (LINE, LINE),
        (b"\xef\xbb\xbf" + LINE, LINE),
        (LINE + b"\n  \n" + LINE, LINE + LINE),
        (b'{ "t" : 1 , "note" : "x" }\r\n', b'{ "t" : 1 , "note" : "x" }\n'),
        (b'{"type":"response.create"}\n', b'{"from":"client","event":{"type":"response.create"}}\n'),
        (b' {"type": "response.create"} ', b'{"from":"client","event":{"type": "response.create"}}\n'),
        (b'{"event_id":"e","type":"error"}\n', b'{"from":"server","event":{"event_id":"e","type":"error"}}\n'),
        (b'{"type":"who.knows"}\n', b'{"event":{"type":"who.knows"}}\n'),
        (b'{"t":1,"from":"server","event":{"x":"\xff"}}\n', b'{"t":1,"from":"server","event":{"x":"\xff"}}\n'),
        (LINE + b"rubbish\n", LINE + b"rubbish\n"),
        (b'{"t":"noon","note":"x"}\n', b'{"t":"noon","note":"x"}\n'),
    ],
)
def test_lines_of_a_recording_stay_and_bare_events_are_put_into_envelopes(content, there):
    assert taken(Recording, content) == (there, {})


@pytest.mark.parametrize(
    ("line", "lost"),
    [
        (LINE, {}),
        (b'{"type":"response.create","later":1}\n', {}),
        (b'{ "from" : "client", "event" : {"type":"response.create"}, "t" : 1 }\n', {}),
        (b'{"t":1,"later":{"kinds":"are kept"}}\n', {}),
        (b'{"rtcli":1,"url":"x"}\n', {}),
        (b'{"t":1,"from":"client","event":{"type":"response.create"},"later":"}"}\n', {UNKNOWN_KEYS: 1}),
        (b'{"t":1,"later":1,"from":"client","event":{"type":"response.create"}}\n', {UNKNOWN_KEYS: 1}),
        (b'{"t":1,"note":"x","later":1}\n', {UNKNOWN_KEYS: 1}),
        (b'{"rtcli":1,"later":1}\n', {UNKNOWN_KEYS: 1}),
        (b'{"t":1,"note":"x","\xff":1}\n', {UNKNOWN_KEYS: 1}),
    ],
)
def test_what_other_forms_have_no_place_for_is_counted_and_bare_events_need_none(line, lost):
    assert taken(Script, line)[1] == taken(Har, line)[1] == lost
    assert taken(BareEvents, line)[1] == {}
    assert taken(Recording, line)[1] == {}


def test_a_torn_line_is_lost():
    assert taken(Recording, LINE + LINE[:-20]) == (LINE, {TORN: 1})


def test_a_damaged_event_is_a_frame_and_a_broken_record_is_none():
    content = b'{"type":"response.create",}\n{"t":"noon","note":"x"}\n{"type":"response.create"}\n'
    there, lost = taken(Script, content)
    assert there.splitlines() == [b'- {"text":"{\\"type\\":\\"response.create\\",}"}', b"> response.create"]
    assert lost == {BROKEN: 1}


@pytest.mark.parametrize("text", ['{"type":"x.y","delta":"\\ud83d"}', '{"type":"x.y","n":1e400}'])
def test_an_event_that_only_some_decoders_take_is_a_frame_of_its_side_and_time(text):
    line = b'{"t":1.5,"from":"client","event":%b}\n' % text.encode()
    for writer, form in ((Har, HAR), (Script, SCRIPT)):
        content, lost = taken(writer, line)
        assert read_back(form, content) == [Frame(1.5, "client", text)]
        assert lost == {}


@pytest.mark.parametrize(
    "line",
    [
        b'{"t":1.5,"from":"client","event":{"a":"\\ud83d"},"more":{"b":1}}\n',
        b'{"t":1.5,"from":"client","event":{"a":"\\ud83d"}\n',
        b'{"t":1.5,"from":"client","event":{"a":"\\ud83d}}\n',
        b'{"t":"\\ud83d","from":"client","event":{"a":1}}\n',
    ],
)
def test_a_broken_record_is_no_frame_with_all_of_it(line):
    content, lost = taken(Script, line)
    assert (content, lost) == (b"", {BROKEN: 1})
