"""What of a call is heard when, and how much of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from notation import entries_of
from sounding import append, b64, began, created, delta, done, heard, said, sounds, tone, truncate

from rtcli.formats import read
from rtcli.session.soundtrack import soundtracks

MS_20 = bytes(960)
SECOND = bytes(48_000)


def live(since_s, count, data=MS_20):
    """Chunks of 20 ms as a microphone sends them."""
    return [append(round(since_s + 0.02 * n, 6), data) for n in range(1, count + 1)]


def model(track):
    return [(clip.item_id, round(clip.starts_s, 6), clip.duration_ms, clip.cut_ms) for clip in track.playback.clips]


def user(track):
    return [(round(clip.starts_s, 6), round(clip.duration_ms, 3)) for clip in track.microphone.clips]


# --- The user ---------------------------------------------------------------------------------------


def test_what_is_sent_live_was_spoken_just_before():
    track = heard(created(), *live(1.0, 50))
    assert user(track) == [(1.0, 1000)]
    assert track.heard_s(5.0) == 5.0


def test_a_client_that_is_always_a_chunk_ahead_speaks_live_for_all_that():
    chunks = [append(0.01 + 0.1 * n, bytes(4800)) for n in range(50)]
    track = heard(
        created(), *chunks[:20], began(2.0), delta(2.0, SECOND), *chunks[20:30], delta(3.0, SECOND), *chunks[30:]
    )
    assert user(track) == [(0.0, 5000)]
    assert model(track)[0][1] == 2.0
    assert track.heard_s(4.9) == 4.9


def test_a_pause_of_the_client_is_a_pause_in_the_audio():
    assert user(heard(created(), *live(1.0, 10), *live(3.0, 10))) == [(1.0, 200), (3.0, 200)]


def test_what_a_stalled_network_held_back_stands_where_it_was_spoken():
    stalled = [append(2.2, MS_20) for _ in range(50)]
    track = heard(created(), *live(1.0, 10), *stalled, *live(2.2, 10))
    (first, second) = user(track)
    assert first == (1.0, 200)
    assert second == (pytest.approx(1.2, abs=0.05), 1200)


def test_a_file_that_is_sent_at_once_is_heard_in_full_before_the_answer():
    track = heard(created(), *[append(0.1, SECOND) for _ in range(5)], began(0.4), delta(0.5, SECOND), done(0.6))
    (question,) = track.microphone.clips
    (answer,) = track.playback.clips
    assert question.duration_ms == 5000
    assert answer.starts_s == pytest.approx(question.ends_s + 0.4)
    assert track.heard_s(0.5) == pytest.approx(answer.starts_s)
    assert track.heard_s(0.05) == 0.05


def test_the_next_file_that_is_sent_at_once_waits_for_the_answer_that_still_plays():
    track = heard(
        created(),
        *[append(0.1, SECOND) for _ in range(3)],
        *[delta(0.5, SECOND), delta(0.6, SECOND), done(0.7)],
        *[append(0.8, SECOND) for _ in range(3)],
    )
    first, second = track.microphone.clips
    (answer,) = track.playback.clips
    assert first.ends_s <= answer.starts_s
    assert answer.ends_s == pytest.approx(second.starts_s)


def test_what_turn_detection_heard_lies_on_the_clock_of_the_audio():
    track = heard(
        created(),
        *live(1.0, 100),
        said(2.1, "server", "input_audio_buffer.speech_started", item_id="u", audio_start_ms=300),
        *live(3.5, 50),
        said(4.6, "server", "input_audio_buffer.speech_stopped", item_id="u", audio_end_ms=2500),
    )
    one = track.utterances["u"]
    assert (one.starts_s, one.ends_s) == (pytest.approx(1.3), pytest.approx(4.0))


def test_where_the_recording_lacks_the_beginning_the_servers_clock_is_taken_from_what_it_says():
    track = heard(
        *live(100.0, 50),
        said(101.0, "server", "input_audio_buffer.speech_started", item_id="u", audio_start_ms=90_500),
        said(101.0, "server", "input_audio_buffer.speech_stopped", item_id="u", audio_end_ms=91_000),
    )
    one = track.utterances["u"]
    assert (one.starts_s, one.ends_s) == (pytest.approx(100.5), pytest.approx(101.0))
    assert track.began_s == pytest.approx(100.02)


def test_what_was_said_before_a_part_of_a_recording_is_where_it_was_told():
    track = heard(
        created(),
        said(0.4, "server", "input_audio_buffer.speech_started", item_id="u", audio_start_ms=300),
        said(1.4, "server", "input_audio_buffer.speech_stopped", item_id="u", audio_end_ms=1300),
        *live(5.0, 50),
    )
    assert (track.utterances["u"].starts_s, track.utterances["u"].ends_s) == (0.4, 1.4)


def test_without_turn_detection_an_item_is_what_was_sent_since_the_last():
    commit = [said(t, "server", "input_audio_buffer.committed", item_id=f"u{t}") for t in (2.1, 4.1)]
    track = heard(created(), *live(1.0, 50), commit[0], *live(3.0, 25), commit[1])
    spans = [(round(one.starts_s, 3), round(one.ends_s, 3)) for one in track.utterances.values()]
    assert spans[0] == (1.0, 2.0)
    assert spans[1][1] == 3.5


def test_audio_before_the_session_is_known_is_in_its_format():
    track = heard(append(0.1, bytes(800)), created(0.2, "audio/pcmu"), append(0.3, bytes(800)))
    assert [clip.audio_format for clip in track.microphone.clips] == ["audio/pcmu"] * len(track.microphone.clips)
    assert sum(clip.duration_ms for clip in track.microphone.clips) == 200


def test_audio_that_a_client_puts_into_an_item_is_heard_as_the_users():
    part = {"type": "input_audio", "audio": "AAAA" * 1600}
    item = {"type": "message", "role": "user", "id": "u", "content": [part]}
    lines = (created(), said(1.0, "client", "conversation.item.create", item=item))
    (clip,) = heard(*lines).microphone.clips
    assert (clip.item_id, clip.duration_ms) == ("u", 100)
    assert sounds(*lines) == {"u": bytes(4800)}


# --- The model ----------------------------------------------------------------------------------------


def test_an_answer_is_heard_from_its_first_delta_on_however_fast_it_comes():
    track = heard(created(), began(1.0), *[delta(1.0 + n / 100, SECOND) for n in range(10)])
    assert model(track) == [("i", 1.0, 10_000, None)]


def test_the_next_item_of_an_answer_and_the_next_answer_wait_for_their_turn():
    track = heard(
        *[created(), began(1.0), delta(1.0, SECOND), delta(1.1, SECOND, "j"), done(1.2)],
        *[began(1.3, "r2"), delta(1.4, SECOND, "k", "r2")],
    )
    assert model(track) == [("i", 1.0, 1000, None), ("j", 2.0, 1000, None), ("k", 3.0, 1000, None)]


def test_a_player_that_ran_dry_goes_on_when_more_comes():
    track = heard(created(), began(1.0), delta(1.0, SECOND), delta(4.0, SECOND))
    assert model(track) == [("i", 1.0, 1000, None), ("i", 4.0, 1000, None)]
    assert [clip.offset_ms for clip in track.playback.clips] == [0, 1000]


def test_what_was_truncated_is_heard_up_to_there_and_what_comes_late_is_not():
    track = heard(
        *[created(), began(1.0), delta(1.0, SECOND), delta(1.1, SECOND, "j"), truncate(1.4, 400)],
        *[delta(1.5, SECOND), delta(1.5, SECOND, "j"), done(1.6, status="cancelled")],
        *[began(3.0, "r2"), delta(3.0, SECOND, "k", "r2")],
    )
    assert model(track) == [("i", 1.0, 2000, 400), ("j", 2.0, 2000, 0), ("k", 3.0, 1000, None)]
    assert [clip.ending for clip in track.playback.clips] == ["truncated", "truncated", ""]


def test_a_cut_is_exact_to_the_sample():
    track = heard(created(), began(1.0), delta(1.0, SECOND), truncate(1.2, 333))
    (clip,) = track.playback.clips
    assert clip.heard_bytes == 333 * 48


def test_a_truncation_behind_the_end_cuts_nothing():
    assert model(heard(created(), began(1.0), delta(1.0, SECOND), truncate(3.0, 1000))) == [("i", 1.0, 1000, None)]


def test_a_truncation_of_an_item_in_several_runs_counts_all_of_its_audio():
    track = heard(created(), began(1.0), delta(1.0, SECOND), delta(4.0, SECOND), truncate(4.3, 1300))
    assert [clip.cut_ms for clip in track.playback.clips] == [None, 300]


def test_what_the_server_cleared_was_heard_until_then():
    cleared = said(1.25, "server", "output_audio_buffer.cleared", response_id="r")
    track = heard(created(), began(1.0), delta(1.0, SECOND), cleared)
    ((_, _, _, cut_ms),) = model(track)
    assert cut_ms == pytest.approx(250)


def test_a_cancelled_answer_plays_on_until_the_next_one():
    lines = [created(), began(1.0), delta(1.0, SECOND), delta(1.1, SECOND), done(1.2, status="cancelled")]
    (clip,) = heard(*lines).playback.clips
    assert (clip.cut_ms, clip.cancelled) == (None, True)
    first, second = heard(*lines, began(1.4, "r2"), delta(1.5, SECOND, "k", "r2")).playback.clips
    assert (first.ending, first.cut_ms, second.starts_s) == ("replaced", pytest.approx(500), 1.5)


def test_an_answer_outside_the_conversation_holds_nobody_up():
    track = heard(
        *[created(), began(1.0), began(1.0, "o", None), delta(1.1, SECOND, "x", "o"), delta(1.2, SECOND)],
    )
    assert model(track) == [("x", 1.1, 1000, None), ("i", 1.2, 1000, None)]
    assert [clip.out_of_band for clip in track.playback.clips] == [True, False]


@pytest.mark.parametrize("name", ["spoken", "interruption"])
def test_a_call_that_was_spoken_live_is_as_long_as_its_recording(name):
    entries = list(read(Path(__file__).parents[2] / f"recordings/{name}.jsonl"))
    (track,) = soundtracks(iter(entries))
    times = {entry.line: entry.t for entry in entries}
    assert [clip.starts_s for clip in track.playback.clips] == [times[clip.line] for clip in track.playback.clips]
    assert track.heard_s(times[len(entries)]) == times[len(entries)]
    assert len(track.microphone.clips) == 1


# --- What cannot be heard, and what is not told --------------------------------------------------------


def test_what_is_no_base64_is_counted_and_left_out():
    bad = said(1.1, "client", "input_audio_buffer.append", audio="[elided]")
    track = heard(created(), append(1.0, MS_20), bad, bad, append(1.02, MS_20))
    assert track.left_out == {"no base64": 2}
    assert track.microphone.sent_ms == 40


def test_half_a_sample_waits_for_its_other_half():
    data = tone(440, 20)
    lines = [created(), began(1.0), delta(1.0, data[:101]), delta(1.0, data[101:333]), delta(1.0, data[333:] + b"\1")]
    assert sounds(*lines) == {"i": data}


def test_without_times_both_sides_are_heard_in_order():
    track = heard(
        created(None), append(None, SECOND), began(None), delta(None, SECOND), done(None), append(None, SECOND)
    )
    assert user(track) == [(0.0, 1000), (2.0, 1000)]
    assert model(track) == [("i", 1.0, 1000, None)]


def test_each_connection_of_a_file_has_a_soundtrack_of_its_own():
    header = '- {"rtcli": 1}'
    script = "\n".join(
        [header, created(0.0), append(1.0, SECOND), header, created(0.0), began(0.1), delta(0.2, SECOND)]
    )
    first, second = soundtracks(iter(entries_of(script)))
    assert (len(first.clips), len(second.clips)) == (1, 1)
    assert (first.line, second.line) == (1, 4)


@pytest.mark.parametrize(("name", "per_ms"), [("audio/pcm", 48), ("audio/pcmu", 8), ("audio/pcma", 8)])
def test_a_clip_lasts_as_long_as_its_format_says(name, per_ms):
    track = heard(created(0.0, name), append(1.0, bytes(per_ms * 100)), began(2.0), delta(2.0, bytes(per_ms * 300)))
    assert [clip.duration_ms for clip in track.clips] == [100, 300]
    assert {clip.audio_format for clip in track.clips} == {name}


def test_formats_and_deltas_of_beta_are_understood():
    session = {"id": "s", "model": "m", "modalities": ["audio", "text"], "input_audio_format": "g711_ulaw"}
    session |= {"output_audio_format": "g711_alaw"}
    place = {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0}
    track = heard(
        said(0.0, "server", "session.created", session=session),
        append(1.0, bytes(800)),
        said(2.0, "server", "response.audio.delta", delta="AAAA" * 800, **place),
    )
    assert [(clip.audio_format, clip.duration_ms) for clip in track.clips] == [("audio/pcmu", 100), ("audio/pcma", 300)]


def test_a_rate_that_is_told_is_kept_and_one_that_cannot_be_is_not():
    created_ = said(0.0, "server", "session.created", session={"id": "s", "type": "translation", "model": "m"})
    for told, kept in ((16_000, 16_000), (0, 24_000), (10**9, 24_000)):
        spoken = said(1.0, "server", "session.output_audio.delta", delta="AAAA" * 80, sample_rate=told, elapsed_ms=1)
        ((clip,),) = [track.playback.clips for track in soundtracks(iter(entries_of(f"{created_}\n{spoken}")))]
        assert clip.rate_hz == kept


# --- What comes late, or cannot be heard ------------------------------------------------------------


def test_what_still_comes_of_a_response_that_the_server_has_stopped_is_not_heard():
    cleared = said(1.5, "server", "output_audio_buffer.cleared", response_id="r")
    track = heard(created(), began(1.0), delta(1.0, SECOND), cleared, delta(3.0, SECOND, "j"))
    assert model(track) == [("i", 1.0, 1000, 500.0), ("j", 3.0, 1000, 0.0)]


def test_half_a_sample_waits_for_its_other_half_and_nothing_is_nothing():
    chunks = [b"\x01", b"", b"\x02\x03\x04"]
    deltas = [delta(1.0, chunk) for chunk in chunks]
    assert sounds(created(), began(1.0), *deltas) == {"i": b"\x01\x02\x03\x04"}


def test_the_audio_of_a_translation_is_handed_out():
    started = said(0.0, "server", "session.created", session={"type": "translation", "id": "s"})
    spoken = said(1.0, "server", "session.output_audio.delta", delta=b64(SECOND), sample_rate=24000)
    assert sounds(started, spoken) == {"": SECOND}


def test_of_an_item_only_the_parts_with_audio_are_heard():
    parts = [{"type": "input_audio", "audio": audio} for audio in ("", "not base64", b64(MS_20))]
    item = {"type": "message", "role": "user", "id": "u", "content": parts}
    assert sounds(created(), said(1.0, "client", "conversation.item.create", item=item)) == {"u": MS_20}
