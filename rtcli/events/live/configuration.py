"""What can be configured in a GPT-Live session.

Source: openai-python 3.52.0, ``types/live/session_config.py``, ``session_update_config.py``,
``session_resource.py`` and ``fork_session_config.py``.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta

from rtcli.events.event import Maybe, Milliseconds, Object, Whole
from rtcli.events.live import responses
from rtcli.events.live.decisions import Question
from rtcli.events.objects import VoiceId

Delta = Literal["session.input_transcript.delta", "session.output_transcript.delta"]


class AudioPcm(Object, tag_field="type", tag="audio/pcm"):
    """16-bit little-endian mono PCM; ``rate`` in samples a second."""

    rate: Literal[16000, 24000]


class AudioPcmu(Object, tag_field="type", tag="audio/pcmu"):
    """G.711 µ-law, 8000 samples a second."""

    rate: Whole


class AudioPcma(Object, tag_field="type", tag="audio/pcma"):
    """G.711 A-law, 8000 samples a second."""

    rate: Whole


AudioFormat = AudioPcm | AudioPcmu | AudioPcma


class Output(Object):
    """The voice that speaks."""

    voice: Maybe[str | VoiceId] = UNSET


class Audio(Object):
    """One format for both directions of a WebSocket, and the voice."""

    format: Maybe[AudioFormat] = UNSET
    output: Maybe[Output] = UNSET


class ServerEventSelector(Object):
    """Server events of a type, and of which Responses event inside."""

    type: str
    response_event: Maybe[str] = UNSET


class DataChannel(Object):
    """Which events a browser may send and gets to see."""

    allowed_client_events: Maybe[Literal["all"] | list[str]] = UNSET
    allowed_server_events: Maybe[Literal["all"] | list[ServerEventSelector]] = UNSET


class Client(Object):
    """What a client that is not trusted may do."""

    data_channel: DataChannel


class ToClient(Object, tag_field="type", tag="client"):
    """Work is handed to the application, which answers with thinking or commentary."""

    acknowledgement_delay_ms: Maybe[Milliseconds] = UNSET


class ToResponses(Object, tag_field="type", tag="responses"):
    """Work is handed to the Responses API."""

    responses: responses.Config
    acknowledgement_delay_ms: Maybe[Milliseconds] = UNSET


class DecisionsConfig(Object):
    """The model that decides, and what it is asked."""

    model: str
    questions: list[Question]


class ToDecisions(Object, tag_field="type", tag="decisions"):
    """Work is handed to the Decision API."""

    decisions: DecisionsConfig
    acknowledgement_delay_ms: Maybe[Milliseconds] = UNSET


class ToResponsesUpdate(Object, tag_field="type", tag="responses"):
    """A change of what the Responses API is to do."""

    responses: Maybe[responses.Update] = UNSET
    acknowledgement_delay_ms: Maybe[Milliseconds] = UNSET


class DecisionsUpdate(Object):
    """A change of the deciding model or its questions."""

    model: Maybe[str] = UNSET
    questions: Maybe[list[Question]] = UNSET


class ToDecisionsUpdate(Object, tag_field="type", tag="decisions"):
    """A change of what the Decision API is asked."""

    decisions: Maybe[DecisionsUpdate] = UNSET
    acknowledgement_delay_ms: Maybe[Milliseconds] = UNSET


Delegation = ToClient | ToResponses | ToDecisions
DelegationUpdate = ToClient | ToResponsesUpdate | ToDecisionsUpdate


class InitialPart(Object):
    """A text of an item that is there from the start."""

    text: str
    type: Maybe[Literal["input_text", "text", "output_text"]] = UNSET


class InitialItem(Object):
    """A message that is in the conversation from the start."""

    role: Literal["developer", "user", "assistant"]
    content: list[InitialPart]
    id: Maybe[str] = UNSET
    status: Maybe[Literal["incomplete", "completed"]] = UNSET
    type: Maybe[Literal["message"]] = UNSET


class Decisions(Object):
    """What is asked whenever a trigger fires."""

    questions: list[Question]


class Trigger(Object):
    """Questions that are asked whenever a piece of a transcript comes."""

    type: Literal["decisions"]
    event_type: Delta
    decisions: Decisions


class Start(Object):
    """What a client asks when it starts a session, or a fork of a stored one.

    The first needs a ``model``; a fork takes everything that is left out from the stored session and
    may only change the audio's format, the delegation to Responses, the client's rights and storage.
    """

    model: Maybe[str] = UNSET
    audio: Maybe[Audio] = UNSET
    client: Maybe[Client] = UNSET
    delegation: Maybe[ToClient | ToResponsesUpdate | ToDecisions] = UNSET
    input: Maybe[list[InitialItem]] = UNSET
    instructions: Maybe[str] = UNSET
    safety_identifier: Maybe[str] = UNSET
    store: Maybe[bool] = UNSET
    triggers: Maybe[list[Trigger]] = UNSET


class Update(Object):
    """What a client may change while the session runs."""

    delegation: Maybe[DelegationUpdate] = UNSET
    triggers: Maybe[list[Trigger]] = UNSET


class Session(Object):
    """A session as the server reports it; ``expires_at`` in Unix seconds."""

    id: str
    expires_at: Whole
    model: str
    status: Literal["active"]
    audio: Maybe[Audio] = UNSET
    client: Maybe[Client] = UNSET
    delegation: Maybe[Delegation] = UNSET
    input: Maybe[list[InitialItem]] = UNSET
    instructions: Maybe[str] = UNSET
    safety_identifier: Maybe[str] = UNSET
    store: Maybe[bool] = UNSET
    triggers: Maybe[list[Trigger]] = UNSET


class Usage(Object):
    """How much audio there was, in seconds since the session began."""

    seconds: Annotated[float, Meta(ge=0)]


class ContextWindow(Object):
    """How full the model's context is, from 0 to 1."""

    usage_ratio: Annotated[float, Meta(ge=0)]
