"""A recording without its secrets: what has to change is learned in a first pass, and changed in a second one.

Law: as many lines come out as went in, each as long as it was (unless audio is dropped), with the same ids,
times and types; a line in which nothing is found is given back to the byte.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from hashlib import blake2b
from typing import Final, Literal

from rtcli.events import Malformed
from rtcli.formats import Entry
from rtcli.recording import Header, Torn
from rtcli.recording.masking import Mask, Values, Words
from rtcli.recording.named import name_of
from rtcli.recording.nested import Path
from rtcli.recording.redaction import Redaction
from rtcli.recording.streaming import Streams
from rtcli.session.ledger import Memory
from rtcli.session.line_changes import GIVEN, LineChanges, all_but_sound, known_places
from rtcli.session.silencing import AudioMode, Proof, Silencing, payload_of
from rtcli.session.wire_text import meant, streamed, type_of

TextMode = Literal["keep", "mask"]

_IDS: Final = (
    r'\{(?:"t":[\d.]+,"from":"\w+","event":\{)?(?:"(?:type":"[a-z_.]{1,60}"|(?:event|response|(?:previous_)?item|call)_id":'
    r'"(?:event|resp|item|call|msg|fc)_[A-Za-z0-9]{1,40}"|(?:output|content)_index":\d{1,4}|obfuscation":"[A-Za-z0-9]{0,20}"'
)
_PLAIN: Final = re.compile(_IDS + r'|(?:delta|audio)":""),?)*\}?\}\s*')
"""An event with nothing in it but ids, and audio that is not looked at."""
_PLAIN_TEXT: Final = re.compile(_IDS + r'|delta":"[^"\\]*+(?:\\.[^"\\]*+)*+"),?)*\}?\}\s*')
"""The same with a text that is streamed, which is looked at as a whole."""
_ENVELOPE: Final = re.compile(r'\{"t":[\d.]+,"from":"\w+","event":')
_AUDIO_INSIDE: Final = re.compile(r'"audio\\*"\s*:\s*\\*"')
_LOSSLESS: Final = re.compile(rb'("lossless"\s*:\s*)true')
_STREAMS: Final = 512


class Redacting:
    """Both passes over one recording; `learn` every entry, then `learned`, then ask for each `line`."""

    def __init__(self, redaction: Redaction, audio: AudioMode = "silence", text: TextMode = "keep") -> None:
        self.redaction = redaction
        self.audio = audio
        self.masked = 0
        """In how many lines words were masked."""
        self.silencing = Silencing(audio, {})
        self._masks = text == "mask"
        self._knows_fields = bool(redaction.fields or redaction.customs)
        self._streams = Streams(redaction)
        self._proof = Proof()
        self._digest = blake2b(digest_size=32)
        self._mask = Mask(b"")
        self._maskers: Memory[Hashable, Words | Values] = Memory(_STREAMS)

    # --- the first pass ---

    def learn(self, entry: Entry) -> None:
        """Take in an entry: what is streamed in pieces, and what the sound proves."""
        self._digest.update(entry.raw)
        if self.audio == "silence":
            self._proof.apply(entry)
        event = meant(entry)
        piece = streamed(event)
        if piece is not None:
            self._streams.take(piece.key, (piece.name,), entry.line, piece.piece)
        self._meet(_beside(entry.raw, payload_of(event, type_of(event))), streamed=piece is not None)

    def _meet(self, raw: bytes, *, streamed: bool) -> None:
        """Learn the keys in a line, which may stand where nothing tells of them in others."""
        text = raw.decode("utf-8", "surrogateescape")
        is_plain = (_PLAIN_TEXT if streamed else _PLAIN).fullmatch(text)
        if not is_plain and self.redaction.may_hold(_without_envelope(text)):
            self.redaction.meet(text, all_but_sound)

    def learned(self) -> None:
        """The end of the first pass."""
        self._streams.finish()
        self._proof.finish()
        self.silencing = Silencing(self.audio, self._proof.murmurs)
        self._mask = Mask(self._digest.digest())

    # --- the second pass ---

    def line(self, entry: Entry) -> bytes:
        """The line as it is to be written."""
        self.redaction.line = entry.line
        event = meant(entry)
        kind = type_of(event)
        if isinstance(event, Header):
            entry.raw = self._header(entry.raw)
        payload = payload_of(event, kind)
        if payload is None:
            self.silencing.formats.apply(entry)
        elif payload[1]:
            made = self._with_audio(entry, payload[1])
            if made is not None:
                return made
        piece = streamed(event)
        text = entry.raw.decode("utf-8", "surrogateescape")
        if not self._is_worth_a_look(entry, text, streamed=piece is not None):
            return entry.raw
        if isinstance(event, Torn) or (isinstance(event, Malformed) and not event.type):
            new = self._broken(entry, text)
        else:
            new = self.redaction.json(text, (), 0, LineChanges(self, entry, kind, piece).change)
        return entry.raw if new == text else new.encode("utf-8", "surrogateescape")

    def _header(self, raw: bytes) -> bytes:
        """The header; where audio is dropped, no rule may reckon with its length any more."""
        return _LOSSLESS.sub(rb"\1false", raw) if self.audio == "drop" else raw

    def _with_audio(self, entry: Entry, payload: str) -> bytes | None:
        """The line of an event that streams audio; None where the audio is not written plainly."""
        raw, sound = entry.raw, payload.encode("utf-8", "surrogatepass")
        place = _place_of(raw, sound)
        if place < 0:
            return None
        end = place + len(sound)
        made = self.silencing.of(entry, payload).encode("utf-8", "surrogatepass")
        head, tail = raw[:place], raw[end:]
        around = (head + tail).decode("utf-8", "surrogateescape")
        if self._is_suspect(around):
            new = self.redaction.json(around, (), 0, known_places).encode("utf-8", "surrogateescape")
            head, tail = new[: len(head)], new[len(head) :]
        elif made == raw[place:end]:
            return raw
        return head + made + tail

    def _is_worth_a_look(self, entry: Entry, text: str, *, streamed: bool) -> bool:
        if self._masks or entry.line in self._streams.changed:
            return True
        is_plain = streamed and not self._knows_fields and _PLAIN_TEXT.fullmatch(text)
        if is_plain and text.count('"delta":') == 1:
            return False
        if _AUDIO_INSIDE.search(text) or _FRAMES.search(text):
            return True
        return self.redaction.may_hold(_without_envelope(text))

    def _is_suspect(self, around: str) -> bool:
        """Whether there may be something beside the audio of an event."""
        if not self._knows_fields and _PLAIN.fullmatch(around):
            return False
        return self.redaction.may_hold(_without_envelope(around))

    def _broken(self, entry: Entry, text: str) -> str:
        """A line that is no event: its strings, as far as it has any, and then all of it.

        The end of the line is none of a string that does not end.
        """
        body = text.rstrip("\r\n")
        new = self.redaction.json(body, (), 0, LineChanges(self, entry, "", None).change)
        return self.redaction.text(new) + text[len(body) :]

    def masker(self, key: Hashable, name: str) -> Words | Values:
        """What masks the next piece of a stream."""
        masker = self._maskers.get(key)
        if masker is None:
            masker = self._maskers[key] = Values(self._mask) if name == "arguments" else Words(self._mask)
        return masker

    def changed(self, line: int, piece: str) -> str:
        """What a streamed piece is to be, before its words are masked."""
        return self._streams.changed.get(line, piece)

    def said(self, value: str, path: Path) -> str:
        """The mask of what was said, without its secrets."""
        new = self.redaction.text(value, path, 1)
        if not self._masks:
            return new
        is_json = name_of(path) == "arguments" or (name_of(path) in GIVEN and new.lstrip()[:1] in ("{", "["))
        masked = self._mask.json(new) if is_json else self._mask.words(new)
        self.masked += masked != new
        return masked

    @property
    def masks(self) -> bool:
        """Whether words are masked."""
        return self._masks


def _place_of(raw: bytes, sound: bytes) -> int:
    """Where the one field with this audio begins; negative where it is written otherwise, or more than once."""
    for field in _STREAMED:
        place = raw.find(field + sound + b'"')
        if place >= 0:
            place += len(field)
            return place if sum(map(raw.count, _STREAMED)) == 1 else -1
    return -1


def _beside(raw: bytes, payload: tuple[str, str] | None) -> bytes:
    """A line without the audio that it streams; nothing of it where that is not written plainly."""
    if payload is None or not payload[1]:
        return raw
    sound = payload[1].encode("utf-8", "surrogatepass")
    place = _place_of(raw, sound)
    return raw[:place] + raw[place + len(sound) :] if place >= 0 else b""


def _without_envelope(text: str) -> str:
    match = _ENVELOPE.match(text)
    return text[match.end() :] if match else text


_STREAMED: Final = (b'"audio":"', b'"delta":"', b'"audio": "', b'"delta": "')
_FRAMES: Final = re.compile(r'"(?:binary|ping|pong)"\s*:\s*"')
