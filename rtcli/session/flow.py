"""The fast way through events that merely continue a stream.

Law: what it leaves behind is what `Lifecycle` would have left by the usual way; of an event that does
more than go on it takes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from rtcli.events import response
from rtcli.formats import Entry
from rtcli.session.written import DRY_MS, JOINED_AT, OutputItem, Response, Stream
from rtcli.units import base64_bytes

STALL_S: Final = 5.0
"""A pause between two events of one response that is too long to be overlooked."""

_WRITTEN: Final = (
    response.OutputTextDelta,
    response.OutputAudioTranscriptDelta,
    response.FunctionCallArgumentsDelta,
)
"""Those of MCP calls go the usual way: they are few, and may be obfuscated."""


class Flow:
    """Which stream the deltas of each class go on in."""

    def __init__(self) -> None:
        self._streams: dict[type, Stream] = {}
        """By class of delta the stream that the last one was in, while it is open."""

    def begin(self, kind: type, stream: Stream) -> None:
        """Deltas of this class may go on in a stream."""
        self._streams[kind] = stream

    def stop(self, thing: Response | OutputItem | Stream) -> None:
        """A response, an item or a stream is over, or a part of it: nothing goes on there."""
        if self._streams:
            self._streams = {
                kind: stream
                for kind, stream in self._streams.items()
                if stream is not thing and stream.item is not thing and stream.response is not thing
            }

    def steadily(self, kind: type) -> Callable[[Any, Entry], bool] | None:
        """How to take in an event of this class that only continues what the last one did.

        The function gives back False, and has done nothing, for an event that does more than that.
        """
        if issubclass(kind, response.OutputAudioDelta):
            return self._sounds_on
        return self._writes_on if issubclass(kind, _WRITTEN) else None

    def _writes_on(self, event: Any, entry: Entry) -> bool:
        stream = self._streams.get(type(event))
        if (
            stream is None
            or stream.item_id != event.item_id
            or stream.response_id != event.response_id
            or stream.output_index != event.output_index
            or (stream.content_index >= 0 and stream.content_index != event.content_index)
        ):
            return False
        answer, t = stream.response, entry.t
        if t is not None:
            if answer.last_t is None or t - answer.last_t > STALL_S:
                return False
            answer.last_t = t
        stream.pieces.append(event.delta)
        stream.deltas += 1
        answer.deltas_since_speech += 1
        return len(stream.pieces) < JOINED_AT or stream.join()

    def _sounds_on(self, event: Any, entry: Entry) -> bool:
        stream = self._streams.get(type(event))
        if (
            stream is None
            or stream.item_id != event.item_id
            or stream.response_id != event.response_id
            or stream.output_index != event.output_index
            or stream.content_index != event.content_index
        ):
            return False
        item, answer, t = stream.item, stream.response, entry.t
        if t is not None:
            if answer.last_t is None or t - answer.last_t > STALL_S:
                return False
            if not answer.starved and item.dry_ms(t, answer.audio_format) > DRY_MS:
                return False
            answer.last_t = t
        size = base64_bytes(len(event.delta), event.delta[-2:])
        item.audio_bytes += size
        answer.audio_bytes += size
        stream.deltas += 1
        answer.deltas_since_speech += 1
        return True
