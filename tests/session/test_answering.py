"""How a response comes, and what the user's speech does to it."""

from __future__ import annotations

import base64

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
    parts,
    started,
    stopped,
    text,
    usage,
    values,
)


def test_a_response_is_measured_from_its_creation():
    script = BEGIN + created(1, "r") + text(1.25, "r") + audio(1.5, "r") + done(3, "r", more=usage(10, 30))
    assert values(script, "created_to_first_text") == [250]
    assert values(script, "created_to_first_audio") == [500]
    assert values(script, "duration") == [2000]
    assert values(script, "tokens_per_s") == [15]
    assert values(script, "stream_speed") == []


def test_a_response_whose_beginning_is_not_recorded_has_no_times_and_no_length():
    script = BEGIN + audio(1, "r") + done(2, "r")
    for metric in ("created_to_first_audio", "duration", "audio_ms", "dry_ms", "stream_speed", "first_audible_ms"):
        assert values(script, metric) == []
    (row,) = measured(script).metrics.responses
    assert (row.audio_ms, row.dry_ms) == (None, None)


def test_leading_silence_is_counted_in_frames_of_20_ms():
    loud = 3277  # a tenth of full scale: -20 dBFS
    assert values(BEGIN + created(1, "r") + audio(1.1, "r", 60) + audio(1.2, "r", 40, loud), "first_audible_ms") == [60]
    assert values(BEGIN + created(1, "r") + audio(1.1, "r", 20, loud), "first_audible_ms") == [0]
    assert values(BEGIN + created(1, "r") + audio(1.1, "r", 500), "first_audible_ms") == []
    assert values(BEGIN + created(1, "r") + audio(1.1, "r", 90) + audio(1.2, "r", 30, loud), "first_audible_ms") == [80]


def test_a_response_that_stays_silent_is_listened_to_for_a_few_seconds_only():
    loud = audio(9, "r", 20, 3277)
    assert values(BEGIN + created(1, "r") + audio(2, "r", 4980) + loud, "first_audible_ms") == [4980]
    assert values(BEGIN + created(1, "r") + audio(2, "r", 5000) + loud, "first_audible_ms") == []


def test_audio_that_is_no_base64_has_no_loudness():
    broken = audio(1.1, "r", 40).replace("AAAA", "A!AA", 1)
    script = BEGIN + created(1, "r") + broken + audio(1.2, "r", 20, 3277)
    assert values(script, "first_audible_ms") == []


def test_leading_silence_of_g711_is_told_by_its_own_law():
    telephone = BEGIN.replace('{"type":"audio/pcm","rate":24000}}}}', '{"type":"audio/pcmu"}}}}')
    # 0xFF is nothing and 0x80 the loudest of mu-law: 40 ms of the one and 20 ms of the other.
    delta = base64.b64encode(b"\xff" * 320 + b"\x80" * 160).decode()
    place = '"response_id":"r","item_id":"item_a","output_index":0,"content_index":0'
    script = telephone + created(1, "r") + f'1.1 < response.output_audio.delta {{{place},"delta":"{delta}"}}\n'
    assert values(script, "first_audible_ms") == [40]
    assert values(script, "audio_ms") == [60]
    # 0xD5 is nothing and 0xAA the loudest of A-law.
    delta = base64.b64encode(b"\xd5" * 160 + b"\xaa" * 160).decode()
    other = telephone.replace("audio/pcmu", "audio/pcma") + created(1, "r")
    other += f'1.1 < response.output_audio.delta {{{place},"delta":"{delta}"}}\n'
    assert values(other, "first_audible_ms") == [20]


def test_a_player_starves_for_as_long_as_deltas_come_too_late():
    """After 100 ms it waits 50 ms; the second lasts until 250 ms, and the third comes at 400: another 150 ms."""
    script = BEGIN + created(1, "r") + audio(2, "r") + audio(2.15, "r") + audio(2.4, "r")
    assert values(script, "dry_ms") == [200]
    assert values(script, "audio_ms") == [300]
    assert values(script, "stream_speed") == [0.75]


def test_silent_responses_are_no_part_of_how_long_audio_lasts():
    script = BEGIN + created(1, "r") + text(1.2, "r") + done(1.3, "r") + created(2, "s") + audio(2.1, "s")
    assert values(script, "audio_ms") == [100]
    first, second = measured(script).metrics.responses
    assert (first.audio_ms, second.audio_ms) == (0, 100)


def test_audio_that_was_left_out_of_the_recording_is_unknown_and_not_nothing():
    place = '"response_id":"r","item_id":"item_a","output_index":0,"content_index":0'
    ended = f"1.5 < response.output_audio.done {{{place}}}\n"
    by_tokens = ',"usage":{"output_tokens":9,"output_token_details":{"audio_tokens":9}}'
    for end in (ended + done(2, "r"), done(2, "r", more=by_tokens)):
        script = BEGIN + created(1, "r") + end
        (row,) = measured(script).metrics.responses
        assert (row.audio_ms, row.dry_ms, row.speaks) == (None, None, True)
        assert "assistant" not in parts(script, "talk_share")


def test_an_interruption_is_measured_from_the_speech_that_interrupts():
    assert values(INTERRUPTED, "barge_in_to_done") == [100]
    assert values(INTERRUPTED, "barge_in_to_last_audio") == [50]
    assert values(INTERRUPTED, "barge_in_to_truncate") == [20]
    assert values(INTERRUPTED, "unplayed_ms") == [200]
    assert values(INTERRUPTED, "interruption_rate") == [1]
    assert [turn.interrupted for turn in measured(INTERRUPTED).metrics.turns] == [True, False]


def test_speech_behind_the_end_of_what_is_heard_interrupts_nothing():
    script = SPOKEN + started(2.0, "v", 1500)
    for metric in ("barge_in_to_done", "barge_in_to_last_audio", "barge_in_to_truncate", "unplayed_ms"):
        assert values(script, metric) == []
    assert values(script, "interruption_rate") == [0]


def test_speech_over_audio_that_still_plays_interrupts_a_response_that_is_done():
    script = SPOKEN + started(1.85, "v", 1500)
    assert values(script, "unplayed_ms") == [50]
    assert values(script, "barge_in_to_done") == []


def test_a_response_that_was_not_let_speak_counts_as_interrupted():
    script = SPOKEN + started(3, "v", 1500) + created(3.1, "s") + done(3.2, "s", "cancelled", CUT)
    assert values(script, "interruption_rate") == [0.5]


def test_where_the_server_plays_the_audio_its_buffer_tells_when():
    webrtc = BEGIN.replace("websocket", "webrtc")

    def buffer(t, kind):
        return f'{t} < output_audio_buffer.{kind} {{"response_id":"r"}}\n'

    script = (
        webrtc
        + started(1, "u", 100)
        + stopped(2, "u", 900)
        + committed(2.01, "u")
        + created(2.1, "r")
        + buffer(2.5, "started")
        + started(3, "v", 1500)
        + done(3.1, "r", "cancelled", CUT)
        + buffer(3.2, "cleared")
    )
    assert values(script, "stop_to_first_audio") == [500]
    assert values(script, "created_to_first_audio") == [400]
    assert values(script, "barge_in_to_cleared") == [200]
    assert values(script, "unplayed_ms") == []
    assert values(script, "voice_to_voice") == []
    assert values(script, "audio_ms") == []


def test_speech_that_is_not_to_interrupt_leaves_the_response_as_it_is():
    kept_on = DETECTION.replace('"silence', '"interrupt_response":false,"silence')
    script = INTERRUPTED.replace(DETECTION, kept_on).split("1.72 > conversation.item.truncate")[0] + done(1.8, "r")
    (row,) = measured(script).metrics.responses
    assert (row.interrupted, row.unplayed_ms, row.speech.t) == (False, None, 1.7)
    assert values(script, "interruption_rate") == [0]


def test_a_player_that_began_late_is_cut_although_all_would_have_been_heard():
    """What was received could have been played by 1.9 s; the client says at 2.1 s that it was not."""
    script = SPOKEN + started(2.0, "v", 1500)
    script += '2.1 > conversation.item.truncate {"item_id":"item_a","content_index":0,"audio_end_ms":180}\n'
    assert values(script, "barge_in_to_truncate") == [100]
    assert [turn.interrupted for turn in measured(script).metrics.turns] == [True, False]


def test_what_the_server_played_is_what_was_heard_of_the_model():
    script = BEGIN.replace("websocket", "webrtc") + created(1, "r")
    script += '2.1 < output_audio_buffer.started {"response_id":"r"}\n' + done(3, "r")
    script += '4.1 < output_audio_buffer.stopped {"response_id":"r"}\n' + '10.1 - {"note":"x"}\n'
    assert parts(script, "talk_share") == {"assistant": 0.2}


def test_the_padding_of_base64_is_no_audio():
    """Of 96, 97 and 98 bytes the text is as long or padded to 132 characters: 291 bytes in all."""
    place = '"response_id":"r","item_id":"item_a","output_index":0,"content_index":0'
    script = BEGIN + created(1, "r")
    for size in (96, 97, 98):
        delta = base64.b64encode(bytes(size)).decode()
        script += f'2 < response.output_audio.delta {{{place},"delta":"{delta}"}}\n'
    assert values(script, "audio_ms") == [pytest.approx(291 / 48, abs=0.001)]
    assert values(BEGIN + created(1, "r") + audio(2, "r", 0), "created_to_first_audio") == []


def arguments(t, response):
    place = f'"response_id":"{response}","item_id":"item_f","output_index":0,"call_id":"c"'
    return f'{t} < response.function_call_arguments.delta {{{place},"delta":"{{"}}\n'


def test_arguments_that_come_behind_the_end_are_no_first_token():
    (row,) = measured(BEGIN + created(1, "r") + done(2, "r") + arguments(2.5, "r")).metrics.responses
    assert row.first_token is None
    (row,) = measured(BEGIN + created(1, "r") + arguments(1.5, "r") + done(2, "r")).metrics.responses
    assert row.first_token.t == 1.5


def test_speech_interrupts_nothing_outside_the_conversation():
    aside = created(1, "r", '"conversation_id":null') + audio(1.1, "r", 900)
    (row,) = measured(BEGIN + aside + started(1.2, "u", 100)).metrics.responses
    assert (row.speech, row.unplayed_ms) == (None, None)


def test_the_first_speech_over_a_response_is_the_one_that_interrupts_it():
    script = BEGIN + created(1, "r") + audio(1.1, "r", 900) + started(1.3, "u", 100) + started(1.5, "v", 300)
    (row,) = measured(script).metrics.responses
    assert (row.speech.t, round(row.heard_ms, 6)) == (1.3, 200)


def test_a_truncation_says_nothing_of_a_response_that_spoke_in_two_items():
    script = BEGIN + created(1, "r") + audio(1.1, "r", 400) + "{}" + started(1.2, "u", 100)
    cut = '1.3 > conversation.item.truncate {"item_id":"item_a","content_index":0,"audio_end_ms":50}\n'
    added = (
        '{"response_id":"r","output_index":1,"item":{"type":"message","id":"item_b","role":"assistant","content":[]}}'
    )
    (one,) = measured(script.replace("{}", "") + cut).metrics.responses
    (two,) = measured(script.replace("{}", f"1.15 < response.output_item.added {added}\n") + cut).metrics.responses
    assert (one.heard_ms, round(two.heard_ms, 6)) == (50, 100)


@pytest.mark.parametrize(
    ("stopped_at", "is_cut"), [("", True), ('1.9 < output_audio_buffer.stopped {"response_id":"r"}\n', False)]
)
def test_speech_over_what_the_server_still_plays_interrupts_a_response_that_is_done(stopped_at, is_cut):
    plays = '1.2 < output_audio_buffer.started {"response_id":"r"}\n'
    script = BEGIN + created(1, "r") + plays + done(1.5, "r") + stopped_at + started(2.0, "u", 100)
    (row,) = measured(script).metrics.responses
    assert (row.speech is not None) == is_cut


def test_of_too_many_open_responses_the_oldest_is_not_measured():
    script = BEGIN + "".join(created(1, f"r{number}") for number in range(257)) + audio(1.1, "r0") + done(2, "r0")
    first = measured(script).metrics.responses[0]
    assert (first.status, first.audio_ms) == ("completed", None)


def test_of_a_response_in_a_format_that_is_not_known_no_delta_comes_too_late():
    (row,) = measured(BEGIN + audio(1, "r") + audio(9, "r") + done(10, "r")).metrics.responses
    assert (row.first_audio.t, row.dry_ms, row.audio_ms) == (1, None, None)


def test_what_is_told_to_be_cleared_twice_was_cut_off_the_first_time():
    cleared = "".join(f'{t} < output_audio_buffer.cleared {{"response_id": "r"}}\n' for t in (1.75, 2.5))
    script = BEGIN + created(1, "r") + audio(1.5, "r") + cleared + done(3, "r")
    (row,) = measured(script).metrics.responses
    assert (row.cleared.t, row.playback_ended.t) == (1.75, 1.75)


def test_a_truncation_without_speech_is_no_interruption():
    cut = '1.3 > conversation.item.truncate {"item_id":"item_a","content_index":0,"audio_end_ms":50}\n'
    script = BEGIN + created(1, "r") + audio(1.1, "r", 400) + cut
    (row,) = measured(script).metrics.responses
    assert (row.truncated.t, row.heard_ms, row.speech) == (1.3, 50, None)
    assert values(script, "barge_in_to_truncate") == []


def test_what_is_said_beside_the_conversation_is_cut_without_a_turn_being_interrupted():
    """The client cuts whatever it plays when the user speaks."""
    cut = '1.3 > conversation.item.truncate {"item_id":"item_a","content_index":0,"audio_end_ms":50}\n'
    aside = created(1, "r", '"conversation_id":null') + audio(1.1, "r", 900)
    metrics = measured(BEGIN + aside + started(1.2, "u", 100) + cut).metrics
    assert [(row.turn, row.interrupted) for row in metrics.responses] == [(0, True)]
    assert [(turn.item_ids, turn.interrupted) for turn in metrics.turns] == [(["u"], False)]


def test_what_is_told_to_be_played_twice_was_heard_from_the_first_time():
    plays = "".join(f'{t} < output_audio_buffer.started {{"response_id":"r"}}\n' for t in (1.2, 1.6))
    script = BEGIN.replace("websocket", "webrtc") + created(1, "r") + plays + done(2, "r")
    (row,) = measured(script).metrics.responses
    assert (row.first_audio.t, row.playback_began.t) == (1.2, 1.2)
    assert values(script, "created_to_first_audio") == [200]


def test_audio_that_came_here_has_its_length_wherever_it_is_played():
    plays = '1.2 < output_audio_buffer.started {"response_id":"r"}\n'
    script = BEGIN + created(1, "r") + audio(1.1, "r", 300) + plays + done(2, "r")
    assert values(script, "audio_ms") == [300]
    assert values(script, "created_to_first_audio") == [100]
