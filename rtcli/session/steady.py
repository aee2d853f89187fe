"""The fast way through events that merely go on: deltas of a stream, and appends of the microphone.

Law: what it leaves behind is what the ledgers would have left by the usual way, and no rule has anything
to say of an event that it takes. Of an event that does more than go on it takes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import pybase64
from msgspec import UNSET

from rtcli.events import Sender, input_audio_buffer, response
from rtcli.formats.rtcli import Take
from rtcli.session.sound import FILES, file_of
from rtcli.session.written import DRY_MS, JOINED_AT, STALL_S
from rtcli.units import BYTES_PER_MS, MAX_APPEND_BYTES

if TYPE_CHECKING:
    from rtcli.session.ledgers import Ledgers

_FILES_BEGIN: Final = frozenset(mark[0] for mark in FILES) | {0}
"""The first bytes of files; one of MP4 begins with its length, a small number of four bytes."""
_decoded: Final = pybase64.b64decode


def _writing(ledgers: Ledgers, kind: type) -> Take:
    """How deltas of a text, a transcript or a function's arguments go on."""
    context, streams, note_new = ledgers.context, ledgers.lifecycle.flow, ledgers.identities.note_new
    has_parts = not issubclass(kind, response.FunctionCallArgumentsDelta)

    def writes_on(event: Any, line: int, t: float | None, sender: Sender | None) -> bool:
        stream = streams.get(kind)
        if (
            stream is None
            or sender != "server"
            or stream.item_id != event.item_id
            or stream.response_id != event.response_id
            or stream.output_index != event.output_index
            or (has_parts and stream.content_index != event.content_index)
        ):
            return False
        answer = stream.response
        if t is not None:
            latest_t, last_t = context.latest_t, answer.last_t
            if latest_t is None or t < latest_t or last_t is None or t - last_t > STALL_S:
                return False
        if not note_new(event, line):
            return False
        if t is not None:
            context.latest_t, context.latest_line, answer.last_t = t, line, t
        if answer.speech_line:
            answer.deltas_since_speech += 1
        stream.deltas += 1
        pieces = stream.pieces
        pieces.append(event.delta)
        return len(pieces) < JOINED_AT or stream.join()

    return writes_on


def _sounding(ledgers: Ledgers, kind: type) -> Take:
    """How the model's audio goes on, valid base64 of whole samples that come faster than they play."""
    context, streams, note_new = ledgers.context, ledgers.lifecycle.flow, ledgers.identities.note_new
    audio_format: str | None = ""
    per_ms = 0

    def sounds_on(event: Any, line: int, t: float | None, sender: Sender | None) -> bool:
        nonlocal audio_format, per_ms
        stream = streams.get(kind)
        if (
            stream is None
            or sender != "server"
            or stream.item_id != event.item_id
            or stream.response_id != event.response_id
            or stream.output_index != event.output_index
            or stream.content_index != event.content_index
        ):
            return False
        item, answer = stream.item, stream.response
        if answer.audio_format is not audio_format:
            if ledgers.audio.wants(answer.audio_format):
                return False
            audio_format, per_ms = answer.audio_format, BYTES_PER_MS.get(answer.audio_format or "", 0)
        if t is not None:
            latest_t, last_t, first_t = context.latest_t, answer.last_t, item.first_audio_t
            if latest_t is None or t < latest_t or last_t is None or t - last_t > STALL_S:
                return False
            if per_ms and first_t is not None and (t - first_t) * 1000 - item.audio_bytes / per_ms > DRY_MS:
                return False
        try:
            size = len(_decoded(event.delta, None, True))
        except ValueError:
            return False
        if size & 1 or not answer.audio_bytes or not note_new(event, line):
            return False
        if t is not None:
            context.latest_t, context.latest_line, answer.last_t = t, line, t
        if answer.speech_line:
            answer.deltas_since_speech += 1
        stream.deltas += 1
        item.audio_bytes += size
        answer.audio_bytes += size
        return True

    return sounds_on


def _appending(ledgers: Ledgers, _kind: type) -> Take:
    """How the user's audio goes on: raw samples, valid base64 of whole ones, in the format of those before."""
    config, context, audio, sent = ledgers.config, ledgers.context, ledgers.audio, ledgers.usage.sent

    def appends(event: Any, line: int, t: float | None, sender: Sender | None) -> bool:
        event_id = event.event_id
        if sender != "client" or context.closed or audio.sample is not None:
            return False
        if config.input_format is not audio.format or (event_id is not UNSET and (not event_id or event_id in sent)):
            return False
        if t is not None and (context.latest_t is None or t < context.latest_t):
            return False
        try:
            data = _decoded(event.audio, None, True)
        except ValueError:
            return False
        size = len(data)
        if size & 1 or not 0 < size <= MAX_APPEND_BYTES or (data[0] in _FILES_BEGIN and file_of(data)):
            return False
        if audio.per_ms:
            audio.add(size, t, line)
        if event_id:
            sent[event_id] = line
        if t is not None:
            context.latest_t, context.latest_line = t, line
        return True

    return appends


WAYS: Final[Mapping[type, Callable[[Ledgers, type], Take]]] = {
    response.OutputTextDelta: _writing,
    response.OutputAudioTranscriptDelta: _writing,
    response.FunctionCallArgumentsDelta: _writing,
    response.OutputAudioDelta: _sounding,
    input_audio_buffer.Append: _appending,
}
"""Deltas of MCP calls go the usual way: they are few, and may be obfuscated."""
