"""Takes the sound out of the audio of a recording, and leaves what is measured by it.

Law: every payload stays as long as it was, in bytes and in base64. Of each response the first audible frame
stays audible, by one click, so that the time until then is measured as before. Where the sound itself proves
something, that it is in another format or that nobody heard it, there is a murmur without words instead of silence.
"""

from __future__ import annotations

import base64
from typing import Any, Final, Literal

import pybase64

from rtcli.events import live, translation
from rtcli.events.live import session as live_session
from rtcli.formats import Entry
from rtcli.recording import Header
from rtcli.recording.silence import CLICKS, CODES, PCM_CLICK, dropped, silent
from rtcli.session.config import Config, at, format_name
from rtcli.session.ledger import Memory
from rtcli.session.loudness import FRAME_MS, Onset
from rtcli.session.murmur import murmur
from rtcli.session.sound import Look, Sample
from rtcli.session.wire_text import field_of, is_audio_delta, type_of
from rtcli.units import BYTES_PER_MS

AudioMode = Literal["silence", "drop", "keep"]
Side = tuple[str, str]
"""Who sends it, and the name of the format that is in force."""
_OPENINGS: Final = 256


class Formats:
    """The audio formats in force, in both directions."""

    def __init__(self) -> None:
        self._config = Config()
        self._responses: Memory[str, str | None] = Memory()
        self._fixed: str | None = None

    def apply(self, entry: Entry) -> None:
        """Take in an entry that is no audio."""
        self._config.apply(entry)
        event = entry.event
        if isinstance(event, Header):
            self._responses, self._fixed = Memory(), None
        elif isinstance(event, live_session.Started):
            chosen = at(event.session, "audio", "format")
            self._fixed = str(chosen.__struct_config__.tag) if chosen is not None else None
        elif type_of(event) == "response.created":
            self._created(field_of(event, "response"))

    def _created(self, reported: Any) -> None:
        name = at(reported, "id")
        if isinstance(name, str) and name not in self._responses:
            told = format_name(at(reported, "audio", "output")) if not isinstance(reported, dict) else None
            beta = at(reported, "output_audio_format")
            self._responses[name] = told or (beta if isinstance(beta, str) else None) or self._config.output_format

    def of(self, entry: Entry) -> str | None:
        """The format of the audio in an entry."""
        event = entry.event
        if type(event).__module__.startswith(translation.__name__):
            return "audio/pcm"
        if type(event).__module__.startswith(live.__name__):
            return self._fixed
        if entry.sender == "client":
            return self._config.input_format
        named = field_of(event, "response_id")
        return (
            self._responses.get(named, self._config.output_format)
            if isinstance(named, str)
            else self._config.output_format
        )


class Proof:
    """Finds the directions and formats whose sound proves something."""

    def __init__(self) -> None:
        self._formats = Formats()
        self.murmurs: dict[Side, Look] = {}
        """What the sound looks like there."""
        self._begin()

    def _begin(self) -> None:
        self._samples: dict[Side, Sample] = {}
        self._is_heard = False

    def apply(self, entry: Entry) -> None:
        """Take in an entry."""
        event, kind = entry.event, type_of(entry.event)
        if isinstance(event, Header):
            self.finish()
        if kind.endswith("speech_started"):
            self._is_heard = True
        payload = payload_of(event, kind)
        if payload is None:
            self._formats.apply(entry)
            return
        side = (entry.sender or "", self._formats.of(entry) or "")
        if side[1]:
            sample = self._samples.get(side)
            if sample is None:
                sample = self._samples[side] = Sample()
            if not sample.is_full:
                sample.take(payload[1])

    def finish(self) -> None:
        """The end of a connection."""
        for (sender, declared), sample in self._samples.items():
            seen = sample.contradicts(declared)
            if seen is None and sender == "client" and not self._is_heard:
                seen = sample.look()
            if seen is not None and seen != "silence":
                self.murmurs.setdefault((sender, declared), seen)
        self._begin()


class Silencing:
    """Makes of each payload what is written instead."""

    def __init__(self, mode: AudioMode, murmurs: dict[Side, Look]) -> None:
        self.mode = mode
        self.formats = Formats()
        self.silenced = 0
        """How many payloads were changed."""
        self._murmurs = murmurs
        self._said: dict[Side, int] = {}
        self._openings: Memory[str, tuple[Onset, int]] = Memory(_OPENINGS)
        """By response how it begins, and how many bytes of it have come."""

    def of(self, entry: Entry, payload: str) -> str:
        """What is written instead of the audio that an event streams."""
        raw = payload.encode("utf-8", "surrogatepass")
        made = self._made(entry, payload, raw)
        self.silenced += made != raw
        return made.decode("utf-8", "surrogatepass")

    def still(self, entry: Entry, payload: str) -> str:
        """The same for audio that lies in an item."""
        if self.mode == "keep" or not payload:
            return payload
        raw = payload.encode("utf-8", "surrogatepass")
        made = dropped(raw) if self.mode == "drop" else silent(raw, self.formats.of(entry))
        self.silenced += made != raw
        return made.decode("utf-8", "surrogatepass")

    def _made(self, entry: Entry, payload: str, raw: bytes) -> bytes:
        if self.mode == "keep" or not raw:
            return raw
        if self.mode == "drop":
            return dropped(raw)
        audio_format = self.formats.of(entry)
        side = (entry.sender or "", audio_format or "")
        if side in self._murmurs:
            return self._murmured(side, raw, audio_format)
        named = field_of(entry.event, "response_id")
        if isinstance(named, str) and entry.sender != "client":
            return self._opened(named, payload, raw, audio_format)
        return silent(raw, audio_format)

    def _murmured(self, side: Side, raw: bytes, audio_format: str | None) -> bytes:
        """The next piece of the murmur; what is no base64 is none."""
        quiet = silent(raw, audio_format)
        size = _size(quiet)
        if not size:
            return quiet
        sound, begin = murmur(self._murmurs[side]), self._said.get(side, 0)
        self._said[side] = (begin + size) % len(sound)
        piece = (sound[begin:] + sound * (size // len(sound) + 1))[:size]
        return _instead(quiet, piece, raw)

    def _opened(self, response_id: str, payload: str, raw: bytes, audio_format: str | None) -> bytes:
        """Silence, with a click in the frame that is the first audible one of its response."""
        quiet = silent(raw, audio_format)
        begun = self._openings.get(response_id)
        if begun is None:
            begun = self._openings[response_id] = (Onset(audio_format), 0)
        onset, come = begun
        if not onset.listens:
            return quiet
        size = _size(quiet)
        onset.take(payload)
        self._openings[response_id] = (onset, come + size)
        if onset.audible_ms is None or not size:
            return quiet
        per_ms = BYTES_PER_MS[audio_format or ""]
        end = int((onset.audible_ms + FRAME_MS) * per_ms) - come
        click = CLICKS.get(audio_format or "", PCM_CLICK)
        samples = bytearray(CODES.get(audio_format or "", b"\x00") * size)
        place = max(0, min(end, size) - len(click))
        samples[place : place + len(click)] = click
        return _instead(quiet, bytes(samples[:size]), raw)


def payload_of(content: object, kind: str) -> tuple[str, str] | None:
    """The field with the audio that an event streams, and its base64; None where it streams none."""
    field = "delta" if is_audio_delta(kind) else "audio" if kind.endswith(".append") else ""
    payload = field_of(content, field) if field and not isinstance(content, Header) else None
    return (field, payload) if isinstance(payload, str) else None


def _size(payload: bytes) -> int:
    try:
        return len(pybase64.b64decode(payload, validate=True))
    except ValueError:
        return 0


def _instead(quiet: bytes, audio: bytes, raw: bytes) -> bytes:
    """The audio as base64, as long as the silence, behind what stays of a file's first bytes."""
    made = base64.b64encode(audio)
    return raw[:16] + made[16:] if quiet[:16] == raw[:16] and len(raw) > 16 and quiet[:4] not in _SILENT else made


_SILENT: Final = (b"AAAA", b"////", b"1dXV")
