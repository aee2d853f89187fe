"""The built-in server: what holds whatever a client sends."""

from __future__ import annotations

from callers import CREATE, TOOL, Call, message, update
from hypothesis import given, settings
from hypothesis import strategies as st
from sweeping import examples

from rtcli.events import Event, build, decode, encode
from rtcli.events.configuration import ResponseParams
from rtcli.standin import Standin, voice


def test_the_same_seed_and_texts_give_the_same_events():
    def events():
        call = Call()
        call.say(message("hello"), CREATE)
        return [encode(event) for event in call.events]

    assert events() == events()


def test_without_a_pace_everything_is_due_at_once():
    standin = Standin(pace=0.0)
    standin.receive(encode(CREATE).decode(), 5.0)
    assert standin.due(5.0)[-1].type == "rate_limits.updated"


def hears(**audio_input):
    return update(audio={"input": audio_input})


SENT = {
    "greets": message("hello"),
    "asks": message("weather", "item_1"),
    "puts first": message("hello", "item_1", after="root"),
    "creates": CREATE,
    "creates aside": build.new_response.create(ResponseParams(conversation="none")),
    "creates short": build.new_response.create(ResponseParams(max_output_tokens=1)),
    "cancels": build.new_response.cancel(),
    "speaks": build.input_audio.append(voice.user("stop").pcm16),
    "begins to speak": build.input_audio.append(voice.user("stop").pcm16[:30000]),
    "is silent": build.input_audio.append(bytes(48 * 900)),
    "commits": build.input_audio.commit(),
    "clears": build.input_audio.clear(),
    "has a tool": update(tools=[TOOL]),
    "has an MCP server": update(tools=[{"type": "mcp", "server_label": "docs"}]),
    "wants text": update(output_modalities=["text"]),
    "has no VAD": hears(turn_detection=None, transcription={"model": "whisper-1"}),
    "is idle": hears(turn_detection={"type": "server_vad", "idle_timeout_ms": 5000}),
    "is polite": hears(turn_detection={"type": "server_vad", "interrupt_response": False}),
    "telephones": hears(format={"type": "audio/pcmu"}),
    "deletes": build.item("item_1").delete(),
    "retrieves": build.item("item_1").retrieve(),
    "truncates": build.item("item_1").truncate(audio_end_ms=0),
    "clears output": build.output_audio.clear(),
    "says nothing": "",
    "sends a list": "[]",
    "breaks off": "{",
    "has a number for a type": '{"type":3}',
}


def segments_of(events):
    """The user's segments: each start with what ended it, if anything did."""
    open_segment, detection, found = None, None, []
    for event in events:
        match event.type:
            case "session.created" | "session.updated":
                wanted = event.session.audio.input.turn_detection
                open_segment, detection = open_segment if wanted == detection else None, wanted
            case "input_audio_buffer.speech_started":
                open_segment = event
                found.append([event])
            case "input_audio_buffer.speech_stopped":
                assert open_segment is not None, "a stop needs a start"
                assert event.item_id == open_segment.item_id
                assert event.audio_end_ms >= open_segment.audio_start_ms
                found[-1].append(event)
            case "input_audio_buffer.committed" | "input_audio_buffer.cleared":
                open_segment = None
    return found


def order_is_kept(events):
    """Inside a response everything opens before it speaks, closes after, and is closed before the end."""
    current, ended, opened = None, set(), set()
    for event in events:
        match event.type:
            case "response.created":
                if event.response.conversation_id:
                    assert current is None, "one response in the conversation at a time"
                    current = event.response.id
                opened.add(event.response.id)
            case "response.done":
                opened.remove(event.response.id)
                ended.add(event.response.id)
                current = None if event.response.id == current else current
                open_parts = [place for place in opened if isinstance(place, tuple) and place[0] == event.response.id]
                assert not open_parts, "what was opened is closed"
            case "response.output_item.added":
                assert event.response_id in opened
                opened.add((event.response_id, event.item.id))
            case "response.output_item.done":
                opened.remove((event.response_id, event.item.id))
            case name if name.startswith("response."):
                assert (event.response_id, event.item_id) in opened
                assert event.response_id not in ended


PAUSES = st.sampled_from([0.0, 0.01, 0.1, 0.3, 1.0, 6.0])


@settings(max_examples=examples(150), deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(SENT)), PAUSES), max_size=14))
def test_whatever_a_client_sends_every_event_is_legal_and_nothing_raises(script):
    call = Call()
    for name, pause in script:
        call.send(SENT[name])
        call.wait(pause)
    call.send(SENT["has no VAD"])
    call.wait()
    assert call.standin.next_at is None, "it comes to rest"
    for event in call.events:
        again = decode(encode(event))
        assert isinstance(again, Event)
        assert again == event
        assert not again.extra
    created = [event.response.id for event in call.events if event.type == "response.created"]
    done = [event.response.id for event in call.events if event.type == "response.done"]
    assert sorted(created) == sorted(done), "every response that began is done"
    event_ids = [event.event_id for event in call.events]
    assert len(set(event_ids)) == len(event_ids)
    committed = [event.item_id for event in call.events if event.type == "input_audio_buffer.committed"]
    assert all(committed)
    assert len(set(committed)) == len(committed)
    starts = [segment[0].audio_start_ms for segment in segments_of(call.events)]
    assert starts == sorted(starts)
    order_is_kept(call.events)
