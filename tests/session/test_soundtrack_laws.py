"""The soundtrack and the dialogue hold their laws on any sequence of events."""

from __future__ import annotations

import base64
import json
import math
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from sweeping import examples

from rtcli.events import DIALECTS, Listener
from rtcli.events.example import example
from rtcli.formats.rtcli import read
from rtcli.reports import subtitles, transcript
from rtcli.session.dialogue import dialogues
from rtcli.session.soundtrack import Samples, Soundtrack, soundtracks

PLACE = {"response_id": "a", "item_id": "a", "output_index": 0, "content_index": 0}
MESSAGE = {"type": "message", "role": "user", "content": [{"type": "input_audio", "audio": "AAAA"}]}
CALL = {"type": "function_call", "call_id": "a", "name": "f", "arguments": "{}", "status": "completed"}
SPOKEN = [
    {"type": "input_audio_buffer.append", "audio": ""},
    {"type": "response.output_audio.delta", "delta": "", **PLACE},
    {"type": "response.output_audio_transcript.delta", "delta": " word", **PLACE},
    {"type": "response.output_audio_transcript.done", "transcript": "all the words", **PLACE},
    {"type": "response.created", "response": {"id": "a", "status": "in_progress", "conversation_id": "c"}},
    {"type": "response.created", "response": {"id": "b", "status": "in_progress", "conversation_id": None}},
    {"type": "response.done", "response": {"id": "a", "status": "cancelled"}},
    {"type": "conversation.item.truncate", "item_id": "a", "content_index": 0, "audio_end_ms": 30},
    {"type": "output_audio_buffer.started", "response_id": "a"},
    {"type": "output_audio_buffer.cleared", "response_id": "a"},
    {"type": "input_audio_buffer.speech_started", "item_id": "b", "audio_start_ms": 10},
    {"type": "input_audio_buffer.speech_stopped", "item_id": "b", "audio_end_ms": 90},
    {"type": "input_audio_buffer.committed", "item_id": "b", "previous_item_id": "a"},
    {"type": "conversation.item.create", "item": MESSAGE, "previous_item_id": "root"},
    {"type": "conversation.item.create", "event_id": "a", "item": MESSAGE},
    {"type": "error", "error": {"type": "invalid_request_error", "message": "no", "event_id": "a"}},
    {"type": "conversation.item.added", "item": {"id": "b", **MESSAGE}, "previous_item_id": "a"},
    {"type": "response.output_item.added", "response_id": "a", "output_index": 0, "item": {"id": "a", **CALL}},
    {"type": "conversation.item.added", "item": {"id": "b", **CALL, "type": "function_call_output", "output": "x"}},
]
SOUND = [base64.b64encode(bytes(range(256)) * 40)[: 4 * n].decode() for n in (1, 16, 400, 3000)]
SOUNDS = [*SOUND, "", "====", "[Object]", SOUND[2] + "AA==", "AAA="]
FORMATS = ["audio/pcm", "audio/pcmu", "audio/pcma", None, "opus"]


def varied(value, draw, name=""):
    """The value with other ids, numbers and audio."""
    if isinstance(value, dict):
        return {key: varied(one, draw, key) for key, one in value.items()}
    if isinstance(value, list):
        return [varied(one, draw, name) for one in value]
    if name == "id" or name.endswith("_id"):
        return draw(st.sampled_from(("a", "b", "", value, None)))
    if name in ("audio", "delta") and not value.startswith(" "):
        return draw(st.sampled_from(SOUNDS))
    if isinstance(value, int) and not isinstance(value, bool):
        return draw(st.sampled_from((0, 1, 55, value, 2**53 - 1)))
    return value


@st.composite
def recordings(draw):
    dialect = draw(st.sampled_from(sorted(DIALECTS)))
    events = [example(event) for event in DIALECTS[dialect].types.values()]
    if dialect == "realtime":
        side = {"format": {"type": draw(st.sampled_from(FORMATS))}}
        session = {"type": "realtime", "id": "s", "model": "m", "audio": {"input": side, "output": side}}
        events += SPOKEN * 6 + [{"type": "session.created", "session": session}] * 4
    lines = []
    for event in draw(st.lists(st.sampled_from(events), max_size=30)):
        record = {"from": draw(st.sampled_from(["client", "server"])), "event": varied(event, draw)}
        t = draw(st.sampled_from([None, 0.0, 0.02, 0.5, 2.0, 7.25, -3.0, 1e308]))
        lines.append(json.dumps(record if t is None else {"t": t, **record}).encode() + b"\n")
    return dialect, lines


def entries(recording):
    dialect, lines = recording
    return list(read(iter(lines), Listener(DIALECTS[dialect])))


@settings(max_examples=examples(40), deadline=None)
@given(recordings())
def test_nothing_raises_no_side_is_heard_twice_at_once_and_no_more_is_heard_than_came(recording):
    for track in soundtracks(iter(entries(recording))):
        for clips in (track.microphone.clips, track.playback.clips):
            heard = sorted(
                (clip for clip in clips if not clip.out_of_band and clip.heard_ms), key=lambda one: one.starts_s
            )
            for before, clip in pairwise(heard):
                assert before.ends_s <= clip.starts_s * (1 + 1e-9) + 1e-6
            for clip in clips:
                assert 0 <= clip.heard_bytes <= clip.delivered_bytes <= clip.audio_bytes
                assert 0 <= clip.heard_ms <= clip.duration_ms
                assert math.isfinite(clip.starts_s)
                assert (clip.cut_ms is None) == (clip.ending == "")


@settings(max_examples=examples(40), deadline=None)
@given(recordings())
def test_all_will_have_been_heard_when_the_last_clip_of_the_conversation_ends(recording):
    track = Soundtrack()
    for entry in entries(recording):
        track.apply(entry)
        ends_s = [clip.ends_s for clip in track.playback.clips if not clip.out_of_band]
        assert track.playback.head_s == max(ends_s, default=0.0)


@settings(max_examples=examples(40), deadline=None)
@given(recordings())
def test_the_second_pass_hands_out_every_sample_of_every_clip_in_order(recording):
    told = entries(recording)
    tracks = list(soundtracks(iter(told)))
    for number, track in enumerate(tracks):
        behind = tracks[number + 1].line if number + 1 < len(tracks) else math.inf
        samples, given_bytes = Samples(track), {}
        for entry in told:
            if track.line <= entry.line < behind:
                for piece in samples.of(entry):
                    assert piece.offset_bytes == given_bytes.get(id(piece.clip), 0)
                    assert len(piece.data) % piece.clip.coding.sample_bytes == 0
                    given_bytes[id(piece.clip)] = piece.offset_bytes + len(piece.data)
        assert given_bytes == {id(clip): clip.delivered_bytes for clip in track.clips if clip.delivered_bytes}


@settings(max_examples=examples(40), deadline=None)
@given(recordings())
def test_whatever_was_said_can_be_written_and_its_subtitles_follow_each_other(recording):
    sayings = dialogues(entries(recording))
    for one in sayings:
        assert one.heard + one.unheard == one.text
    assert len(list(transcript.text(sayings))) >= len(sayings)
    assert "".join(transcript.markdown("x", sayings)).startswith("# Transcript of x\n")
    assert len(transcript.document("x", sayings)["sayings"]) == len(sayings)
    times = [(cue.starts_s, cue.ends_s) for cue in subtitles.cues(sayings)]
    flat = [at for pair in times for at in pair]
    assert flat == sorted(flat)
