"""What was not heard of an answer that the user broke off."""

from __future__ import annotations

import base64
import json

from notation import entries_of

from rtcli.links.playing import Playing
from rtcli.session.config import Config


def session(interrupts=True):
    detection = {"type": "server_vad", "interrupt_response": interrupts}
    pcm = {"format": {"type": "audio/pcm", "rate": 24000}}
    settings = {"type": "realtime", "id": "s", "audio": {"input": {"turn_detection": detection}, "output": pcm}}
    return f"0 < session.created {json.dumps({'session': settings})}\n"


def created(response="r", conversation="c"):
    return f"0.5 < response.created {json.dumps({'response': {'id': response, 'conversation_id': conversation}})}\n"


def audio(t, ms, item="a", response="r"):
    delta = base64.b64encode(bytes(ms * 48)).decode()
    place = {"response_id": response, "item_id": item, "output_index": 0, "content_index": 0}
    return f"{t} < response.output_audio.delta {json.dumps({'delta': delta, **place})}\n"


def speech(t):
    return f'{t} < input_audio_buffer.speech_started {{"item_id": "u", "audio_start_ms": 0}}\n'


def truncations(script):
    playing, config, found = Playing(), Config(), []
    for entry in entries_of(script):
        config.apply(entry)
        truncate = playing.interrupted(entry, config)
        if truncate:
            found.append((truncate.item_id, truncate.content_index, truncate.audio_end_ms))
    return found


def test_an_answer_is_cut_at_what_has_been_played_since_its_first_audio():
    assert truncations(session() + created() + audio(1, 2000) + audio(1.1, 3000) + speech(2.5)) == [("a", 0, 1500)]


def test_an_answer_that_was_heard_to_its_end_is_not_cut():
    assert truncations(session() + created() + audio(1, 2000) + speech(3)) == []


def test_an_answer_is_cut_once_however_often_the_user_speaks():
    assert truncations(session() + created() + audio(1, 5000) + speech(2) + speech(3)) == [("a", 0, 1000)]


def test_the_next_item_is_played_from_its_own_beginning():
    two = audio(1, 1000) + audio(4, 3000, item="b")
    assert truncations(session() + created() + two + speech(5)) == [("b", 0, 1000)]


def test_where_turn_detection_does_not_interrupt_the_answer_is_played_on():
    assert truncations(session(interrupts=False) + created() + audio(1, 5000) + speech(2)) == []


def test_a_response_outside_the_conversation_has_no_item_to_cut():
    assert truncations(session() + created(conversation=None) + audio(1, 5000) + speech(2)) == []


def test_without_a_known_format_or_without_times_nothing_is_guessed():
    assert truncations(created() + audio(1, 5000) + speech(2)) == []
    untimed = session() + created() + audio(1, 5000) + speech(2)
    assert truncations("".join(line.split(" ", 1)[1] + "\n" for line in untimed.splitlines())) == []
