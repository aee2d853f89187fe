"""The fast way through events that merely continue a stream.

Law: what it leaves behind is what `Lifecycle` would have left by the usual way; of an event that does
more than go on it takes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from rtcli.events import response
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
        streams = self._streams
        for kind, stream in tuple(streams.items()):
            if stream is thing or stream.item is thing or stream.response is thing:
                del streams[kind]

    def steadily(self, kind: type) -> Callable[[Any, float | None], bool] | None:
        """How to take in an event of this class, and when it came, that only continues what the last one did.

        The function gives back False, and has done nothing, for an event that does more than that.
        """
        if issubclass(kind, response.OutputAudioDelta):
            return self._sounding(kind)
        return self._writing(kind) if issubclass(kind, _WRITTEN) else None

    def _writing(self, kind: type) -> Callable[[Any, float | None], bool]:
        streams = self._streams
        has_parts = not issubclass(kind, response.FunctionCallArgumentsDelta)

        def writes_on(event: Any, t: float | None) -> bool:
            stream = streams.get(kind)
            if (
                stream is None
                or stream.item_id != event.item_id
                or stream.response_id != event.response_id
                or stream.output_index != event.output_index
                or (has_parts and stream.content_index != event.content_index)
            ):
                return False
            answer = stream.response
            if t is not None:
                last_t = answer.last_t
                if last_t is None or t - last_t > STALL_S:
                    return False
                answer.last_t = t
            pieces = stream.pieces
            pieces.append(event.delta)
            stream.deltas += 1
            answer.deltas_since_speech += 1
            return len(pieces) < JOINED_AT or stream.join()

        return writes_on

    def _sounding(self, kind: type) -> Callable[[Any, float | None], bool]:
        streams = self._streams

        def sounds_on(event: Any, t: float | None) -> bool:
            stream = streams.get(kind)
            if (
                stream is None
                or stream.item_id != event.item_id
                or stream.response_id != event.response_id
                or stream.output_index != event.output_index
                or stream.content_index != event.content_index
            ):
                return False
            item, answer = stream.item, stream.response
            if t is not None:
                last_t = answer.last_t
                if last_t is None or t - last_t > STALL_S:
                    return False
                if not answer.starved and item.dry_ms(t, answer.audio_format) > DRY_MS:
                    return False
                answer.last_t = t
            delta = event.delta
            size = base64_bytes(len(delta), delta[-2:])
            item.audio_bytes += size
            answer.audio_bytes += size
            stream.deltas += 1
            answer.deltas_since_speech += 1
            return True

        return sounds_on
