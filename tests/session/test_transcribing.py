"""What of the user's audio became text, and what that says of the turns."""

from __future__ import annotations

import pytest
from counted import committed, measured, session_of, started, stopped, transcribed


@pytest.mark.parametrize(("kind", "turns"), [("transcription", [["u"], ["v"]]), ("realtime", [["u", "v"]])])
def test_what_was_said_before_the_recording_began_is_a_turn_of_its_own_only_where_nobody_is_to_answer_it(kind, turns):
    """Of "u" only the transcript came into the recording; then the user speaks again."""
    script = session_of().replace('"realtime"', f'"{kind}"') + transcribed(0.5, "completed", item="u")
    script += started(1.0, "v", 500) + stopped(2.0, "v", 1500) + committed(2.01, "v")
    script += transcribed(2.5, "completed", item="v")
    assert [turn.item_ids for turn in measured(script).metrics.turns] == turns


@pytest.mark.parametrize("commits", ["", "{t} > input_audio_buffer.commit\n"])
def test_each_transcript_is_a_turn_of_its_own_where_nobody_answers(commits):
    script = session_of().replace('"realtime"', '"transcription"')
    for t, item in enumerate("uvw", 1):
        script += commits.format(t=t) + transcribed(t + 0.1, "completed", item=item)
        script += committed(t + 0.2, item) if commits else ""
    assert [turn.item_ids for turn in measured(script).metrics.turns] == [["u"], ["v"], ["w"]]
