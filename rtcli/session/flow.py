"""Streams of deltas: of what kind each event is, and where the next delta goes that only continues what the last did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rtcli.events import Event, response
from rtcli.session.written import OutputItem, Response, Stream, StreamKind

DELTAS: Final[Mapping[type[Event], StreamKind]] = {
    response.OutputTextDelta: "text",
    response.OutputAudioDelta: "audio",
    response.OutputAudioTranscriptDelta: "transcript",
    response.FunctionCallArgumentsDelta: "arguments",
    response.McpCallArgumentsDelta: "mcp arguments",
}
DONES: Final[Mapping[type[Event], StreamKind]] = {
    response.OutputTextDone: "text",
    response.OutputAudioDone: "audio",
    response.OutputAudioTranscriptDone: "transcript",
    response.FunctionCallArgumentsDone: "arguments",
    response.McpCallArgumentsDone: "mcp arguments",
}
FINALS: Final[Mapping[str, str]] = {
    "text": "text",
    "transcript": "transcript",
    "arguments": "arguments",
    "mcp arguments": "arguments",
}
"""By kind of stream, the field of its ``done`` event that has all of it."""

_KINDS: dict[type, StreamKind] = {**DELTAS, **DONES}


def kind_of(event_class: type[Event]) -> StreamKind:
    """The kind of the stream that an event of this class, or of the class it extends, belongs to."""
    kind = _KINDS.get(event_class)
    if kind is None:
        kind = _KINDS[event_class] = next(_KINDS[base] for base in event_class.__mro__ if base in _KINDS)
    return kind


class Flow(dict[type, Stream]):
    """By class of delta the stream that the last one was in, while it is open."""

    def stop(self, thing: Response | OutputItem | Stream) -> None:
        """A response, an item or a stream is over, or a part of it: nothing goes on there."""
        for kind, stream in tuple(self.items()):
            if stream is thing or stream.item is thing or stream.response is thing:
                del self[kind]
