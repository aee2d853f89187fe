"""The audio of a call whose soundtrack is known, line by line, so that nobody keeps all of it.

Law: what is handed out of a clip follows itself without a gap, in whole samples, and is all that was delivered.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pybase64

from rtcli.events import Event, conversation, input_audio_buffer, response
from rtcli.events.live import session as live
from rtcli.events.objects import InputAudio, Message
from rtcli.events.translation import session as translation
from rtcli.formats import Entry
from rtcli.session.clip import Clip

if TYPE_CHECKING:
    from rtcli.session.soundtrack import Soundtrack


class Piece(NamedTuple):
    """The audio of one line, decoded, in whole samples, and its place."""

    clip: Clip
    offset_bytes: int
    """In the clip."""
    data: bytes


class Samples:
    """The audio of a connection whose soundtrack is known: told its entries again, it gives the audio of each."""

    def __init__(self, track: Soundtrack) -> None:
        self._carriers = track.carriers
        self._parts = {part: iter(clips) for part, clips in track.playback.parts.items()}
        self._parts[_STREAM] = iter(track.microphone.stream)
        self._open: dict[tuple[str, str, int], _Cursor] = {}

    def of(self, entry: Entry) -> Iterator[Piece]:
        """The audio of the next entry: of most none, of a delta or an append one piece."""
        entry = entry.folded
        event: Any = entry.event
        if isinstance(event, conversation.ItemCreate):
            for index, payload in audio_in(event):
                clip, data = self._carriers.get((entry.line, index)), decoded(payload)
                if clip is not None and data:
                    yield Piece(clip, 0, data[: len(data) // clip.coding.sample_bytes * clip.coding.sample_bytes])
            return
        told = _payload(event)
        if told is None:
            return
        part, data = told[0], decoded(told[1])
        cursor = self._open.get(part)
        if cursor is None or entry.line > cursor.clip.last_line:
            found = next((clip for clip in self._parts.get(part, iter(())) if clip.last_line >= entry.line), None)
            if found is None:
                return
            cursor = self._open[part] = _Cursor(found)
        if data and entry.line >= cursor.clip.line:
            yield from cursor.take(data)


class _Cursor:
    """How far a clip has been handed out; half a sample waits for its other half."""

    def __init__(self, clip: Clip) -> None:
        self.clip = clip
        self._given = 0
        self._rest = b""

    def take(self, data: bytes) -> Iterator[Piece]:
        data = self._rest + data
        whole = len(data) - len(data) % self.clip.coding.sample_bytes
        self._rest = data[whole:]
        if whole:
            yield Piece(self.clip, self._given, data[:whole])
            self._given += whole


_STREAM: Final = ("", "", -1)
"""Stands for the user's stream among the model's parts."""


def _payload(event: Any) -> tuple[tuple[str, str, int], str] | None:
    """What part an event carries audio of, and the audio."""
    if not isinstance(event, Event):
        return None
    if isinstance(event, response.OutputAudioDelta):
        return (event.response_id, event.item_id, event.content_index), event.delta
    if isinstance(event, input_audio_buffer.Append | translation.InputAudioBufferAppend | live.InputAudioAppend):
        return _STREAM, event.audio
    if isinstance(event, translation.OutputAudioDelta | live.OutputAudioDelta):
        return ("", "", 0), event.delta
    return None


def audio_in(event: conversation.ItemCreate) -> Iterator[tuple[int, str]]:
    """The audio that a client puts into an item: content index and base64."""
    item: Any = event.item
    if isinstance(item, Message) and item.role == "user":
        for index, part in enumerate(item.content or []):
            if isinstance(part, InputAudio) and part.audio:
                yield index, part.audio


def decoded(payload: Any) -> bytes | None:
    """The bytes of a base64 text; None where it is none."""
    try:
        return pybase64.b64decode(payload, validate=True) if payload else b""
    except (TypeError, ValueError):
        return None
