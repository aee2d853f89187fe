"""AUD: what is wrong with audio that one event carries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import pybase64

from rtcli.events import Event, conversation, input_audio_buffer, response
from rtcli.events.objects import InputImage, InputText, Message, OutputText
from rtcli.events.translation import session as translation
from rtcli.formats import Entry
from rtcli.rules.rule import Rule, Verdict
from rtcli.session.by_class import ByClass
from rtcli.session.ledgers import Ledgers
from rtcli.session.sound import FILES, file_of
from rtcli.units import MAX_APPEND_BYTES, SAMPLE_BYTES, base64_bytes

_FIRST_FOUR: Final = frozenset(pybase64.b64encode(mark[:3]).decode() for mark in FILES)
"""How audio begins on the wire that may be a file; a cheap look before a closer one."""
_SMALL: Final = "AAAA"
"""An MP4 file begins with a small number of four bytes, and so does silence."""
_FTYP: Final = "Z0eX"
"""What comes next in an MP4 file, as far as it is whole characters of base64."""
_MAX_CHARACTERS: Final = MAX_APPEND_BYTES // 3 * 4
"""So many characters are never too many bytes, whatever the padding."""
_ELIDED: Final = ("…", "...", "<base64", "[audio", "<audio", "[Object")
"""How loggers shorten or replace audio. Such a payload says nothing about what was sent."""

_SILENT: Final = frozenset({InputText, OutputText, InputImage})
"""Most parts are of these classes, and need not be looked into."""

Payload = tuple[str, str]
"""JSONPath and base64."""


def not_base64(event: Event, _entry: Entry, _session: Ledgers) -> Sequence[Verdict]:
    """Audio is not valid base64.

    The field holds characters outside the alphabet of RFC 4648, white space, a ``data:`` prefix, or
    lacks its padding. The server refuses such an append, and a client cannot play such a delta; a
    URL-safe encoder and a line-wrapping encoder are the usual causes. Payloads that a logger has
    shortened or replaced are passed over.

    Fix: send plain base64 without line breaks and without a ``data:`` prefix.

    ::

        > input_audio_buffer.append {"audio": "abc$"}       # AUD01
        > input_audio_buffer.append {"audio": "AAA"}        # AUD01
        > session.update {"session": {"type": "realtime", "audio": {"input": {"format": {"type": "audio/pcm"}}}}}
        > input_audio_buffer.append {"audio": "AAA="}
        - header {}
        < session.created {"session": {"type": "translation", "id": "s", "model": "m", "audio": {}, "expires_at": 1}}
        > session.input_audio_buffer.append {"audio": "AAA="}
        > session.input_audio_buffer.append {"audio": "abc$"}    # AUD01
        < session.output_audio.delta {"delta": "AAA"}            # AUD01

    Source: openai-python 3.52.0, ``input_audio_buffer_append_event.py`` ("Base64-encoded audio bytes").
    """
    carried = _PAYLOADS[type(event)](event)
    if not carried:
        return ()
    found = []
    for path, payload in carried:
        if not _is_base64(payload) and not any(mark in payload for mark in _ELIDED):
            message = f"the audio is not valid base64: {_why(payload)}"
            found.append(Verdict(path, message, "send plain, padded base64 without line breaks or a data: prefix"))
    return found


def half_a_sample(event: Event, _entry: Entry, session: Ledgers) -> Sequence[Verdict]:
    """PCM16 audio has an odd number of bytes.

    A sample of PCM16 has two bytes, so this chunk ends in the middle of one. The server joins the
    chunks, so that one odd chunk before another does no harm; a player that decodes each chunk by
    itself turns everything behind it into noise.

    Fix: cut chunks at sample boundaries, at multiples of two bytes.

    ::

        > session.update {"session": {"type": "realtime", "audio": {"input": {"format": {"type": "audio/pcm"}}}}}
        > input_audio_buffer.append {"audio": "AAA="}
        > input_audio_buffer.append {"audio": "AAAA"}       # AUD02

    Source: the Realtime guide, ``audio/pcm``: 16-bit PCM at 24 kHz, little-endian.
    """
    audio_format = session.config.input_format if event.sender == "client" else session.config.output_format
    sample_bytes = SAMPLE_BYTES.get(audio_format or "", 1)
    if sample_bytes == 1:
        return ()
    found = []
    for path, payload in _PAYLOADS[type(event)](event):
        size = base64_bytes(len(payload), payload[-2:])
        if size % sample_bytes and _is_base64(payload):
            message = f"{size} bytes are not a whole number of {sample_bytes}-byte samples"
            found.append(Verdict(path, message, f"cut chunks at multiples of {sample_bytes} bytes"))
    return found


def too_large(event: Any, _entry: Entry, _ledgers: Ledgers) -> Sequence[Verdict]:
    """An append is larger than the server takes.

    One append may carry 15 MiB of audio, more than five minutes; the server refuses it whole.

    Fix: send chunks of 20 to 200 ms as they are heard.

    ::

        > input_audio_buffer.append {"audio": "AAAA"}
        > input_audio_buffer.append {"audio": {"$bytes": 16000000}}     # AUD03

    Source: openai-python 3.52.0, ``input_audio_buffer_append_event.py``.
    """
    audio = event.audio
    if len(audio) <= _MAX_CHARACTERS:
        return ()
    size = base64_bytes(len(audio), audio[-2:])
    if size <= MAX_APPEND_BYTES:
        return ()
    message = f"the append carries {size} bytes; at most {MAX_APPEND_BYTES} are taken"
    return (Verdict("$.audio", message, "send chunks of 20 to 200 ms"),)


def empty_append(event: Any, _entry: Entry, _ledgers: Ledgers) -> Sequence[Verdict]:
    """An append carries no audio.

    It does nothing, and is often the first sign of a microphone that is not open.

    Fix: leave empty chunks out.

    ::

        > input_audio_buffer.append {"audio": "AAAA"}
        > input_audio_buffer.append {"audio": ""}     # AUD04

    Source: openai-python 3.52.0, ``input_audio_buffer_append_event.py``.
    """
    return () if event.audio else (Verdict("$.audio", "the append carries no audio", "leave empty chunks out"),)


def file_in_raw_audio(event: Any, _entry: Entry, _ledgers: Ledgers) -> Sequence[Verdict]:
    """The audio begins like a file.

    The server takes samples. The header of a WAV file is heard as a click; a compressed file is heard as
    noise from beginning to end, and no speech is understood.

    Fix: send the samples of the file, decoded and without its header.

    ::

        > input_audio_buffer.append {"audio": "AAAA"}
        > input_audio_buffer.append {"audio": "UklGRgAAAABXQVZF"}     # AUD05

    Source: the realtime guide on audio formats: raw samples.
    """
    audio = event.audio
    start = audio[:4]
    if start not in _FIRST_FOUR and (start != _SMALL or audio[6:10] != _FTYP):
        return ()
    try:
        head = pybase64.b64decode(audio[:16], validate=True)
    except ValueError:
        return ()
    found = file_of(head)
    if not found:
        return ()
    return (Verdict("$.audio", f"the audio begins like {found}", "send raw samples without a header"),)


def _of_append(event: Any) -> Sequence[Payload]:
    return (("$.audio", event.audio),)


def _of_delta(event: Any) -> Sequence[Payload]:
    return (("$.delta", event.delta),)


def _of_part(event: Any) -> Sequence[Payload]:
    audio = event.part.audio
    return (("$.part.audio", audio),) if isinstance(audio, str) else ()


def _of_item(event: Any) -> Sequence[Payload]:
    """The audio of an item; most have none, and are not looked through twice."""
    item = event.item
    if isinstance(item, Message):
        for part in item.content:
            if type(part) not in _SILENT:
                return _of_content(item)
    return ()


def _of_content(item: Message) -> Sequence[Payload]:
    parts = ((index, getattr(part, "audio", None)) for index, part in enumerate(item.content))
    return [(f"$.item.content[{index}].audio", audio) for index, audio in parts if isinstance(audio, str)]


def _is_base64(payload: str) -> bool:
    try:
        # Strictly: `validate` by its place, for by its name a short payload takes twice as long.
        pybase64.b64decode(payload, None, True)
    except ValueError:
        return False
    return True


_PAYLOADS: Final = ByClass[Callable[[Any], Sequence[Payload]]](
    {
        input_audio_buffer.Append: _of_append,
        response.OutputAudioDelta: _of_delta,
        response.ContentPartAdded: _of_part,
        response.ContentPartDone: _of_part,
        response.OutputItemAdded: _of_item,
        response.OutputItemDone: _of_item,
        conversation.ItemCreate: _of_item,
        conversation.ItemAdded: _of_item,
        conversation.ItemCreated: _of_item,
        conversation.ItemDone: _of_item,
        conversation.ItemRetrieved: _of_item,
        translation.InputAudioBufferAppend: _of_append,
        translation.OutputAudioDelta: _of_delta,
    }
)
CARRIERS: Final[tuple[type, ...]] = tuple(_PAYLOADS)
"""The event types that can carry audio."""


def _why(payload: str) -> str:
    if payload.startswith("data:"):
        return "it begins with a data: prefix"
    alphabet = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
    for position, character in enumerate(payload):
        if character not in alphabet:
            return f"character {position} is {character!a}"
    if len(payload) % 4:
        return f"{len(payload)} characters are not a multiple of 4, so its padding is missing"
    return "its padding stands where data should be"


_APPEND: Final = (input_audio_buffer.Append,)

RULES: Final[tuple[Rule, ...]] = (
    Rule("AUD01", "error", not_base64, CARRIERS, dialects=frozenset({"realtime", "beta", "translation"})),
    Rule("AUD02", "warning", half_a_sample, CARRIERS, needs=frozenset({"audio"})),
    Rule("AUD03", "error", too_large, _APPEND, tier="second"),
    Rule("AUD04", "warning", empty_append, _APPEND, tier="extended"),
    Rule("AUD05", "warning", file_in_raw_audio, _APPEND),
)
