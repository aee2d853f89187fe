"""The dialects: which event types each has. Data, not code.

A dialect is one list of event classes; the same word on the wire may be another class in another
dialect, and the session decides which one is spoken.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, Union

import msgspec

from rtcli.events import (
    conversation,
    error,
    input_audio_buffer,
    mcp_list_tools,
    output_audio_buffer,
    rate_limits,
    response,
    session,
)
from rtcli.events.event import Event, type_name


class Dialect:
    """A set of event types, spoken together on one connection."""

    def __init__(self, name: str, spoken_at: str, types: tuple[type[Event], ...]) -> None:
        self.name = name
        self.spoken_at = spoken_at
        self.types: dict[str, type[Event]] = {type_name(event): event for event in types}

    @cached_property
    def union(self) -> Any:
        """The type that a decoder decodes to."""
        return Union[tuple(self.types.values())]  # noqa: UP007 - built from data

    @cached_property
    def decoder(self) -> msgspec.json.Decoder[Event]:
        """Decodes one event's text, strictly, reading its type once."""
        return msgspec.json.Decoder(self.union)

    def __repr__(self) -> str:
        return f"Dialect({self.name!r}, {len(self.types)} types)"


REALTIME = Dialect(
    "realtime",
    "wss /v1/realtime, sessions of type realtime and transcription",
    (
        # client
        conversation.ItemCreate,
        conversation.ItemDelete,
        conversation.ItemRetrieve,
        conversation.ItemTruncate,
        input_audio_buffer.Append,
        input_audio_buffer.Clear,
        input_audio_buffer.Commit,
        output_audio_buffer.Clear,
        response.Cancel,
        response.Create,
        session.Update,
        # server
        conversation.Created,
        conversation.InputAudioTranscriptionCompleted,
        conversation.InputAudioTranscriptionDelta,
        conversation.InputAudioTranscriptionFailed,
        conversation.InputAudioTranscriptionSegment,
        conversation.ItemAdded,
        conversation.ItemCreated,
        conversation.ItemDeleted,
        conversation.ItemDone,
        conversation.ItemRetrieved,
        conversation.ItemTruncated,
        error.Error,
        input_audio_buffer.Cleared,
        input_audio_buffer.Committed,
        input_audio_buffer.DtmfEventReceived,
        input_audio_buffer.SpeechStarted,
        input_audio_buffer.SpeechStopped,
        input_audio_buffer.TimeoutTriggered,
        mcp_list_tools.Completed,
        mcp_list_tools.Failed,
        mcp_list_tools.InProgress,
        output_audio_buffer.Cleared,
        output_audio_buffer.Started,
        output_audio_buffer.Stopped,
        rate_limits.Updated,
        response.ContentPartAdded,
        response.ContentPartDone,
        response.Created,
        response.Done,
        response.FunctionCallArgumentsDelta,
        response.FunctionCallArgumentsDone,
        response.McpCallArgumentsDelta,
        response.McpCallArgumentsDone,
        response.McpCallCompleted,
        response.McpCallFailed,
        response.McpCallInProgress,
        response.OutputAudioDelta,
        response.OutputAudioDone,
        response.OutputAudioTranscriptDelta,
        response.OutputAudioTranscriptDone,
        response.OutputItemAdded,
        response.OutputItemDone,
        response.OutputTextDelta,
        response.OutputTextDone,
        session.Created,
        session.Updated,
    ),
)

DIALECTS: dict[str, Dialect] = {dialect.name: dialect for dialect in (REALTIME,)}
