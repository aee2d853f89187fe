"""Recordings for a page: one that means harm, and one as long as a call can be."""

from __future__ import annotations

import base64
import json
from itertools import count

HARM = (
    "</script><script>window.hacked=1</script><img src=x onerror=window.hacked=1><!--"
    "\u2028\u2029\u202e{{7*7}}{% raw %}\x1b[2J\x00"
)
VOICE = base64.b64encode(bytes(range(256)) * 3).decode()


class _Writing:
    """Lines of a recording that is being made up."""

    def __init__(self, **header):
        self.t = 0.0
        self.ids = count(1)
        self.lines = [json.dumps({"rtcli": 1, "transport": "websocket", "lossless": True, **header})]

    def put(self, sender, kind, after_s=0.02, **fields):
        self.t += after_s
        event_id = {"event_id": f"event_{next(self.ids)}"} if sender == "server" else {}
        event = {"type": kind, **event_id, **fields}
        self.lines.append(json.dumps({"t": round(self.t, 6), "from": sender, "event": event}))


def hostile():
    """A call in which everything that can be a text is one that wants to be run."""
    call = _Writing(by=HARM, url=f"wss://x/{HARM}", started_at=HARM)
    long = "i" * 10_000
    audio = {"input": {"format": {"type": "audio/pcmu"}}, "output": {"voice": HARM}}
    call.put("server", "session.created", session={"type": "realtime", "id": HARM, "model": HARM, "audio": audio})
    call.put("server", HARM, delta=HARM)
    call.put("server", "input_audio_buffer.speech_started", audio_start_ms=0, item_id=long)
    call.put("client", "input_audio_buffer.append", audio=HARM)
    call.put(
        "server", "response.created", response={"id": HARM, "object": "realtime.response", "status": HARM, "output": []}
    )
    function = {"id": HARM, "type": "function_call", "name": HARM, "arguments": HARM, "call_id": long}
    call.put("server", "response.output_item.added", response_id=HARM, output_index=0, item=function)
    place = {"response_id": HARM, "item_id": HARM, "output_index": 0, "content_index": 0}
    call.put("server", "response.output_text.delta", **place, delta=HARM)
    call.put(
        "server",
        "conversation.item.input_audio_transcription.completed",
        item_id=long,
        content_index=0,
        transcript=HARM,
    )
    call.put("server", "error", error={"type": HARM, "code": HARM, "message": HARM, "param": HARM, "event_id": long})
    call.lines.append(HARM.replace("\n", " "))
    call.lines.append(json.dumps({"t": 1.0, "note": HARM}))
    call.lines.append('{"t":1.1,"from":"server","event":{"type":"lone","half":"\\ud800 </script><!--"}}')
    call.lines.append(json.dumps({"t": 1.2, "from": "client", "close": {"code": 4000, "reason": HARM}}))
    return call.lines


def spoken(turns):
    """A call of so many turns, each with a little audio of both sides, its words and its tokens."""
    call = _Writing(handshake=True)
    plain = {"type": "audio/pcmu"}
    detection = {"type": "server_vad", "silence_duration_ms": 200}
    hears = {"format": plain, "turn_detection": detection, "transcription": {"model": "gpt-4o-transcribe"}}
    audio = {"input": hears, "output": {"format": plain, "voice": "marin"}}
    call.put(
        "server",
        "session.created",
        session={"type": "realtime", "id": "sess_1", "model": "gpt-realtime", "audio": audio},
    )
    last, sent_ms = None, 0
    for turn in range(1, turns + 1):
        user, model, answer = f"item_{turn}u", f"item_{turn}m", f"resp_{turn}"
        call.put("client", "input_audio_buffer.append", 0.096, audio=VOICE)
        call.put("server", "input_audio_buffer.speech_started", audio_start_ms=sent_ms, item_id=user)
        for _ in range(2):
            call.put("client", "input_audio_buffer.append", 0.096, audio=VOICE)
        sent_ms += 3 * 96
        call.put("server", "input_audio_buffer.speech_stopped", audio_end_ms=sent_ms, item_id=user)
        call.put("server", "input_audio_buffer.committed", item_id=user, previous_item_id=last)
        question = {
            "id": user,
            "type": "message",
            "role": "user",
            "status": "completed",
            "content": [{"type": "input_audio", "transcript": None}],
        }
        for kind in ("added", "done"):
            call.put("server", f"conversation.item.{kind}", previous_item_id=last, item=question)
        heard = {"item_id": user, "content_index": 0, "transcript": f"question {turn}?"}
        call.put("server", "conversation.item.input_audio_transcription.completed", **heard)
        response = {"id": answer, "object": "realtime.response", "output": [], "conversation_id": "conv_1"}
        call.put("server", "response.created", response={**response, "status": "in_progress"})
        place = {"response_id": answer, "output_index": 0}
        item = {"id": model, "type": "message", "role": "assistant", "content": []}
        call.put("server", "response.output_item.added", **place, item={**item, "status": "in_progress"})
        call.put("server", "conversation.item.added", previous_item_id=user, item={**item, "status": "in_progress"})
        part = {**place, "item_id": model, "content_index": 0}
        call.put("server", "response.content_part.added", **part, part={"type": "audio", "transcript": ""})
        for _ in range(2):
            call.put("server", "response.output_audio.delta", **part, delta=VOICE)
        call.put("server", "response.output_audio_transcript.delta", **part, delta=f"answer {turn}")
        call.put("server", "response.output_audio_transcript.done", **part, transcript=f"answer {turn}")
        said = {"type": "audio", "transcript": f"answer {turn}"}
        call.put("server", "response.output_audio.done", **part)
        call.put("server", "response.content_part.done", **part, part=said)
        whole = {**item, "status": "completed", "content": [{**said, "type": "output_audio"}]}
        call.put("server", "conversation.item.done", previous_item_id=user, item=whole)
        call.put("server", "response.output_item.done", **place, item=whole)
        call.put("server", "response.done", 0.1, response={**response, "status": "completed", "output": [whole]})
        last = model
    return call.lines
