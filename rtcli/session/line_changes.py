"""What becomes of the values in one line of a recording: which are sound, which are streamed, which were said."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any, Final

from rtcli.formats import Entry
from rtcli.recording.named import name_of
from rtcli.recording.nested import Leaf, Path
from rtcli.recording.placeholders import blank
from rtcli.recording.redaction import Change
from rtcli.session.wire_text import Streamed, field_of, is_audio_delta, whole_name

if TYPE_CHECKING:
    from rtcli.session.redacting import Redacting

_ENCODED: Final = ("binary", "ping", "pong")
_SAID: Final = frozenset({"transcript", "text", "instructions", "prompt", "note", "refusal"})
"""Fields with words of people and models, wherever they stand."""
GIVEN: Final = frozenset({"arguments", "output", "input"})
"""Fields with JSON, or with text, that a model or a program wrote."""
_CONTENT: Final = re.compile(r"session\.(?:instructions|thinking|commentary)\.append")


class LineChanges:
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
        name = name_of(path)
        if leaf.path in _UNTOUCHED:
            return _same
        if "logprobs" in path:
            return self._of_logprob(path)
        if not leaf.is_string:
            return None
        if len(path) == 1:
            change = self._of_field(leaf.path, name)
            if change is not None:
                return change
        if name == "audio":
            return lambda value: self._all.silencing.still(self._entry, value)
        if self._all.masks and path and path[-1] == name and self._is_said(path, name):
            return lambda value: self._all.said(value, path)
        return None

    def _of_field(self, leaf_path: Path, name: str) -> Change | None:
        if self._piece is not None and name == self._piece.field:
            return self._of_piece
        if name == "delta" and is_audio_delta(self._kind):
            return lambda value: self._all.silencing.of(self._entry, value)
        if name == "audio" and self._kind.endswith(".append"):
            return lambda value: self._all.silencing.of(self._entry, value)
        if name in _ENCODED and not self._kind:
            return self._of_bytes
        if name == "text" and leaf_path == ("text",) and self._entry.raw.startswith(_RECORD):
            return self._of_frame
        return None

    def _of_piece(self, value: str) -> str:
        piece = self._piece
        assert piece is not None
        if value != piece.piece:
            return self._all.said(value, (piece.name,))
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
            if self._all.audio != "keep":
                return _written(bytes(len(data)), value)
            new = self._all.redaction.quietly(data.decode(errors="surrogateescape"), ("binary",))
            return _written(new.encode(errors="surrogateescape"), value)
        new = self._all.said(text, ("text",)) if text.isprintable() or "{" in text else text
        return _written(new.encode(), value)

    def _is_said(self, path: Path, name: str) -> bool:
        if name == "content":
            return _CONTENT.match(self._kind) is not None
        if "tools" in path or "parameters" in path:
            return False
        return name in _SAID or name in GIVEN or "variables" in path

    def _of_logprob(self, path: Path) -> Change | None:
        """The pieces of a transcript stand once more beside their probabilities, as text and as bytes."""
        index = next((step for step in path if isinstance(step, int)), None)
        if index is None or path[-1] == "logprob":
            return None
        tokens, new = self._token_texts()
        if index >= len(tokens) or tokens[index] == new[index]:
            return None
        if "top_logprobs" in path:
            return _of_alternative
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


def _written(data: bytes, before: str) -> str:
    """Bytes in place of others that are as many; padding that is too long, which Python takes, stays."""
    made = base64.b64encode(data).decode()
    return made + before[len(made) :]


def _token(one: Any) -> str:
    token = one.get("token") if isinstance(one, dict) else getattr(one, "token", None)
    return token if isinstance(token, str) else ""


def _of_alternative(value: str) -> str:
    """What else a token that is secret could have been, which is often the token itself: nothing is left of it."""
    return _number_as_long(value, 120) if value.isdigit() else blank(value)


def _blanked(piece: str) -> str:
    return "".join("x" if character.isalnum() and character.isascii() else character for character in piece)


def _number_as_long(value: str, code: int) -> str:
    return str(code) if len(str(code)) == len(value) else {2: "48", 3: "120"}.get(len(value), value)


def known_places(leaf: Leaf) -> Change | None:
    """What is to be left in a line of which nothing else is known."""
    return _same if leaf.path in _UNTOUCHED else None


def all_but_sound(leaf: Leaf) -> Change | None:
    """What is not to be looked at for keys."""
    return _same if name_of(leaf.path) == "audio" else None


def _same(value: str) -> str:
    return value


_RECORD: Final = (b'{"t"', b'{"from"', b'{"text"')
"""How a line begins that is a record, and no bare event."""
_UNTOUCHED: Final = frozenset({("t",)})
