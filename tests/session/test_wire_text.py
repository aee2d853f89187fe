"""The pieces of text that events add to."""

from __future__ import annotations

import pytest
from notation import entries_of

from rtcli.session.wire_text import streamed


def piece_of(script):
    (entry,) = entries_of(script)
    return streamed(entry.event)


def test_a_piece_says_what_it_adds_to():
    told = piece_of('< novelty.text.delta {"item_id":"i","delta":"Hi"}')
    assert (told.field, told.name, told.piece) == ("delta", "text", "Hi")


@pytest.mark.parametrize("event", ['novelty.text.delta {"delta":7}', "novelty.text.delta {}", 'novelty {"delta":"Hi"}'])
def test_what_is_no_text_adds_to_none(event):
    assert piece_of(f"< {event}") is None
