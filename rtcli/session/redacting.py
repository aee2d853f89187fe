"""A recording without its secrets: what has to change is learned in a first pass, and changed in a second one.

Law: as many lines come out as went in, each as long as it was (unless audio is dropped), with the same ids,
times and types; a line in which nothing is found is given back to the byte.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Hashable
from hashlib import blake2b
from typing import Any, Final, Literal

from rtcli.events import Malformed
from rtcli.formats import Entry
from rtcli.recording import Header, Torn
from rtcli.recording.masking import Mask, Values, Words
from rtcli.recording.nested import Leaf, Path
from rtcli.recording.redaction import Change, Redaction
from rtcli.recording.streaming import Streams
from rtcli.session.ledger import Memory
from rtcli.session.silencing import AudioMode, Proof, Silencing, payload_of
from rtcli.session.wire_text import Streamed, field_of, is_audio_delta, streamed, type_of, whole_name

TextMode = Literal["keep", "mask"]

_PLAIN: Final = re.compile(
    r'\{(?:"t":[\d.]+,"from":"\w+","event":\{)?(?:"(?:type":"[a-z_.]{1,60}"|(?:event|response|(?:previous_)?item|call)_id":'
    r'"(?:event|resp|item|call|msg|fc)_[A-Za-z0-9]{1,40}"|(?:output|content)_index":\d{1,4}|obfuscation":"[^"\\]*"'
    r'|(?:delta|audio)":"(?:[^"\\]|\\.)*"),?)*\}?\}\s*'
)
"""An event with nothing in it but ids, and what is streamed, which is looked at as a whole."""
_ENVELOPE: Final = re.compile(r'\{"t":[\d.]+,"from":"\w+","event":')
_ENCODED: Final = ("binary", "ping", "pong")
_SAID: Final = frozenset({"transcript", "text", "instructions", "prompt", "note", "refusal"})
"""Fields with words of people and models, wherever they stand."""
_GIVEN: Final = frozenset({"arguments", "output", "input"})
"""Fields with JSON, or with text, that a model or a program wrote."""
_CONTENT: Final = re.compile(r"session\.(?:instructions|thinking|commentary)\.append")
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
        piece = streamed(entry.event)
        if piece is not None:
            self._streams.take(piece.key, (piece.name,), entry.line, piece.piece)

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
        event, kind = entry.event, type_of(entry.event)
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
            new = self.redaction.json(text, (), 0, _Line(self, entry, kind, piece).change)
        return entry.raw if new == text else new.encode("utf-8", "surrogateescape")

    def _header(self, raw: bytes) -> bytes:
        """The header; where audio is dropped, no rule may reckon with its length any more."""
        return _LOSSLESS.sub(rb"\1false", raw) if self.audio == "drop" else raw

    def _with_audio(self, entry: Entry, payload: str) -> bytes | None:
        """The line of an event that streams audio; None where the audio is not written plainly."""
        raw = entry.raw
        place = raw.find(payload.encode("utf-8", "surrogatepass"))
        if place < 0:
            return None
        end = place + len(payload.encode("utf-8", "surrogatepass"))
        made = self.silencing.of(entry, payload).encode("utf-8", "surrogatepass")
        head, tail = raw[:place], raw[end:]
        around = (head + tail).decode("utf-8", "surrogateescape")
        if self._is_suspect(around):
            new = self.redaction.json(around, (), 0, _known_places).encode("utf-8", "surrogateescape")
            head, tail = new[: len(head)], new[len(head) :]
        elif made == raw[place:end]:
            return raw
        return head + made + tail

    def _is_worth_a_look(self, entry: Entry, text: str, *, streamed: bool) -> bool:
        if self._masks or entry.line in self._streams.changed:
            return True
        if streamed and not self._knows_fields and _PLAIN.fullmatch(text):
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
        """A line that is no event: its strings, as far as it has any, and then all of it."""
        new = self.redaction.json(text, (), 0, _Line(self, entry, "", None).change)
        return self.redaction.text(new)

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
        is_json = _name(path) == "arguments" or (_name(path) in _GIVEN and new.lstrip()[:1] in ("{", "["))
        masked = self._mask.json(new) if is_json else self._mask.words(new)
        self.masked += masked != new
        return masked

    @property
    def masks(self) -> bool:
        """Whether words are masked."""
        return self._masks


class _Line:
    """What becomes of the values in one line."""

    def __init__(self, redacting: Redacting, entry: Entry, kind: str, piece: Streamed | None) -> None:
        self._all = redacting
        self._entry = entry
        self._kind = kind
        self._piece = piece
        self._tokens: list[str] | None = None

    def change(self, leaf: Leaf) -> Change | None:
        """What makes something else of a value; None where it is treated as any other."""
        path = leaf.path
        if path[:1] == ("event",):
            path = path[1:]
        name = _name(path)
        if leaf.path in _UNTOUCHED:
            return _same
        if "logprobs" in path:
            return self._of_logprob(path)
        if not leaf.is_string:
            return None
        if len(path) == 1:
            change = self._of_field(name)
            if change is not None:
                return change
        if name == "audio":
            return lambda value: self._all.silencing.still(self._entry, value)
        if self._all.masks and path and path[-1] == name and self._is_said(path, name):
            return lambda value: self._all.said(value, path)
        return None

    def _of_field(self, name: str) -> Change | None:
        if self._piece is not None and name == self._piece.field:
            return self._of_piece
        if name == "delta" and is_audio_delta(self._kind):
            return lambda value: self._all.silencing.still(self._entry, value)
        if name in _ENCODED and not self._kind:
            return self._of_bytes
        if name == "text" and not self._kind.startswith("response") and self._entry.raw.startswith(b'{"t"'):
            return self._of_frame
        return None

    def _of_piece(self, value: str) -> str:
        piece = self._piece
        assert piece is not None
        new = self._all.changed(self._entry.line, value)
        if self._all.masks:
            masked = self._all.masker(piece.key, piece.name).take(new)
            self._all.masked += masked != new
            return masked
        return new

    def _of_frame(self, value: str) -> str:
        """A frame that does not fit a line, or is no JSON: as a line of its own."""
        redaction = self._all.redaction
        if value.lstrip().startswith("{"):
            return redaction.json(value, (), 1, self.change)
        return self._all.said(value, ("text",))

    def _of_bytes(self, value: str) -> str:
        """A frame of bytes: text is treated as text; anything else, as sound."""
        try:
            data = base64.b64decode(value, validate=True)
        except ValueError:
            return self._all.redaction.text(value, ("binary",), 1)
        try:
            text = data.decode()
        except UnicodeDecodeError:
            return value if self._all.audio == "keep" else base64.b64encode(bytes(len(data))).decode()
        new = self._all.said(text, ("text",)) if text.isprintable() or "{" in text else text
        return base64.b64encode(new.encode()).decode()

    def _is_said(self, path: Path, name: str) -> bool:
        if name == "content":
            return _CONTENT.match(self._kind) is not None
        if "tools" in path or "parameters" in path:
            return False
        return name in _SAID or name in _GIVEN or "variables" in path

    def _of_logprob(self, path: Path) -> Change | None:
        """The pieces of a transcript stand once more beside their probabilities, as text and as bytes."""
        index = next((step for step in path if isinstance(step, int)), None)
        if index is None or path[-1] == "logprob":
            return None
        tokens, new = self._token_texts()
        if index >= len(tokens) or tokens[index] == new[index] or "top_logprobs" in path:
            return None
        if path[-1] == "token":
            return lambda value: new[index] if len(value) == len(new[index]) else value
        place = path[-1]
        data = new[index].encode("utf-8", "surrogatepass")
        if isinstance(place, int) and place < len(data):
            return lambda value: _number_as_long(value, data[place])
        return None

    def _token_texts(self) -> tuple[list[str], list[str]]:
        if self._tokens is None:
            told = field_of(self._entry.event, "logprobs")
            self._tokens = [_token(one) for one in told] if isinstance(told, list | tuple) else []
            self._new_tokens = self._split(self._tokens)
        return self._tokens, self._new_tokens

    def _split(self, tokens: list[str]) -> list[str]:
        """The tokens as they are in the text that they add up to, once that is changed."""
        old = "".join(tokens)
        whole = self._piece.piece if self._piece else field_of(self._entry.event, "transcript")
        place = whole.find(old) if isinstance(whole, str) else -1
        if self._piece is not None and place >= 0:
            new = self._all.changed(self._entry.line, self._piece.piece)[place : place + len(old)]
        else:
            new = self._all.redaction.quietly(old, (whole_name(self._kind),))
        pieces, start = [], 0
        for token in tokens:
            pieces.append(new[start : start + len(token)])
            start += len(token)
        return pieces if not self._all.masks else [_blanked(piece) for piece in pieces]


def _token(one: Any) -> str:
    token = one.get("token") if isinstance(one, dict) else getattr(one, "token", None)
    return token if isinstance(token, str) else ""


def _blanked(piece: str) -> str:
    return "".join("x" if character.isalnum() and character.isascii() else character for character in piece)


def _number_as_long(value: str, code: int) -> str:
    return str(code) if len(str(code)) == len(value) else {2: "48", 3: "120"}.get(len(value), value)


def _known_places(leaf: Leaf) -> Change | None:
    return _same if leaf.path in _UNTOUCHED else None


def _same(value: str) -> str:
    return value


def _name(path: Path) -> str:
    return next((step for step in reversed(path) if isinstance(step, str)), "")


def _without_envelope(text: str) -> str:
    match = _ENVELOPE.match(text)
    return text[match.end() :] if match else text


_UNTOUCHED: Final = frozenset({("obfuscation",), ("event", "obfuscation"), ("t",)})
_FRAMES: Final = re.compile(r'"(?:binary|ping|pong)":"')
