"""What is billed: tokens by modality, and seconds of audio.

Source: openai-python 3.52.0 (``openai.types.realtime``), as for all objects in events.
"""

from typing import Annotated

from msgspec import UNSET, Meta

from rtcli.events.event import Count, Maybe, Object


class CachedTokens(Object):
    """Cached input tokens by modality."""

    text_tokens: Maybe[Count] = UNSET
    audio_tokens: Maybe[Count] = UNSET
    image_tokens: Maybe[Count] = UNSET


class InputTokens(Object):
    """Input tokens by modality; the cached ones are a part of them."""

    text_tokens: Maybe[Count] = UNSET
    audio_tokens: Maybe[Count] = UNSET
    image_tokens: Maybe[Count] = UNSET
    cached_tokens: Maybe[Count] = UNSET
    cached_tokens_details: Maybe[CachedTokens] = UNSET


class OutputTokens(Object):
    """Output tokens by modality.

    Source for ``reasoning_tokens``: gpt-realtime-2 sessions, captured by pydantic-ai.
    """

    text_tokens: Maybe[Count] = UNSET
    audio_tokens: Maybe[Count] = UNSET
    reasoning_tokens: Maybe[Count] = UNSET


class Usage(Object):
    """What a response is billed for, in tokens."""

    total_tokens: Maybe[Count] = UNSET
    input_tokens: Maybe[Count] = UNSET
    output_tokens: Maybe[Count] = UNSET
    input_token_details: Maybe[InputTokens] = UNSET
    output_token_details: Maybe[OutputTokens] = UNSET


class TranscriptionInputTokens(Object):
    """Input tokens of a transcription by modality."""

    text_tokens: Maybe[Count] = UNSET
    audio_tokens: Maybe[Count] = UNSET


class TranscriptionTokens(Object, tag_field="type", tag="tokens"):
    """A transcription billed by tokens."""

    total_tokens: Count
    input_tokens: Count
    output_tokens: Count
    input_token_details: Maybe[TranscriptionInputTokens] = UNSET


class TranscriptionDuration(Object, tag_field="type", tag="duration"):
    """A transcription billed by the length of the audio."""

    seconds: Annotated[float, Meta(ge=0)]
