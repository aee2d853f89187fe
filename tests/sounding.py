"""Calls with audio that can be told apart: each clip a tone of its own, in the house's notation."""

from __future__ import annotations

import base64
import json
import math
from array import array

from notation import entries_of, lines_of

from rtcli.session.soundtrack import Samples, Soundtrack, soundtracks

RATE = 24_000


def tone(hz: float, ms: float, level: int = 10_000, rate: int = RATE) -> bytes:
    count = round(rate * ms / 1000)
    return array("h", (round(level * math.sin(2 * math.pi * hz * n / rate)) for n in range(count))).tobytes()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def said(t, side, kind, **fields) -> str:
    sign = ">" if side == "client" else "<"
    return f"{'' if t is None else t} {sign} {kind} {json.dumps(fields)}".strip()


def created(t=0.0, name="audio/pcm", **more) -> str:
    side = {"format": {"type": name, **({"rate": 24000} if name == "audio/pcm" else {})}}
    session = {"type": "realtime", "id": "s", "model": "gpt-realtime", "audio": {"input": side, "output": side}}
    return said(t, "server", "session.created", session=session | more)


def append(t, data: bytes) -> str:
    return said(t, "client", "input_audio_buffer.append", audio=b64(data))


def began(t, response="r", conversation="c") -> str:
    return said(
        t,
        "server",
        "response.created",
        response={"id": response, "status": "in_progress", "conversation_id": conversation},
    )


def done(t, response="r", status="completed") -> str:
    return said(t, "server", "response.done", response={"id": response, "status": status, "conversation_id": "c"})


def delta(t, data: bytes, item="i", response="r", index=0) -> str:
    place = {"response_id": response, "item_id": item, "output_index": 0, "content_index": index}
    return said(t, "server", "response.output_audio.delta", delta=b64(data), **place)


def word(t, text, item="i", response="r", index=0) -> str:
    place = {"response_id": response, "item_id": item, "output_index": 0, "content_index": index}
    return said(t, "server", "response.output_audio_transcript.delta", delta=text, **place)


def truncate(t, ms, item="i", index=0) -> str:
    return said(t, "client", "conversation.item.truncate", item_id=item, content_index=index, audio_end_ms=ms)


def heard(*lines: str) -> Soundtrack:
    (track,) = soundtracks(iter(entries_of("\n".join(lines))))
    return track


def sounds(*lines: str) -> dict[str, bytes]:
    """By item, all of its audio."""
    entries = entries_of("\n".join(lines))
    (track,) = soundtracks(iter(entries))
    samples, found = Samples(track), {}
    for entry in entries:
        for piece in samples.of(entry):
            found[piece.clip.item_id] = found.get(piece.clip.item_id, b"") + piece.data
    return found


def write(path, *lines: str):
    path.write_bytes(b"".join(lines_of("\n".join(lines))))
    return path
