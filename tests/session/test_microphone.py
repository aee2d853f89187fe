"""Where on the time line the user's audio lies, and what of it an utterance is."""

from __future__ import annotations

from sounding import append, created, heard, said

SECOND = bytes(48_000)


def speech(t, item, since_ms, until_ms):
    return (
        said(t, "server", "input_audio_buffer.speech_started", item_id=item, audio_start_ms=since_ms),
        said(t, "server", "input_audio_buffer.speech_stopped", item_id=item, audio_end_ms=until_ms),
        said(t, "server", "input_audio_buffer.committed", item_id=item),
    )


def lines_of_utterance(*speeches):
    """The first lines of the clips that the last of these lies in; a clip a second, with pauses between them."""
    track = heard(created(), append(1.0, SECOND), append(3.0, SECOND), append(5.0, SECOND), *speeches)
    *_, last = track.utterances.values()
    return [clip.line for clip in track.microphone.during(last)]


def test_an_utterance_lies_in_the_runs_of_audio_that_it_was_spoken_in():
    assert lines_of_utterance(*speech(5.1, "u", 200, 800)) == [2]
    assert lines_of_utterance(*speech(5.1, "u", 500, 1500)) == [2, 3]
    assert lines_of_utterance(*speech(5.1, "u", 1200, 2000)) == [3]


def test_an_utterance_that_goes_on_lies_in_all_that_was_sent_since():
    assert lines_of_utterance(speech(5.1, "u", 1500, 0)[0]) == [3, 4]


def test_what_the_client_clears_is_not_of_the_next_item():
    cleared = said(3.1, "server", "input_audio_buffer.cleared")
    commit = said(5.1, "server", "input_audio_buffer.committed", item_id="u")
    track = heard(created(), append(1.0, SECOND), append(3.0, SECOND), cleared, append(5.0, SECOND), commit)
    (one,) = track.utterances.values()
    assert (one.starts_s, one.ends_s) == (4.0, 5.0)
