"""The dialect that ``/v1/realtime`` spoke before 2026, with the header ``OpenAI-Beta: realtime=v1``.

OpenAI refuses it today (``beta_api_shape_disabled``, close code 4000); it lives on in old logs and
at other vendors. Its session object is flat, six streams of a response have other names, and one
``conversation.item.created`` stands for two events of today. Classes extend those of realtime.
Source: the unions of openai-python 3.52.0, ``types/beta/realtime`` (34 from the server, 12 from the
client); crate api_openai 0.3.0 for ``transcription_session.created``.
"""

from __future__ import annotations

from rtcli.events import conversation as today
from rtcli.events import (
    error,
    input_audio_buffer,
    output_audio_buffer,
    rate_limits,
)
from rtcli.events import response as answer
from rtcli.events.beta import conversation, response, session, transcription_session
from rtcli.events.event import Event

TYPES: tuple[type[Event], ...] = (
    # client
    conversation.ItemCreate,
    today.ItemDelete,
    today.ItemRetrieve,
    today.ItemTruncate,
    input_audio_buffer.Append,
    input_audio_buffer.Clear,
    input_audio_buffer.Commit,
    output_audio_buffer.Clear,
    answer.Cancel,
    response.Create,
    session.Update,
    transcription_session.Update,
    # server
    today.Created,
    conversation.ItemCreated,
    today.ItemDeleted,
    today.InputAudioTranscriptionCompleted,
    today.InputAudioTranscriptionDelta,
    today.InputAudioTranscriptionFailed,
    conversation.ItemRetrieved,
    today.ItemTruncated,
    error.Error,
    input_audio_buffer.Cleared,
    input_audio_buffer.Committed,
    input_audio_buffer.SpeechStarted,
    input_audio_buffer.SpeechStopped,
    output_audio_buffer.Cleared,
    output_audio_buffer.Started,
    output_audio_buffer.Stopped,
    rate_limits.Updated,
    response.AudioDelta,
    response.AudioDone,
    response.AudioTranscriptDelta,
    response.AudioTranscriptDone,
    answer.ContentPartAdded,
    answer.ContentPartDone,
    response.Created,
    response.Done,
    answer.FunctionCallArgumentsDelta,
    response.FunctionCallArgumentsDone,
    response.OutputItemAdded,
    response.OutputItemDone,
    response.TextDelta,
    response.TextDone,
    session.Created,
    session.Updated,
    transcription_session.Created,
    transcription_session.Updated,
)
