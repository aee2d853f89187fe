"""Events of a GPT-Live session whose type begins with ``session``.

There are no turns on the wire: audio goes both ways without a break along one timeline, in
milliseconds from the session's beginning. What the model is to know beside what it hears is appended
as instructions, thinking (silent) or commentary (to be said).
Source for ``delegation_id`` of what is appended, needed and null where it answers no delegated work:
openai-python 3.52.0, ``types/live/commentary_append_event_param.py`` and its siblings; a captured event.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from msgspec import UNSET

from rtcli.events.event import ClientEvent, Event, Maybe, Milliseconds, Object, Sender
from rtcli.events.live import configuration
from rtcli.events.live.event import LiveEvent


class Start(ClientEvent, tag="session.start"):
    """The client starts the session, or a fork of a stored one; ``session.started`` follows."""

    session: configuration.Start


class Update(ClientEvent, tag="session.update"):
    """The client changes delegation or triggers; ``session.updated`` follows, or an error."""

    session: configuration.Update


class Close(ClientEvent, tag="session.close"):
    """The client ends the session; ``session.closed`` follows."""


class InputAudioAppend(ClientEvent, tag="session.input_audio.append"):
    """The client sends the user's audio, base64 in the session's format; nothing acknowledges it.

    On a sideband connection the server sends it: the audio that the primary connection gets, before
    muting, without an ``event_id`` and always as PCM16 at 24 kHz, whatever the session's format.
    """

    reflected: ClassVar[bool] = True

    audio: str


class InputAudioMute(ClientEvent, tag="session.input_audio.mute"):
    """The client keeps the user's audio from the model; ``session.input_audio.muted`` follows."""


class InputAudioUnmute(ClientEvent, tag="session.input_audio.unmute"):
    """The client lets the model hear again; ``session.input_audio.unmuted`` follows."""


class InstructionsAppend(ClientEvent, tag="session.instructions.append"):
    """The client adds to the instructions; ``session.instructions.appended`` follows."""

    content: str
    delegation_id: str | None


class ThinkingAppend(ClientEvent, tag="session.thinking.append"):
    """The client gives the model something to know and not to say; ``session.thinking.appended`` follows."""

    content: str
    delegation_id: str | None


class CommentaryAppend(ClientEvent, tag="session.commentary.append"):
    """The client gives the model something to tell the user; ``session.commentary.appended`` follows.

    ``delegation_id`` names the work that it answers; null for what belongs to none.
    """

    content: str
    delegation_id: str | None


class OutputAudioFixturePlay(ClientEvent, tag="session.output_audio.fixture.play"):
    """The client has a recorded sound played to the user; ``.playing`` and ``.played`` follow."""

    audio: str


class Started(LiveEvent, tag="session.started"):
    """The session runs: the first event of a connection."""

    session: configuration.Session


class Updated(LiveEvent, tag="session.updated"):
    """The whole configuration that is now in force."""

    session: configuration.Session


class Closed(LiveEvent, tag="session.closed"):
    """The session is over, why, and how much audio there was; nothing follows."""

    reason: Literal["close_requested", "expired", "content", "remote_hangup", "connection_lost"]
    session: configuration.Session
    usage: configuration.Usage


class UsageUpdated(LiveEvent, tag="session.usage.updated"):
    """How much audio there was so far, in all, and how full the context is."""

    usage: configuration.Usage
    context_window: Maybe[configuration.ContextWindow] = UNSET


class InputAudioMuted(LiveEvent, tag="session.input_audio.muted"):
    """The model no longer hears the user."""


class InputAudioUnmuted(LiveEvent, tag="session.input_audio.unmuted"):
    """The model hears the user again."""


class InputTranscriptDelta(LiveEvent, tag="session.input_transcript.delta"):
    """A piece of what the user said, and where on the timeline."""

    delta: str
    start_ms: Milliseconds
    end_ms: Milliseconds


class OutputTranscriptDelta(LiveEvent, tag="session.output_transcript.delta"):
    """A piece of what the model says, and where on the timeline."""

    delta: str
    start_ms: Milliseconds
    end_ms: Milliseconds


class OutputAudioDelta(Event, tag="session.output_audio.delta"):
    """A piece of the model's speech, base64 in the session's format. It has no ``event_id``.

    On a sideband connection it is PCM16 at 24 kHz and has its place on the timeline.

    Source: openai-python 3.52.0, ``types/live/output_audio_delta_event.py``; 53 captured events.
    """

    sender: ClassVar[Sender] = "server"

    delta: str
    start_ms: Maybe[Milliseconds] = UNSET
    end_ms: Maybe[Milliseconds] = UNSET


class OutputAudioFixturePlaying(LiveEvent, tag="session.output_audio.fixture.playing"):
    """The recorded sound begins."""


class OutputAudioFixturePlayed(LiveEvent, tag="session.output_audio.fixture.played"):
    """The recorded sound is over."""


class InstructionsAppended(LiveEvent, tag="session.instructions.appended"):
    """The instructions were added, and where on the timeline."""

    start_ms: Milliseconds
    end_ms: Milliseconds


class ThinkingAppended(LiveEvent, tag="session.thinking.appended"):
    """The thinking was added, and where on the timeline."""

    start_ms: Milliseconds
    end_ms: Milliseconds


class CommentaryAppended(LiveEvent, tag="session.commentary.appended"):
    """The commentary was added, and where on the timeline; it is not yet said."""

    start_ms: Milliseconds
    end_ms: Milliseconds


class Delegation(Object):
    """Work that the model hands on, and to whom; the task itself is not told here."""

    id: str
    target: Literal["client", "responses", "decisions"]
    type: Literal["delegation"]
    response_id: Maybe[str] = UNSET


class DelegationCreated(LiveEvent, tag="session.delegation.created"):
    """The model hands work on; ``offset_ms`` is where on the timeline it did."""

    delegation: Delegation
    offset_ms: Milliseconds
