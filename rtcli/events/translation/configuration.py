"""What can be configured in a translation session.

Source: openai-python 3.52.0, ``types/realtime/realtime_translation_session.py``.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta

from rtcli.events.configuration import Include
from rtcli.events.event import Maybe, Object, Whole


class NoiseReduction(Object):
    """Noise reduction before the model."""

    type: Literal["near_field", "far_field"]
    strength: Maybe[Annotated[float, Meta(ge=0, le=1)]] = UNSET


class Transcription(Object):
    """Whether the source language is transcribed beside the translation, and by which model."""

    model: str


class Input(Object):
    """How the speaker's audio comes in."""

    noise_reduction: Maybe[NoiseReduction] = UNSET
    transcription: Maybe[Transcription] = UNSET


class Output(Object):
    """The language that is translated into, such as ``es``."""

    language: Maybe[str] = UNSET


class Audio(Object):
    """Both directions."""

    input: Maybe[Input] = UNSET
    output: Maybe[Output] = UNSET


class Config(Object):
    """What a client may ask of a translation session."""

    audio: Maybe[Audio] = UNSET


class Session(Object):
    """A translation session as the server reports it; ``expires_at`` in Unix seconds.

    Source for ``include``: captured session (traffic: translation/speech_translation.jsonl, line 1).
    """

    type: Literal["translation"]
    id: str
    model: str
    audio: Audio
    expires_at: Whole
    include: Maybe[Include] = UNSET
