"""Which turns of the tree the user has broken into: those that the numbers say, too."""

from __future__ import annotations

import pytest
from counted import (
    BEGIN,
    CUT,
    DETECTION,
    INTERRUPTED,
    SPOKEN,
    audio,
    committed,
    created,
    done,
    measured,
    started,
    stopped,
)
from notation import told

from rtcli.session.tree import Turn

TRUNCATED = '2.1 > conversation.item.truncate {"item_id":"item_a","content_index":0,"audio_end_ms":180}\n'
KEPT_ON = INTERRUPTED.replace(DETECTION, DETECTION.replace('"silence', '"interrupt_response":false,"silence'))
SAID = started(1, "u", 100) + stopped(2, "u", 900) + committed(2, "u") + created(2.1, "r")


def buffer(t, kind):
    return f'{t} < output_audio_buffer.{kind} {{"response_id":"r"}}\n'


def interrupted(script):
    return [turn.interrupted for turn in told(script).connections[0].children if isinstance(turn, Turn)]


@pytest.mark.parametrize(
    ("script", "broken_into"),
    [
        (INTERRUPTED, True),
        (KEPT_ON.split("1.72 > conversation.item.truncate")[0] + done(1.8, "r"), False),
        # A player is 50 ms short of the end of what came, although the response is done; then it is behind it.
        (SPOKEN + started(1.85, "v", 1500), True),
        (SPOKEN + started(2.0, "v", 1500), False),
        (SPOKEN + started(2.0, "v", 1500) + TRUNCATED, True),
        (SPOKEN + TRUNCATED + started(2.2, "v", 1500), False),
        # Nothing of the answer could be heard yet.
        (BEGIN + SAID + started(2.5, "v", 1500) + done(3, "r"), False),
        (BEGIN + SAID + started(2.5, "v", 1500) + done(3, "r", "cancelled", CUT), True),
        (BEGIN + SAID + done(2.4, "r", "cancelled", ',"status_details":{"reason":"client_cancelled"}'), False),
        # More audio has come than time has passed.
        (BEGIN + SAID + audio(2.2, "r", 1000) + started(2.5, "v", 1500) + done(3, "r"), True),
        # Where the server plays the audio.
        (BEGIN + SAID + buffer(2.2, "started") + done(2.3, "r") + started(2.5, "v", 1500), True),
        (BEGIN + SAID + buffer(2.2, "started") + buffer(2.4, "stopped") + started(2.5, "v", 1500), False),
        (BEGIN + SAID + started(2.5, "v", 1500) + buffer(2.6, "cleared"), True),
        (BEGIN + SAID + buffer(2.6, "cleared"), False),
    ],
)
def test_a_turn_is_interrupted_when_the_user_breaks_into_what_can_be_heard(script, broken_into):
    assert interrupted(script)[0] == broken_into
    assert interrupted(script) == [turn.interrupted for turn in measured(script).metrics.turns]


def test_what_is_said_beside_the_conversation_cannot_be_broken_into():
    aside = BEGIN + created(1, "r", '"conversation_id":null') + audio(1.1, "r", 1000) + started(1.2, "v", 100)
    assert interrupted(aside) == [False]


def test_what_is_said_beside_the_conversation_can_be_cut_and_no_turn_is_broken_into():
    """The client cuts whatever it plays when the user speaks."""
    aside = BEGIN + created(1, "r", '"conversation_id":null') + audio(1.1, "r", 1000) + started(1.2, "v", 100)
    assert interrupted(aside + TRUNCATED) == [False]
