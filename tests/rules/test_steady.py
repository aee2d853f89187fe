"""Events that only go on are passed by all rules: what is found, and what is known, is the same as if each were judged."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from ledgers_shape import shape

from rtcli.events import Listener
from rtcli.formats.rtcli import read
from rtcli.rules import RULES, Check

HEADER = {"rtcli": 1, "transport": "websocket", "handshake": True, "lossless": True}
SESSION = {"type": "session.created", "session": {"type": "realtime", "id": "s", "audio": {"output": {}}}}
AUDIO = "A" * 640
ODD_AUDIO = ("AAAA", "AAA", "", "UklGRgAA", "AAAAGGZ0eXAA", "abc…", "AAA=", "/" * 200_000)
"""Half a sample, no base64, nothing, two files, shortened, one sample, much."""


def places():
    for answer, item in (("r", "i"), ("r", "j"), ("s", "i")):
        yield {"response_id": answer, "item_id": item, "output_index": int(item == "j")}


def deltas():
    for place in places():
        part = {**place, "content_index": 0}
        yield {"type": "response.output_text.delta", **part, "delta": "x"}
        yield {"type": "response.output_audio.delta", **part, "delta": AUDIO}
        yield {"type": "response.output_audio.delta", **part, "delta": AUDIO, "event_id": ""}
        yield {"type": "response.output_audio_transcript.delta", **part, "delta": "x"}
        yield {"type": "response.function_call_arguments.delta", **place, "call_id": "c", "delta": "1"}
    yield {
        "type": "conversation.item.input_audio_transcription.delta",
        "item_id": "u",
        "content_index": 0,
        "delta": "x",
    }


def appends():
    for audio in (AUDIO, AUDIO, *ODD_AUDIO):
        yield {"type": "input_audio_buffer.append", "from": "client", "audio": audio}
    yield {"type": "input_audio_buffer.append", "from": "server", "audio": AUDIO}
    yield {"type": "input_audio_buffer.append", "from": "client", "audio": AUDIO, "event_id": "mine"}
    yield {"type": "input_audio_buffer.append", "from": "client", "audio": AUDIO, "event_id": None}
    yield {"type": "response.output_audio.delta", **next(places()), "content_index": 0, "delta": ODD_AUDIO[0]}
    yield {"type": "response.output_audio.delta", **next(places()), "content_index": 0, "delta": ODD_AUDIO[1]}


def formats():
    for name in ("audio/pcm", "audio/pcmu"):
        audio = {"input": {"format": {"type": name}}, "output": {"format": {"type": name}}}
        yield {"type": "session.updated", "session": {**SESSION["session"], "audio": audio}}


def others():
    for answer in "rs":
        yield {"type": "response.created", "response": {"id": answer, "conversation_id": "c"}}
        yield {"type": "response.done", "response": {"id": answer, "conversation_id": "c", "status": "completed"}}
        yield {"type": "response.create", "from": "client"}
        yield {"type": "output_audio_buffer.stopped", "response_id": answer}
    for place in places():
        part = {**place, "content_index": 0}
        message = {"type": "message", "role": "assistant", "id": place["item_id"], "content": []}
        item = {"response_id": place["response_id"], "output_index": place["output_index"], "item": message}
        yield {"type": "response.output_item.added", **item}
        yield {"type": "response.output_item.done", **item}
        yield {"type": "response.content_part.added", **part, "part": {"type": "text", "text": ""}}
        yield {"type": "response.content_part.done", **part, "part": {"type": "text", "text": "xx"}}
        yield {"type": "response.output_text.done", **part, "text": "xx"}
        yield {"type": "response.output_audio.done", **part}
        yield {"type": "response.function_call_arguments.done", **place, "call_id": "c", "name": "f", "arguments": "11"}
    yield {"type": "input_audio_buffer.speech_started", "item_id": "u", "audio_start_ms": 0}
    yield {"type": "input_audio_buffer.committed", "item_id": "u"}
    yield {"type": "input_audio_buffer.clear", "from": "client"}
    yield {"type": "conversation.item.delete", "item_id": "i", "from": "client"}
    yield {"type": "response.cancel", "from": "client"}
    yield {"type": "rate_limits.updated", "rate_limits": []}
    yield {"type": "response.created", "response": 7}
    yield {
        "type": "error",
        "error": {"type": "x", "code": "conversation_already_has_active_response", "message": "No."},
    }
    yield {"type": "session.updated", "session": {**SESSION["session"], "instructions": "x"}}


TEXT = next(event for event in deltas() if event["type"] == "response.output_text.delta")
CREATED = {"type": "response.created", "response": {"id": "r", "conversation_id": "c"}}
ADDED = next(event for event in others() if event["type"] == "response.output_item.added")
BEGUN = [(CREATED, 1, 0), (ADDED, 1, 0), ({"type": "input_audio_buffer.clear", "from": "client"}, 1, 0.1)]
"""A response with an item, and a request that waits."""
LIMITS = ({"type": "rate_limits.updated", "rate_limits": []}, 1, 0.1)
RUNS = st.tuples(
    st.sampled_from([*deltas()] * 2 + [*appends()] * 2 + [*formats()] * 3 + [*others()]),
    st.sampled_from([1, 1, 2, 4, 60]),
    st.sampled_from([0, 0.1, 6, 11, -1]),
)
"""An event, how often it comes, and how many seconds pass before."""


def lines_of(runs, *, timed):
    t, number = 1.0, 0
    yield {"t": 0.0, **HEADER} if timed else HEADER
    for event, times, pause in [(SESSION, 1, 0), *runs]:
        for nth in range(times):
            number += 1
            t += pause if nth == 0 else 0.02
            sender = event.get("from", "server")
            named = {"event_id": f"e{number}", **event}
            named.pop("from", None)
            yield {**({"t": round(t, 3)} if timed else {}), "from": sender, "event": named}


def found(lines, *, steadily, where_read=False):
    listener = Listener()
    check = Check(RULES, listener)
    told = []
    texts = (json.dumps(line).encode() + b"\n" for line in lines)
    for entry in read(texts, listener, taking=check.taking if where_read else None):
        told += check.feed(entry) if steadily else check._weigh(entry)
    known = shape(check.ledgers)
    return [(one.code, one.line, one.message) for one in [*told, *check.finish()]], check.events, known


@settings(max_examples=200, deadline=None)
@given(st.lists(RUNS, max_size=20), st.booleans())
def test_the_same_is_found_where_every_delta_is_judged(runs, timed):
    lines = list(lines_of([*BEGUN, *runs], timed=timed))
    assert found(lines, steadily=True) == found(lines, steadily=False)
    assert found(lines, steadily=True, where_read=True) == found(lines, steadily=False)


def test_a_request_waits_through_deltas_and_is_told_with_the_event_behind_them():
    lines = list(lines_of([*BEGUN, (TEXT, 600, 0.1), LIMITS], timed=True))
    told, events, _ = found(lines, steadily=True)
    assert [one for one in told if one[0] == "SEQ22"] == [
        ("SEQ22", 5, "input_audio_buffer.clear got neither its answer nor an error within 12.2 s")
    ]
    assert events == 1 + len(BEGUN) + 601
    assert found(lines, steadily=False)[:2] == (told, events)


def test_deltas_are_no_events_that_a_request_has_waited_for():
    for steadily in (True, False):
        lines = lines_of([*BEGUN, (TEXT, 600, 0), LIMITS], timed=False)
        assert "SEQ22" not in {one[0] for one in found(lines, steadily=steadily)[0]}
    for times, is_told in ((50, False), (51, True)):
        lines = lines_of([*BEGUN, *[LIMITS] * times], timed=False)
        assert ("SEQ22" in {one[0] for one in found(lines, steadily=True)[0]}) is is_told
