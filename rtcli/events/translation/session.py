"""Events of a translation session: all but ``error`` begin with ``session``.

There are no turns and no responses: audio goes in, and translated audio and two transcripts come
out along one timeline, ``elapsed_ms`` from the session's beginning.
"""

from __future__ import annotations

from typing import Literal

from msgspec import UNSET

from rtcli.events.event import ClientEvent, Count, Maybe, Milliseconds, ServerEvent
from rtcli.events.translation import configuration


class Update(ClientEvent, tag="session.update"):
    """The client changes languages or transcription; ``session.updated`` follows, or an error."""

    session: configuration.Config


class InputAudioBufferAppend(ClientEvent, tag="session.input_audio_buffer.append"):
    """The client sends the speaker's audio, base64 PCM16 at 24 kHz; nothing acknowledges it."""

    audio: str


class Close(ClientEvent, tag="session.close"):
    """The client has no more audio; what is still to be said is sent, then ``session.closed``."""


class Created(ServerEvent, tag="session.created"):
    """The session exists: the first event of a connection."""

    session: configuration.Session


class Updated(ServerEvent, tag="session.updated"):
    """The whole configuration that is now in force."""

    session: configuration.Session


class Closed(ServerEvent, tag="session.closed"):
    """The session is over; nothing follows."""


class InputTranscriptDelta(ServerEvent, tag="session.input_transcript.delta"):
    """A piece of what the speaker said, in the source language; needs a transcription model."""

    delta: str
    elapsed_ms: Maybe[Milliseconds] = UNSET


class OutputTranscriptDelta(ServerEvent, tag="session.output_transcript.delta"):
    """A piece of what the translated speech says."""

    delta: str
    elapsed_ms: Maybe[Milliseconds] = UNSET


class OutputAudioDelta(ServerEvent, tag="session.output_audio.delta"):
    """A piece of the translated speech, base64."""

    delta: str
    elapsed_ms: Maybe[Milliseconds] = UNSET
    sample_rate: Maybe[Count] = UNSET
    channels: Maybe[Count] = UNSET
    format: Maybe[Literal["pcm16"]] = UNSET
