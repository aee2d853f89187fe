"""Makes recordings to measure with: seeded, of any size, in the proportions of real sessions.

Both are sessions in order: nothing is found in them, by the schema or by any rule.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Literal

from rtcli.events import Event, build, encode
from rtcli.events.billed import InputTokens, OutputTokens, Usage
from rtcli.events.configuration import RealtimeSession
from rtcli.events.objects import InputAudio, InputText, Message, OutputAudio, OutputText, Response, StreamedPart

DATA = Path(__file__).parent / "data"
AUDIO_CHUNK_BYTES = 2400
"""50 ms of PCM16 at 24 kHz: 3.2 kB as base64, about what microphones send and servers stream."""
CHUNK_MS = 50
HEARD_CHUNKS, SAID_CHUNKS = 60, 120
"""In a spoken turn the user speaks for 3 s and the model for 6 s; the microphone is open all the time."""
WORDS = 30
MILLION_EVENTS_MB = 320
"""A recording of mostly text has somewhat more than a million events at this size."""
WORD_S = 0.02

Modality = Literal["text", "audio"]
Timed = tuple[float, Event]
"""Seconds since the beginning, and an event."""


def audio_heavy(size_bytes: int, seed: int = 1, folder: Path = DATA) -> Path:
    """Spoken turns: mostly appends and audio deltas of 3 kB, with a transcript delta now and then."""
    return _made(folder / f"audio-{size_bytes / 10**6:g}MB-{seed}.jsonl", size_bytes, _spoken(random.Random(seed)))


def text_heavy(size_bytes: int, seed: int = 1, folder: Path = DATA) -> Path:
    """Written turns: mostly text deltas of a few characters, with the whole objects that frame a response."""
    return _made(folder / f"text-{size_bytes / 10**6:g}MB-{seed}.jsonl", size_bytes, _written(random.Random(seed)))


def small() -> Path:
    """A recording of about 40 events."""
    return _made(DATA / "small.jsonl", 12_000, _written(random.Random(1)))


def _made(path: Path, size_bytes: int, events: Iterator[Timed]) -> Path:
    """The recording, made where it is not there or older than this module."""
    if path.exists() and path.stat().st_mtime > Path(__file__).stat().st_mtime:
        return path
    path.parent.mkdir(exist_ok=True)
    written = 0
    part = path.with_suffix(".part")
    with part.open("w") as file:
        header = {"rtcli": 1, "started_at": "2026-11-20T19:00:00.000000Z", "url": "ws://localhost", "by": "benchmark"}
        file.write(json.dumps(header | {"transport": "websocket", "handshake": True, "lossless": True}) + "\n")
        for at_s, event in events:
            written += file.write(f'{{"t":{at_s:.6f},"from":"{event.sender}","event":{encode(event).decode()}}}\n')
            if written >= size_bytes and event.type == "response.done":
                break
        file.write(f'{{"t":{at_s:.6f},"from":"client","close":{{"code":1000,"reason":""}}}}\n')
    part.rename(path)
    return path


def _session(events: build.Events, modality: Modality) -> Event:
    return events.session.created(
        RealtimeSession(id="sess_E6U0s", object="realtime.session", model="gpt-realtime", output_modalities=[modality])
    )


def _id(kind: str, number: int) -> str:
    """An id as long as those of real servers."""
    return f"{kind}_E6U0u{number:016}"


def _events() -> build.Events:
    numbers = count(1)
    return build.Events(lambda: _id("event", next(numbers)))


def _written(chance: random.Random) -> Iterator[Timed]:
    events, now = _events(), 0.0
    yield now, _session(events, "text")
    for turn in count(1):
        words = [f" word{chance.randrange(1000)}" for _ in range(WORDS)]
        asked = Message(role="user", content=[InputText(text="Go on.")])
        yield now, events.new_item.create(asked)
        yield now, events.item(_id("item", 2 * turn)).added(asked)
        yield now, events.item(_id("item", 2 * turn)).done(asked)
        yield now, events.new_response.create()
        answer = _Answer(events, turn, OutputText(text="".join(words)), "text")
        for event in answer.begins():
            yield now, event
        for word in words:
            now += WORD_S
            yield now, answer.part.text_delta(word, obfuscation="x" * chance.randrange(1, 16))
        yield now, answer.part.text_done("".join(words))
        for event in answer.ends():
            yield now, event


def _spoken(chance: random.Random) -> Iterator[Timed]:
    sounds = [chance.randbytes(AUDIO_CHUNK_BYTES) for _ in range(64)]
    events, now, sent_ms = _events(), 0.0, 0
    yield now, _session(events, "audio")
    for turn in count(1):
        heard = events.item(_id("item", 2 * turn))
        yield now, events.input_audio.speech_started(_id("item", 2 * turn), audio_start_ms=sent_ms)
        for number in range(HEARD_CHUNKS):
            now, sent_ms = now + CHUNK_MS / 1000, sent_ms + CHUNK_MS
            yield now, events.input_audio.append(sounds[number % 64])
        yield now, events.input_audio.speech_stopped(_id("item", 2 * turn), audio_end_ms=sent_ms)
        yield now, events.input_audio.committed(_id("item", 2 * turn))
        said = Message(role="user", content=[InputAudio()])
        yield now, heard.added(said)
        yield now, heard.done(said)
        answer = _Answer(events, turn, OutputAudio(transcript=" word" * (SAID_CHUNKS // 4)), "audio")
        for event in answer.begins():
            yield now, event
        for number in range(SAID_CHUNKS):
            now, sent_ms = now + CHUNK_MS / 1000, sent_ms + CHUNK_MS
            yield now, events.input_audio.append(sounds[number % 64])
            yield now, answer.part.audio_delta(sounds[(number + 7) % 64])
            if number % 4 == 0:
                yield now, answer.part.transcript_delta(" word")
        yield now, answer.part.audio_done()
        yield now, answer.part.transcript_done(" word" * (SAID_CHUNKS // 4))
        for event in answer.ends():
            yield now, event


class _Answer:
    """What frames one response with one message in it."""

    def __init__(self, events: build.Events, turn: int, content: OutputText | OutputAudio, modality: Modality) -> None:
        self._response = events.response(_id("resp", turn))
        self._item = self._response.item(_id("item", 2 * turn + 1), 0)
        self._conversation = events.item(_id("item", 2 * turn + 1))
        self._modality = modality
        self._content = content
        item_id = _id("item", 2 * turn + 1)
        self._begun = Message(id=item_id, role="assistant", status="in_progress", content=[])
        self._whole = Message(id=item_id, role="assistant", status="completed", content=[content])
        self.part = self._item.content(0)

    def begins(self) -> Iterator[Event]:
        """Everything before the first delta."""
        yield self._response.created(self._reported("in_progress"))
        yield self._item.added(self._begun)
        yield self._conversation.added(self._begun)
        yield self.part.part_added(StreamedPart(type=self._modality))

    def ends(self) -> Iterator[Event]:
        """Everything behind the last stream's end."""
        yield self.part.part_done(
            StreamedPart(type="text", text=self._content.text)
            if isinstance(self._content, OutputText)
            else StreamedPart(type="audio", transcript=self._content.transcript)
        )
        yield self._conversation.done(self._whole)
        yield self._item.done(self._whole)
        yield self._response.done(self._reported("completed"))

    def _reported(self, status: Literal["in_progress", "completed"]) -> Response:
        done = status == "completed"
        return Response(
            object="realtime.response",
            status=status,
            status_details=None,
            output=[self._whole] if done else [],
            conversation_id="conv_E6U0tQE9YCxDzNHVI8JCO",
            output_modalities=[self._modality],
            max_output_tokens="inf",
            usage=_usage(self._modality) if done else None,
            metadata=None,
        )


def _usage(modality: Modality) -> Usage:
    text, audio = (24, 0) if modality == "text" else (24, 96)
    return Usage(
        total_tokens=16 + text + audio,
        input_tokens=16,
        output_tokens=text + audio,
        input_token_details=InputTokens(text_tokens=16, audio_tokens=0, image_tokens=0, cached_tokens=0),
        output_token_details=OutputTokens(text_tokens=text, audio_tokens=audio),
    )
