"""How much of an answer was heard is one number: what the client says where it truncates, for the cost as for the words."""

from __future__ import annotations

import pytest
from counted import BEGIN, CUT, append, audio, created, done, measured, started
from notation import entries_of

from rtcli.session.soundtrack import Soundtrack
from rtcli.session.spending import bill_of

USED = (
    ',"usage":{"input_tokens":10,"output_tokens":100,"input_token_details":{"text_tokens":10},'
    '"output_token_details":{"text_tokens":0,"audio_tokens":100}}'
)


def script(truncated_ms, *, speaks=True):
    """Two seconds of audio come at 1 s; half a second later the user speaks, and the client truncates."""
    truncate = f'{{"item_id":"item_a","content_index":0,"audio_end_ms":{truncated_ms}}}\n'
    return (
        BEGIN
        + "".join(append(n / 10) for n in range(2, 9))
        + created(0.9, "r")
        + audio(1.0, "r", 2000)
        + (started(1.5, "v", 600) if speaks else "")
        + f"1.6 > conversation.item.truncate {truncate}"
        + done(1.7, "r", "cancelled", CUT + USED)
    )


@pytest.mark.parametrize("truncated_ms", [300, 1500])
def test_the_cost_counts_as_heard_what_the_client_says_was_heard(truncated_ms):
    """100 tokens for 2000 ms: 20 ms a token."""
    track = Soundtrack()
    for entry in entries_of(script(truncated_ms)):
        track.apply(entry)
    track.finish()
    (clip,) = track.playback.clips
    assert clip.heard_ms == truncated_ms
    connection = measured(script(truncated_ms))
    (one,) = bill_of(connection.metrics, connection.kept).spendings
    assert one.unheard_tokens == (2000 - truncated_ms) / 20


def test_what_a_button_cut_off_was_not_heard_either():
    connection = measured(script(500, speaks=False))
    (one,) = bill_of(connection.metrics, connection.kept).spendings
    assert one.unheard_tokens == 75


def test_the_word_of_a_client_that_hears_the_user_before_the_server_does_stands():
    """A client that listens itself truncates first: what it said was heard is not reckoned anew."""
    early = script(300, speaks=False)
    place = early.index("1.7 < response.done")
    connection = measured(early[:place] + started(1.65, "v", 600) + early[place:])
    (one,) = bill_of(connection.metrics, connection.kept).spendings
    assert one.unheard_tokens == 85
