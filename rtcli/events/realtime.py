"""The dialect of ``/v1/realtime``: 46 types from the server, 11 from the client, none shared.

Spoken in conversation sessions and in transcription sessions, over WebSocket, WebRTC and SIP.
Source: the unions ``RealtimeServerEvent`` and ``RealtimeClientEvent`` of openai-python 3.52.0.
"""

from __future__ import annotations

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
from rtcli.events.event import Event

TYPES: tuple[type[Event], ...] = (
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
)
