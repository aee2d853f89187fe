"""Events of beta whose type begins with ``transcription_session``; realtime has a session type instead."""

from __future__ import annotations

from msgspec import UNSET

from rtcli.events import session
from rtcli.events.beta import configuration
from rtcli.events.beta.objects import FormatName
from rtcli.events.configuration import SemanticVad, ServerVad
from rtcli.events.event import Maybe, ServerEvent, Whole
from rtcli.events.objects import Modality


class Update(session.Update, tag="transcription_session.update"):
    """The client configures a session that only transcribes; ``transcription_session.updated`` follows, or an error.

    Realtime: ``session.update`` with a session of type ``transcription``.
    """

    session: configuration.TranscriptionUpdate  # type: ignore[assignment]


class Created(ServerEvent, tag="transcription_session.created"):
    """A session that only transcribes exists: the first event of a connection with ``intent=transcription``.

    Realtime: ``session.created``. Source: the OpenAPI description of 2025-04-29 has the session inside, as
    other events do; crate api_openai 0.3.0 reads its fields beside the type, and no ``event_id``. The
    package has neither.
    """

    event_id: Maybe[str] = UNSET  # type: ignore[assignment]
    session: Maybe[configuration.TranscriptionSession] = UNSET
    id: Maybe[str] = UNSET
    object: Maybe[str] = UNSET
    expires_at: Maybe[Whole] = UNSET
    modalities: Maybe[list[Modality]] = UNSET
    input_audio_format: Maybe[FormatName] = UNSET
    input_audio_transcription: Maybe[configuration.SpeechToText] = UNSET
    turn_detection: Maybe[ServerVad | SemanticVad] = UNSET


class Updated(session.Updated, tag="transcription_session.updated"):
    """The configuration that is now in force. Realtime: ``session.updated``."""

    session: configuration.TranscriptionSession  # type: ignore[assignment]
