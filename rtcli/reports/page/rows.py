"""The list of events of one connection: a row an event, and one row for a run of deltas.

Law: every entry is told in exactly one row. A run is over where its stream is, or where a turn or a response
begins or ends, so that what is told in one row belongs together.
"""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct

from rtcli.events import Event, Malformed, Unknown, input_audio_buffer, response
from rtcli.formats import Entry
from rtcli.recording import Close, Header
from rtcli.reports.page.body import body
from rtcli.session.records import words_of

_ENDINGS: Final = (".done", ".completed", ".failed")
_BREAKS: Final[tuple[type, ...]] = (
    input_audio_buffer.SpeechStarted,
    input_audio_buffer.SpeechStopped,
    input_audio_buffer.Committed,
    response.Created,
    response.Done,
    Close,
    Header,
)
_TEXT_KEPT: Final = 4_000
_LONGEST_RUN_S: Final = 5.0
"""The microphone may be on for an hour; what lies far apart is told apart."""

Key = tuple[str, str, int]


class Row(Struct, gc=False):
    """One event, or a run of deltas of one stream."""

    line: int
    last: int
    x: float
    end: float
    sender: str
    type: str
    words: str
    text: str
    """The entry's text, of a run that of its first."""
    count: int = 0
    """How many deltas it is; 0 for what is no run."""
    sound_bytes: int = 0
    is_bad: bool = False


class Rows:
    """Turns entries into rows."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._runs: dict[Key, int] = {}

    def feed(self, entry: Entry, x: float, kind: str, words: str) -> int:
        """Take in an entry; the row that tells it."""
        event = entry.event
        if is_delta(event, kind):
            return self._run(entry, x, kind)
        if isinstance(event, _BREAKS):
            self._runs.clear()
        for ending in _ENDINGS:
            if kind.endswith(ending):
                self._runs.pop(_key(event, kind.removesuffix(ending) + ".delta"), None)
        return self._add(entry, x, kind, words)

    def _add(self, entry: Entry, x: float, kind: str, words: str) -> int:
        bad = (
            kind == "error" or kind.endswith(".failed") or (isinstance(entry.event, Malformed) and not entry.event.type)
        )
        self.rows.append(
            Row(entry.line, entry.line, x, x, entry.sender or "", kind, words, body(entry), is_bad=bad),
        )
        return len(self.rows) - 1

    def _run(self, entry: Entry, x: float, kind: str) -> int:
        key = _key(entry.event, kind)
        place = self._runs.get(key)
        if place is None or x - self.rows[place].x > _LONGEST_RUN_S:
            place = self._runs[key] = self._add(entry, x, kind, "")
        row = self.rows[place]
        row.count, row.last, row.end = row.count + 1, entry.line, max(row.end, x)
        piece = piece_of(entry.event)
        if is_sound(kind):
            row.sound_bytes += len(piece) * 3 // 4
        elif len(row.words) < _TEXT_KEPT:
            row.words += piece
        return place


def is_delta(event: Any, kind: str) -> bool:
    """Whether it is one of many that carry a stream."""
    if isinstance(event, Malformed):
        return False
    return kind.endswith((".delta", "input_audio_buffer.append", "input_audio.append")) and bool(piece_of(event))


def is_sound(kind: str) -> bool:
    """Whether a delta carries audio."""
    return "audio" in kind and "transcript" not in kind


def piece_of(event: Any) -> str:
    """What a delta carries, in base64 if that is audio."""
    if isinstance(event, Unknown):
        delta = event.body.get("delta") or event.body.get("audio")
        return delta if isinstance(delta, str) else words_of(event.type, event.body)
    piece = (getattr(event, "delta", None) or getattr(event, "audio", None)) if isinstance(event, Event) else None
    return piece if isinstance(piece, str) else ""


def _key(event: Any, kind: str) -> Key:
    """What a run is told apart by."""
    body = event.body if isinstance(event, Unknown | Malformed) else None
    if isinstance(body, dict):
        item, index = body.get("item_id"), body.get("content_index")
    else:
        item, index = getattr(event, "item_id", ""), getattr(event, "content_index", 0)
    return kind, item if isinstance(item, str) else "", index if isinstance(index, int) else 0
