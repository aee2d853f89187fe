"""The built-in server hears: speech, silence, transcription, formats, interruption."""

from __future__ import annotations

import base64

import pytest
from callers import CREATE, SILENCE_MS, Call, message, only, types, update

from rtcli.events.configuration import TranscriptionSession
from rtcli.standin import voice


def test_a_spoken_turn_is_heard_committed_transcribed_and_answered():
    call = Call()
    call.say(update(audio={"input": {"transcription": {"model": "gpt-4o-transcribe"}}}))
    padding = bytes(1000 * SILENCE_MS)
    got = call.speak(padding + voice.user("weather").pcm16 + padding) + call.wait()
    names = types(got)
    assert names[:6] == [
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
        "response.created",
    ]
    started, stopped = only(got, "input_audio_buffer.speech_started"), only(got, "input_audio_buffer.speech_stopped")
    assert 500 <= started.audio_start_ms <= 1000, "the padding of 300 ms lies before the speech at 1000 ms"
    speech_end_ms = 1000 + voice.user("weather").length_ms
    assert speech_end_ms <= stopped.audio_end_ms <= speech_end_ms + 600, "500 ms of silence end the turn"
    assert (
        only(got, "conversation.item.input_audio_transcription.completed").transcript
        == "What is the weather in London?"
    )
    assert {started.item_id, stopped.item_id} == {only(got, "input_audio_buffer.committed").item_id}


def test_speech_over_an_answer_cancels_it_as_the_real_server_reports_it():
    call = Call()
    call.send(message("Tell me a story"), CREATE)
    call.wait(0.6)
    got = call.speak(voice.user("stop").pcm16, 20)
    names = types(got[next(i for i, e in enumerate(got) if e.type == "input_audio_buffer.speech_started") :])
    closing = [
        "input_audio_buffer.speech_started",
        "response.output_audio.done",
        "response.output_audio_transcript.done",
        "response.content_part.done",
        "conversation.item.done",
        "response.output_item.done",
        "response.done",
    ]
    assert names[: len(closing)] == closing
    done = only(got, "response.done").response
    assert (done.status, done.status_details.reason) == ("cancelled", "turn_detected")
    assert only(got, "response.output_item.done").item.status == "incomplete"
    assert voice.model("story").text.startswith(only(got, "response.output_audio_transcript.done").transcript)


def test_audio_can_be_truncated_up_to_its_length_and_its_transcript_is_forgotten():
    call = Call()
    done = only(call.say(message("hello"), CREATE), "response.done").response
    cut = {"type": "conversation.item.truncate", "item_id": done.output[0].id, "content_index": 0}
    assert only(call.say(cut | {"audio_end_ms": 60_000}), "error").error.code == "invalid_value"
    assert only(call.say(cut | {"audio_end_ms": 500}), "conversation.item.truncated").audio_end_ms == 500
    kept = only(
        call.say({"type": "conversation.item.retrieve", "item_id": done.output[0].id}), "conversation.item.retrieved"
    )
    assert kept.item.content[0].transcript is None


def test_a_committed_message_can_be_retrieved_with_its_audio():
    call = Call()
    call.say(update(audio={"input": {"turn_detection": None}}))
    pcm16 = voice.user("hello").pcm16
    call.speak(pcm16)
    committed = only(call.say({"type": "input_audio_buffer.commit"}), "input_audio_buffer.committed")
    kept = only(
        call.say({"type": "conversation.item.retrieve", "item_id": committed.item_id}), "conversation.item.retrieved"
    )
    assert base64.b64decode(kept.item.content[0].audio) == pcm16


def test_nothing_is_answered_by_itself_when_vad_may_not_create_responses():
    call = Call()
    call.say(update(audio={"input": {"turn_detection": {"type": "server_vad", "create_response": False}}}))
    got = call.speak(voice.user("hello").pcm16 + bytes(900 * SILENCE_MS)) + call.wait()
    assert "input_audio_buffer.committed" in types(got)
    assert "response.created" not in types(got)


def test_the_model_speaks_by_itself_after_the_idle_time_out():
    call = Call()
    got = call.send(update(audio={"input": {"turn_detection": {"type": "server_vad", "idle_timeout_ms": 5000}}}))
    assert types(got) == ["session.updated"]
    assert types(call.wait(4.9)) == []
    assert types(call.wait(0.2))[:2] == ["input_audio_buffer.timeout_triggered", "input_audio_buffer.committed"]


def test_a_transcription_session_transcribes_and_does_not_answer():
    call = Call(transcription=True)
    assert isinstance(call.events[0].session, TranscriptionSession)
    got = call.speak(voice.user("hello").pcm16 + bytes(900 * SILENCE_MS)) + call.wait()
    assert only(got, "conversation.item.input_audio_transcription.completed").transcript == "Hello, can you hear me?"
    assert not [name for name in types(got) if name.startswith("response.")]


@pytest.mark.parametrize("name", ["audio/pcmu", "audio/pcma"])
def test_speech_is_heard_and_given_in_g711(name):
    from rtcli.standin.codec import decode as expand
    from rtcli.standin.codec import encode as compress

    call = Call()
    call.say(update(audio={"input": {"format": {"type": name}}, "output": {"format": {"type": name}}}))
    speech = compress(voice.user("hello").pcm16 + bytes(900 * SILENCE_MS), name)
    got = call.say({"type": "input_audio_buffer.append", "audio": base64.b64encode(speech).decode()})
    assert "input_audio_buffer.committed" in types(got)
    said = b"".join(base64.b64decode(event.delta) for event in got if event.type == "response.output_audio.delta")
    phrase = voice.model("hear").pcm16
    assert abs(len(expand(said, name)) - len(phrase)) < 4800


def test_two_sentences_in_one_append_are_two_turns():
    call = Call()
    call.say(update(audio={"input": {"transcription": {"model": "gpt-4o-transcribe"}}}))
    pause = bytes(900 * SILENCE_MS)
    speech = pause + voice.user("stop").pcm16 + pause + voice.user("weather").pcm16 + pause
    got = call.say({"type": "input_audio_buffer.append", "audio": base64.b64encode(speech).decode()})
    heard = [event.transcript for event in got if event.type.endswith("transcription.completed")]
    assert heard == [voice.user("stop").text, voice.user("weather").text]
    statuses = [event.response.status for event in got if event.type == "response.done"]
    assert statuses == ["cancelled", "completed"], "the second sentence interrupts the answer to the first"


@pytest.mark.parametrize("drop", ["input_audio_buffer.clear", "input_audio_buffer.commit"])
def test_speech_that_is_cleared_or_committed_midway_has_no_stop(drop):
    call = Call()
    (started,) = call.speak(voice.user("stop").pcm16[: 700 * SILENCE_MS])
    got = call.say({"type": drop}) + call.speak(bytes(900 * SILENCE_MS))
    assert "input_audio_buffer.speech_stopped" not in types(got)
    committed = [event.item_id for event in got if event.type == "input_audio_buffer.committed"]
    assert committed == ([started.item_id] if drop.endswith("commit") else [])


def test_the_answer_goes_on_when_speech_may_not_interrupt_it():
    call = Call()
    call.say(update(audio={"input": {"turn_detection": {"type": "server_vad", "interrupt_response": False}}}))
    call.send(message("Tell me a story"), CREATE)
    got = call.speak(voice.user("stop").pcm16, 20) + call.wait()
    assert "input_audio_buffer.speech_started" in types(got)
    assert only(got, "response.done").response.status == "completed"


def test_after_the_idle_time_out_the_server_says_why_it_speaks():
    call = Call()
    call.send(update(audio={"input": {"turn_detection": {"type": "server_vad", "idle_timeout_ms": 5000}}}))
    got = call.wait(5.5)
    committed, added = (
        only(got, "input_audio_buffer.committed"),
        [e for e in got if e.type == "conversation.item.added"],
    )
    assert [event.item.role for event in added] == ["user", "system", "assistant"]
    assert added[0].item.id == committed.item_id


def test_speech_keeps_the_idle_time_out_away():
    call = Call()
    call.send(update(audio={"input": {"turn_detection": {"type": "server_vad", "idle_timeout_ms": 5000}}}))
    call.wait(4.9)
    got = call.speak(voice.user("hello").pcm16 + bytes(600 * SILENCE_MS))
    assert "input_audio_buffer.timeout_triggered" not in types(got)
    assert "response.created" in types(got)


def test_an_answer_keeps_the_idle_time_out_away():
    call = Call()
    call.send(update(audio={"input": {"turn_detection": {"type": "server_vad", "idle_timeout_ms": 5000}}}))
    call.wait(3.0)
    call.send(CREATE)
    assert "input_audio_buffer.timeout_triggered" not in types(call.wait(4.0))
    assert "input_audio_buffer.timeout_triggered" in types(call.wait(4.0))


def test_a_message_with_damaged_audio_is_refused_whole():
    part = {"type": "input_audio", "audio": "&"}
    text = {"type": "input_text", "text": "x"}
    item = {"type": "message", "role": "user", "content": [text, part]}
    (refused,) = Call().say({"type": "conversation.item.create", "item": item})
    assert (refused.error.code, refused.error.param) == ("invalid_value", "item.content[1].audio")


def test_a_spoken_message_can_be_sent_as_an_item():
    audio = base64.b64encode(voice.user("weather").pcm16).decode()
    item = {"type": "message", "role": "user", "content": [{"type": "input_audio", "audio": audio}]}
    got = Call().say({"type": "conversation.item.create", "item": item}, CREATE)
    assert only(got, "response.output_audio_transcript.done").transcript == voice.model("weather").text
    assert not next(event for event in got if event.type == "conversation.item.added").item.content[0].audio


def test_other_speech_gets_the_plain_answer_whatever_was_said_before():
    call = Call()
    call.say(message("Tell me a story"), CREATE)
    call.speak(bytes(500 * SILENCE_MS))
    got = call.speak(voice.model("tool").pcm16 + bytes(900 * SILENCE_MS)) + call.wait()
    assert only(got, "response.output_audio_transcript.done").transcript == voice.model("plain").text


def test_a_transcript_can_be_retrieved_once_it_is_complete():
    call = Call()
    call.say(update(audio={"input": {"transcription": {"model": "gpt-4o-transcribe"}}}))
    got = call.speak(voice.user("hello").pcm16 + bytes(900 * SILENCE_MS)) + call.wait()
    item_id = only(got, "input_audio_buffer.committed").item_id
    kept = only(call.say({"type": "conversation.item.retrieve", "item_id": item_id}), "conversation.item.retrieved")
    assert kept.item.content[0].transcript == voice.user("hello").text
