"""The user's audio in the ledger: lengths, the clock that it is, truncations, and what it looks like."""

from __future__ import annotations

import base64

import pytest
from notation import entries_of

from rtcli.session.ledgers import Ledgers


def audio(ms, per_ms=48):
    return base64.b64encode(bytes(round(ms * per_ms))).decode()


def session(audio_format="audio/pcm", detection='{"type":"server_vad"}', output="audio/pcm"):
    return (
        f'< session.created {{"session":{{"type":"realtime","id":"s","audio":{{"input":{{"format":{{"type":"{audio_format}"}},'
        f'"turn_detection":{detection}}},"output":{{"format":{{"type":"{output}"}}}}}}}}}}\n'
    )


def append(ms, per_ms=48, t=""):
    return f'{t} > input_audio_buffer.append {{"audio":"{audio(ms, per_ms)}"}}\n'.lstrip()


COMMIT = "> input_audio_buffer.commit {}\n"
CLEAR = "> input_audio_buffer.clear {}\n"


def event(name, **fields):
    inside = ",".join(
        f'"{key}":{value}' if isinstance(value, int) else f'"{key}":"{value}"' for key, value in fields.items()
    )
    return f"< input_audio_buffer.{name} {{{inside}}}\n"


def ledgers_after(script):
    ledgers = Ledgers()
    for entry in entries_of(script):
        ledgers.context.note(entry)
        ledgers.apply(entry)
        ledgers.context.passed(entry)
    return ledgers


def heard(script):
    return ledgers_after(script).audio


@pytest.mark.parametrize(("audio_format", "per_ms"), [("audio/pcm", 48), ("audio/pcmu", 8), ("audio/pcma", 8)])
def test_what_is_appended_lasts_as_long_as_its_format_says(audio_format, per_ms):
    assert heard(session(audio_format) + append(40, per_ms) + append(60, per_ms)).appended_ms == 100


@pytest.mark.parametrize(("name", "per_ms"), [("pcm16", 48), ("g711_ulaw", 8), ("g711_alaw", 8)])
def test_the_formats_of_beta_have_their_own_names_and_the_same_lengths(name, per_ms):
    created = f'< session.created {{"session":{{"id":"s","modalities":["text"],"input_audio_format":"{name}"}}}}\n'
    assert heard(created + append(500, per_ms)).appended_ms == 500


def test_a_format_that_is_asked_for_counts_for_what_is_appended_behind_it():
    switch = '> session.update {"session":{"type":"realtime","audio":{"input":{"format":{"type":"audio/pcmu"}}}}}\n'
    audio = heard(session() + append(100) + switch + append(300, 8))
    assert audio.appended_ms == 400
    assert set(audio.samples) == {"audio/pcm", "audio/pcmu"}


def test_audio_in_a_format_that_nobody_told_is_not_measured():
    audio = heard(append(100) + session() + append(100))
    assert not audio.is_measured
    assert heard(session() + append(100)).is_measured


def test_a_commit_takes_what_was_appended_and_the_item_knows_how_much():
    audio = heard(session(detection="null") + append(300) + COMMIT + append(80) + event("committed", item_id="a"))
    assert audio.committed == {"a": 300}
    assert audio.uncommitted_ms == 80


def test_a_commit_of_too_little_is_refused_and_leaves_the_audio_where_it_is():
    refusal = (
        '< error {"error":{"type":"invalid_request_error","code":"input_audio_buffer_commit_empty","message":"no"}}\n'
    )
    audio = heard(session(detection="null") + append(60) + COMMIT + refusal + append(60) + COMMIT)
    assert audio.uncommitted_ms == 0
    done = heard(
        session(detection="null") + append(60) + COMMIT + append(60) + COMMIT + event("committed", item_id="a")
    )
    assert done.committed == {"a": 120}


def test_a_clear_empties_the_buffer_and_the_clock_goes_on():
    audio = heard(session(detection="null") + append(300) + CLEAR + append(50))
    assert (audio.uncommitted_ms, audio.appended_ms) == (50, 350)


def test_turn_detection_commits_the_stretch_that_it_told_and_the_rest_stays():
    script = session() + append(2000) + event("speech_started", item_id="a", audio_start_ms=400)
    script += event("speech_stopped", item_id="a", audio_end_ms=1500) + event("committed", item_id="a")
    audio = heard(script)
    assert audio.committed == {"a": 1100}
    assert audio.uncommitted_ms == 500


def test_the_clock_finds_the_append_that_carried_a_moment():
    script = "".join(append(20, t=f"{1 + number / 50:.2f}") for number in range(50))
    audio = heard("0.5 " + session() + script)
    assert audio.carried(0).line == 2
    found = [audio.carried(at_ms) for at_ms in (20, 21, 1000)]
    assert [(moment.t, moment.line) for moment in found] == [(1.0, 2), (1.02, 3), (1.98, 51)]
    assert audio.carried(1001) is None


def test_what_was_told_of_a_speech_is_kept_with_the_appends_that_carried_it():
    script = "0.5 " + session() + append(100, t="1.0") + append(100, t="1.1") + append(100, t="1.2")
    script += "1.3 " + event("speech_started", item_id="a", audio_start_ms=150)
    script += "1.4 " + event("speech_stopped", item_id="a", audio_end_ms=250)
    told = heard(script).heard["a"]
    assert (told.start.t, told.end.t) == (1.1, 1.2)


def test_the_clock_does_not_remember_more_than_a_bounded_number_of_appends():
    audio = heard(session() + append(1) * 9000)
    assert audio.appended_ms == 9000
    assert audio.carried(1) is None
    assert audio.carried(8999).line == 9000


PLACE = '"response_id":"r","item_id":"i","output_index":0,"content_index":0'


def answered(received_ms, spoken_t, *then, detection='{"type":"server_vad"}'):
    return (
        "0.5 "
        + session(detection=detection)
        + "\n".join(
            (
                '1.0 < response.created {"response":{"id":"r","conversation_id":"c"}}',
                f'1.1 < response.output_audio.delta {{{PLACE},"delta":"{audio(received_ms)}"}}',
                f'{spoken_t} < input_audio_buffer.speech_started {{"item_id":"u","audio_start_ms":0}}',
                *then,
            )
        )
    )


def test_speech_that_breaks_in_on_what_cannot_have_been_played_waits_for_a_truncation():
    barge_in = heard(answered(3000, 2.1)).barge_in
    assert (round(barge_in.unplayed_ms), barge_in.response_id, barge_in.line) == (2000, "r", 4)
    assert not barge_in.is_overdue(2.9)
    assert barge_in.is_overdue(3.2)


def test_what_has_been_played_by_then_is_no_loss():
    assert heard(answered(3000, 3.2)).barge_in is None


@pytest.mark.parametrize(
    "settles",
    [
        '2.2 > conversation.item.truncate {"item_id":"i","content_index":0,"audio_end_ms":700}',
        '2.2 < conversation.item.truncated {"item_id":"i","content_index":0,"audio_end_ms":700}',
        '2.2 > conversation.item.delete {"item_id":"i"}',
        '4.0 < response.created {"response":{"id":"s","conversation_id":"c"}}',
    ],
)
def test_a_truncation_settles_it_and_so_does_the_next_answer(settles):
    assert heard(answered(3000, 2.1, settles)).barge_in is None


def test_a_truncation_that_came_first_counts_as_well():
    script = answered(3000, 2.1).splitlines()
    script.insert(3, '2.0 > conversation.item.truncate {"item_id":"i","content_index":0,"audio_end_ms":700}')
    audio = heard("\n".join(script))
    assert audio.barge_in is None
    assert audio.truncated == {"i": 700}


def test_speech_that_is_not_to_interrupt_breaks_nothing_off():
    assert heard(answered(3000, 2.1, detection='{"type":"server_vad","interrupt_response":false}')).barge_in is None


def test_samples_are_kept_up_to_a_bound():
    audio = heard(session() + append(5000) * 40)
    assert audio.appended_ms == 200_000
    assert audio.samples["audio/pcm"].characters < 2_000_000
    assert audio.wants("audio/pcm")
    assert not audio.wants(None)


def test_the_models_audio_is_looked_at_for_some_seconds():
    delta = f'< response.output_audio.delta {{{PLACE},"delta":"{audio(1000)}"}}\n'
    audio_ledger = heard(session() + '< response.created {"response":{"id":"r"}}\n' + delta * 8)
    assert not audio_ledger.wants("audio/pcm")
    assert audio_ledger.output_samples["audio/pcm"].look() == "silence"
