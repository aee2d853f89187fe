"""Speech in pieces: each in the format of its moment, all of them together as long as the speech."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtcli.formats.wav import Sound
from rtcli.links.speaking import CHUNK_MS, Speaking

BYTES_PER_MS = {"audio/pcm": 48, "audio/pcmu": 8, "audio/pcma": 8, "pcm16": 48, "g711_ulaw": 8, "g711_alaw": 8}


def pieces(speaking, formats):
    """Pieces until there are no more, in these formats by turns."""
    made = []
    while True:
        wanted = formats[len(made) % len(formats)]
        if not speaking.is_made(wanted):
            speaking.make(wanted)
        piece = speaking.piece(len(made), wanted)
        if not piece:
            return made
        made.append((piece, wanted))


@given(
    ms=st.integers(1, 400),
    silence_ms=st.integers(0, 400),
    source=st.sampled_from(["audio/pcm", "audio/pcmu", "audio/pcma"]),
    formats=st.lists(st.sampled_from(list(BYTES_PER_MS)), min_size=1, max_size=4),
)
def test_speech_lasts_as_long_in_whatever_formats_its_pieces_are_sent(ms, silence_ms, source, formats):
    speaking = Speaking(Sound(source, bytes(ms * BYTES_PER_MS[source])), silence_ms)
    lengths = [len(piece) / BYTES_PER_MS[name] for piece, name in pieces(speaking, formats)]
    assert sum(lengths) == ms + silence_ms
    assert set(lengths[:-1]) <= {CHUNK_MS}


@pytest.mark.parametrize(("name", "code"), [(None, 0), ("audio/pcm", 0), ("g711_ulaw", 0xFF), ("audio/pcma", 0xD5)])
def test_behind_the_speech_comes_silence_of_the_format(name, code):
    speaking = Speaking(Sound("audio/pcm", bytes(range(48)) * 100), 100)
    speaking.make(name)
    assert set(speaking.piece(1, name)) == {code}
    assert speaking.piece(2, name) == b""
