"""Sessions in which most events merely go on, and others that come in between."""

from __future__ import annotations

from hypothesis import strategies as st

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
APPEND = next(event for event in appends())
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
