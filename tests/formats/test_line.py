"""The line that stands for a record."""

from __future__ import annotations

import pytest

from rtcli.events import Listener
from rtcli.formats.line import line_of
from rtcli.formats.rtcli import read
from rtcli.recording import Binary, Frame


@pytest.mark.parametrize("raw", [b'{"type":"x","id":"\xc4"}', b"\xff\xfe", b'{"type":"x"}\xc3', b"\xed\xa0\x80"])
@pytest.mark.parametrize("t", [None, 1.5])
def test_a_text_that_was_no_utf_8_is_written_as_its_bytes(raw, t):
    (entry,) = read([line_of(Frame(t, "server", raw.decode("utf-8", "surrogateescape")))], Listener())
    assert entry.event == Binary(t, "server", raw)


def test_half_a_character_that_no_bytes_stand_for_is_told_as_such():
    line = line_of(Frame(1.5, "server", "a\ud800"))
    (entry,) = read([line], Listener())
    assert line.decode() == '{"t":1.500000,"from":"server","text":"a?"}\n'
    assert entry.sender == "server"
