"""How a client of Fern & Co sets its sessions up, and how the server reports them."""

from __future__ import annotations

from dataclasses import dataclass

from rtcli.events.configuration import (
    AudioInput,
    AudioOutput,
    FunctionTool,
    RealtimeConfig,
    RealtimeSession,
    ServerVad,
    SessionAudio,
    Transcription,
)
from rtcli.events.objects import AudioPcm, AudioPcma, AudioPcmu

FORMATS = {"audio/pcm": AudioPcm(rate=24000), "audio/pcmu": AudioPcmu(), "audio/pcma": AudioPcma()}
STARTED_AT = "2026-11-20T19:00:00.000000Z"
STARTED_AT_UNIX_S = 1795201200
PADDING_MS, SILENCE_MS = 300, 500
INSTRUCTIONS = "You answer the telephone of Fern & Co, a shop for plants. Be brief and friendly."
GET_ORDER = FunctionTool(
    name="get_order",
    description="Look up an order by its number.",
    parameters={"type": "object", "properties": {"order": {"type": "string"}}, "required": ["order"]},
)


@dataclass
class Setup:
    """What the client asks for; what it does not get is set back."""

    heard_in: str = "audio/pcmu"
    said_in: str = "audio/pcmu"
    voice: str = "marin"
    transcribed: bool = True
    detects: bool = True
    create_response: bool = True
    tools: tuple[FunctionTool, ...] = (GET_ORDER,)

    @property
    def answers_itself(self) -> bool:
        """Whether the server begins a response at the end of a turn."""
        return self.detects and self.create_response

    def config(self) -> RealtimeConfig:
        """The configuration that says so."""
        heard = AudioInput(
            format=FORMATS[self.heard_in],
            transcription=Transcription(model="gpt-4o-transcribe") if self.transcribed else None,
            turn_detection=_detection(create_response=self.create_response) if self.detects else None,
        )
        said = AudioOutput(format=FORMATS[self.said_in], voice=self.voice)
        return RealtimeConfig(
            output_modalities=["audio"],
            instructions=INSTRUCTIONS,
            tools=list(self.tools),
            audio=SessionAudio(input=heard, output=said),
        )


def _detection(*, create_response: bool) -> ServerVad:
    return ServerVad(
        threshold=0.5,
        prefix_padding_ms=PADDING_MS,
        silence_duration_ms=SILENCE_MS,
        idle_timeout_ms=None,
        create_response=create_response,
        interrupt_response=True,
    )


DEFAULTS = RealtimeConfig(
    output_modalities=["audio"],
    instructions="You are a helpful, witty, and friendly AI. Talk quickly.",
    tools=[],
    audio=SessionAudio(
        input=AudioInput(
            format=FORMATS["audio/pcm"],
            transcription=None,
            noise_reduction=None,
            turn_detection=_detection(create_response=True),
        ),
        output=AudioOutput(format=FORMATS["audio/pcm"], voice="alloy", speed=1.0),
    ),
)
"""What a session is before anybody has asked for anything."""


def reported(session_id: str, asked: RealtimeConfig) -> RealtimeSession:
    """A session as the server says it is."""
    return RealtimeSession(
        id=session_id,
        object="realtime.session",
        model="gpt-realtime",
        output_modalities=asked.output_modalities,
        instructions=asked.instructions,
        tools=asked.tools,
        tool_choice="auto",
        max_output_tokens="inf",
        tracing=None,
        truncation="auto",
        prompt=None,
        expires_at=STARTED_AT_UNIX_S + 3600,
        audio=asked.audio,
        include=None,
    )
