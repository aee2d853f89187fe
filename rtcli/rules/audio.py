"""AUD: what is wrong with audio that one event carries."""

from __future__ import annotations

import binascii
from collections.abc import Iterator
from functools import lru_cache

import pybase64

from rtcli.events import Event, conversation, input_audio_buffer, response
from rtcli.events.objects import Message
from rtcli.formats import Entry
from rtcli.rules.rule import Verdict
from rtcli.session import Session
from rtcli.units import SAMPLE_BYTES

_ELIDED = ("…", "...", "<base64", "[audio", "<audio", "[Object")
"""How loggers shorten or replace audio. Such a payload says nothing about what was sent."""

Payload = tuple[str, str]
"""JSONPath and base64."""

CARRIERS: tuple[type[Event], ...] = (
    input_audio_buffer.Append,
    response.OutputAudioDelta,
    response.ContentPartAdded,
    response.ContentPartDone,
    response.OutputItemAdded,
    response.OutputItemDone,
    conversation.ItemCreate,
    conversation.ItemAdded,
    conversation.ItemCreated,
    conversation.ItemDone,
    conversation.ItemRetrieved,
)
"""The event types that can carry audio."""


def not_base64(event: Event, _entry: Entry, _session: Session) -> Iterator[Verdict]:
    """Audio is not valid base64.

    The field holds characters outside the alphabet of RFC 4648, white space, a ``data:`` prefix, or
    lacks its padding. The server refuses such an append, and a client cannot play such a delta; a
    URL-safe encoder and a line-wrapping encoder are the usual causes. Payloads that a logger has
    shortened or replaced are passed over.

    Fix: send plain base64 without line breaks and without a ``data:`` prefix.

    ::

        > input_audio_buffer.append {"audio": "abc$"}       # AUD01
        > input_audio_buffer.append {"audio": "AAA"}        # AUD01
        > input_audio_buffer.append {"audio": "AAAA"}

    Source: openai-python 3.52.0, ``input_audio_buffer_append_event.py`` ("Base64-encoded audio bytes").
    """
    for path, payload in payloads(event):
        if decoded_size(payload) is None and not any(mark in payload for mark in _ELIDED):
            yield path, f"the audio is not valid base64: {_why(payload)}", "send plain, padded base64 without line breaks or a data: prefix"


def half_a_sample(event: Event, _entry: Entry, session: Session) -> Iterator[Verdict]:
    """PCM16 audio has an odd number of bytes.

    A sample of PCM16 has two bytes, so this chunk ends in the middle of one. The server joins the
    chunks, so that one odd chunk before another does no harm; a player that decodes each chunk by
    itself turns everything behind it into noise.

    Fix: cut chunks at sample boundaries, at multiples of two bytes.

    ::

        > input_audio_buffer.append {"audio": "AAA="}
        > input_audio_buffer.append {"audio": "AAAA"}       # AUD02

    Source: the Realtime guide, ``audio/pcm``: 16-bit PCM at 24 kHz, little-endian.
    """
    audio_format = session.config.input_format if event.sender == "client" else session.config.output_format
    sample_bytes = SAMPLE_BYTES.get(audio_format or "", 0)
    if sample_bytes < 2:
        return
    for path, payload in payloads(event):
        size = decoded_size(payload)
        if size is not None and size % sample_bytes:
            yield path, f"{size} bytes are not a whole number of {sample_bytes}-byte samples", "cut chunks at multiples of two bytes"


def payloads(event: Event) -> Iterator[Payload]:
    """The audio that an event carries, and where."""
    match event:
        case input_audio_buffer.Append():
            yield "$.audio", event.audio
        case response.OutputAudioDelta():
            yield "$.delta", event.delta
        case response.ContentPartAdded() | response.ContentPartDone():
            if isinstance(event.part.audio, str):
                yield "$.part.audio", event.part.audio
        case _:
            item = getattr(event, "item", None)
            if isinstance(item, Message):
                for index, part in enumerate(item.content):
                    audio = getattr(part, "audio", None)
                    if isinstance(audio, str):
                        yield f"$.item.content[{index}].audio", audio


@lru_cache(maxsize=4)
def decoded_size(payload: str) -> int | None:
    """How many bytes a payload stands for; None when it is not valid base64.

    Several rules ask about the same payload one after the other, so the last answers are kept.
    """
    try:
        return len(pybase64.b64decode(payload, validate=True))
    except (binascii.Error, ValueError):
        return None


def _why(payload: str) -> str:
    if payload.startswith("data:"):
        return "it begins with a data: prefix"
    alphabet = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
    for position, character in enumerate(payload):
        if character not in alphabet:
            return f"character {position} is {ascii(character)}"
    if len(payload) % 4:
        return f"{len(payload)} characters are not a multiple of 4, so its padding is missing"
    return "its padding stands where data should be"
