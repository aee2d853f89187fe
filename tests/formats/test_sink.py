"""What becomes of the lines of a file that is made a recording."""

from __future__ import annotations

import pytest
from written import taken

from rtcli.formats.sink import TORN, Recording

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
    ],
)
def test_lines_of_a_recording_stay_and_bare_events_are_put_into_envelopes(content, there):
    assert taken(Recording, content) == (there, {})


def test_a_torn_line_is_lost():
    assert taken(Recording, LINE + LINE[:-20]) == (LINE, {TORN: 1})
