"""What can be configured in beta: flat, where realtime has nested objects.

Source: openai-python 3.52.0, ``types/beta/realtime/session.py`` and beside it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta

from rtcli.events.beta.objects import FormatName, InputItem
from rtcli.events.configuration import (
    AudioInput,
    AudioOutput,
    FunctionTool,
    Include,
    Prompt,
    RetentionRatio,
    SemanticVad,
    ServerVad,
    SessionAudio,
    TracingConfiguration,
    Transcription,
)
from rtcli.events.event import Count, Maybe, Object, Whole
from rtcli.events.objects import AudioFormat, AudioPcm, AudioPcma, AudioPcmu, MaxOutputTokens, Metadata, Modality

Speed = Annotated[float, Meta(ge=0.25, le=1.5)]
_FORMATS: dict[str, AudioFormat] = {"pcm16": AudioPcm(rate=24000), "g711_ulaw": AudioPcmu(), "g711_alaw": AudioPcma()}


class NoiseReduction(Object):
    """Noise reduction before turn detection and the model."""

    type: Maybe[Literal["near_field", "far_field"]] = UNSET


class SpeechToText(Object):
    """How the user's speech is transcribed beside the conversation."""

    model: Maybe[str] = UNSET
    language: Maybe[str] = UNSET
    prompt: Maybe[str] = UNSET


class SecretLifetime(Object):
    """When a client secret expires, counted from its making."""

    anchor: Literal["created_at"]
    seconds: Maybe[Count] = UNSET


class SecretRequest(Object):
    """What a client may ask of a secret."""

    expires_after: Maybe[SecretLifetime] = UNSET


class Secret(Object):
    """A key for clients that is valid for a short time; ``expires_at`` in Unix seconds."""

    value: str
    expires_at: Whole


class Answers(Object):
    """How the model answers, in a session or in one response."""

    modalities: Maybe[list[Modality]] = UNSET
    instructions: Maybe[str] = UNSET
    voice: Maybe[str] = UNSET
    output_audio_format: Maybe[FormatName] = UNSET
    tools: Maybe[list[FunctionTool]] = UNSET
    tool_choice: Maybe[str] = UNSET
    temperature: Maybe[float] = UNSET
    max_response_output_tokens: Maybe[MaxOutputTokens] = UNSET

    @property
    def audio(self) -> SessionAudio:
        """The audio that is spoken, as realtime has it."""
        return SessionAudio(output=self._output())

    def _output(self, speed: Maybe[float] = UNSET) -> AudioOutput:
        return AudioOutput(format=_FORMATS.get(self.output_audio_format or "", UNSET), voice=self.voice, speed=speed)

    @property
    def output_modalities(self) -> Maybe[list[Modality]]:
        """What the model answers with, as realtime has it: ``audio`` includes its transcript."""
        if self.modalities and "audio" in self.modalities:
            return ["audio"]
        return self.modalities

    @property
    def max_output_tokens(self) -> Maybe[int | Literal["inf"]]:
        """The limit by its realtime name."""
        return self.max_response_output_tokens


class SessionFields(Answers):
    """What a client asks of a conversation session and the server reports of it."""

    model: Maybe[str] = UNSET
    speed: Maybe[Speed] = UNSET
    input_audio_format: Maybe[FormatName] = UNSET
    input_audio_transcription: Maybe[SpeechToText] = UNSET
    input_audio_noise_reduction: Maybe[NoiseReduction] = UNSET
    turn_detection: Maybe[ServerVad | SemanticVad] = UNSET
    tracing: Maybe[Literal["auto"] | TracingConfiguration] = UNSET

    @property
    def audio(self) -> SessionAudio:
        """The audio of both directions, as realtime has it."""
        heard = _heard(self.input_audio_format, self.input_audio_transcription, self.turn_detection)
        return SessionAudio(input=heard.input, output=self._output(self.speed))


class Update(SessionFields):
    """What a client may ask of a conversation session."""

    client_secret: Maybe[SecretRequest] = UNSET


class Session(SessionFields):
    """A conversation session as the server reports it, defaults filled in.

    Source for ``object``, ``expires_at``, ``client_secret``, ``truncation``, ``prompt`` and ``include``:
    captured beta session (traffic: beta/tool_call.jsonl, line 1).
    """

    id: Maybe[str] = UNSET
    object: Maybe[str] = UNSET
    expires_at: Maybe[Whole] = UNSET
    client_secret: Maybe[Secret] = UNSET
    truncation: Maybe[Literal["auto", "disabled"] | RetentionRatio] = UNSET
    prompt: Maybe[Prompt] = UNSET
    include: Maybe[Include] = UNSET


class TranscriptionSecretLifetime(Object):
    """When the secret of a transcription session expires."""

    anchor: Maybe[Literal["created_at"]] = UNSET
    seconds: Maybe[Count] = UNSET


class TranscriptionSecretRequest(Object):
    """What a client may ask of the secret of a transcription session."""

    expires_at: Maybe[TranscriptionSecretLifetime] = UNSET


class TranscriptionUpdate(Object):
    """What a client may ask of a session that only transcribes."""

    input_audio_format: Maybe[FormatName] = UNSET
    input_audio_transcription: Maybe[SpeechToText] = UNSET
    input_audio_noise_reduction: Maybe[NoiseReduction] = UNSET
    turn_detection: Maybe[ServerVad | SemanticVad] = UNSET
    modalities: Maybe[list[Modality]] = UNSET
    include: Maybe[list[str]] = UNSET
    client_secret: Maybe[TranscriptionSecretRequest] = UNSET

    @property
    def audio(self) -> SessionAudio:
        """The user's audio, as realtime has it."""
        return _heard(self.input_audio_format, self.input_audio_transcription, self.turn_detection)


class TurnDetection(Object):
    """How turns are told in a session that only transcribes; times in milliseconds."""

    type: Maybe[str] = UNSET
    threshold: Maybe[float] = UNSET
    prefix_padding_ms: Maybe[Count] = UNSET
    silence_duration_ms: Maybe[Count] = UNSET
    eagerness: Maybe[str] = UNSET
    create_response: Maybe[bool] = UNSET
    interrupt_response: Maybe[bool] = UNSET

    @property
    def as_realtime(self) -> ServerVad | SemanticVad:
        """The same, as realtime has it."""
        if self.type == "semantic_vad":
            return SemanticVad()
        return ServerVad(
            threshold=self.threshold,
            prefix_padding_ms=self.prefix_padding_ms,
            silence_duration_ms=self.silence_duration_ms,
        )


class TranscriptionSession(Object):
    """A session that only transcribes, as the server reports it.

    Source for what goes beyond the package: the OpenAPI description of 2025-04-29; crate api_openai
    0.3.0. The package requires ``client_secret``, which only the answer to the HTTP request has.
    """

    id: Maybe[str] = UNSET
    object: Maybe[str] = UNSET
    expires_at: Maybe[Whole] = UNSET
    client_secret: Maybe[Secret] = UNSET
    input_audio_format: Maybe[str] = UNSET
    input_audio_transcription: Maybe[SpeechToText] = UNSET
    input_audio_noise_reduction: Maybe[NoiseReduction] = UNSET
    turn_detection: Maybe[TurnDetection] = UNSET
    modalities: Maybe[list[Modality]] = UNSET
    include: Maybe[list[str]] = UNSET

    @property
    def audio(self) -> SessionAudio:
        """The user's audio, as realtime has it."""
        told = self.turn_detection
        detection = told.as_realtime if isinstance(told, TurnDetection) else told
        return _heard(self.input_audio_format, self.input_audio_transcription, detection)


class ResponseParams(Answers):
    """What a client may ask of one response; whatever is absent comes from the session."""

    conversation: Maybe[str] = UNSET
    input: Maybe[list[InputItem]] = UNSET
    metadata: Maybe[Metadata] = UNSET


def _heard(
    name: Maybe[str], transcription: Maybe[SpeechToText], detection: Maybe[ServerVad | SemanticVad]
) -> SessionAudio:
    """The side of the audio that a transcription session has."""
    return SessionAudio(
        input=AudioInput(
            format=_FORMATS.get(name or "", UNSET),
            transcription=_transcription(transcription),
            turn_detection=detection,
        )
    )


def _transcription(asked: Maybe[SpeechToText]) -> Maybe[Transcription]:
    if not isinstance(asked, SpeechToText):
        return asked
    return Transcription(model=asked.model, language=asked.language, prompt=asked.prompt)
