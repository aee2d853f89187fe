"""Secrets that are streamed: a text that comes in pieces is looked at whole, and changed piece by piece.

Law: what is kept of a stream, and of all of them, is bounded; what is remembered are the pieces that change.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable
from itertools import accumulate
from typing import Final

from rtcli.recording.doubtful import Doubt
from rtcli.recording.nested import Path
from rtcli.recording.redaction import Redaction

KEPT_CHARACTERS: Final = 1 << 16
"""Looked at together: more than the longest secret, and than most arguments of a call."""
_OVERLAP: Final = 1 << 13
HELD_BYTES: Final = 1 << 23
"""Held of all streams together, hours of speech: a key that is met only later is still taken out of them."""
_A_PIECE_BYTES: Final = 64
"""What a piece takes beside its text."""


class _Stream:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.pieces: list[tuple[int, str]] = []
        self.size = 0


class Streams:
    """The texts that are being streamed, and in which lines something of them has to change."""

    def __init__(self, redaction: Redaction, at_most_bytes: int = HELD_BYTES) -> None:
        self._redaction = redaction
        self._at_most_bytes = at_most_bytes
        self._held_bytes = 0
        self._open: dict[Hashable, _Stream] = {}
        self.changed: dict[int, str] = {}
        """By line what its piece is to be instead."""

    def take(self, key: Hashable, path: Path, line: int, piece: str) -> None:
        """The next piece of a stream; the path is that of the field which will have it whole."""
        stream = self._open.get(key)
        if stream is None:
            stream = self._open[key] = _Stream(path)
        stream.pieces.append((line, piece))
        stream.size += len(piece)
        self._held_bytes += len(piece) + _A_PIECE_BYTES
        if stream.size > KEPT_CHARACTERS:
            self._shorten(stream)
        while self._held_bytes > self._at_most_bytes:
            self._finish(self._open.pop(next(iter(self._open))))

    def finish(self) -> None:
        """The end of the recording: a key that is told of in one stream is taken out of all."""
        for stream in self._open.values():
            self._redaction.meet_value("".join(piece for _, piece in stream.pieces), stream.path)
        while self._open:
            self._finish(self._open.pop(next(iter(self._open))))

    def _finish(self, stream: _Stream) -> None:
        self._settle(stream.path, stream.pieces)

    def _shorten(self, stream: _Stream) -> None:
        """Settle all but the last of a stream, up to a place that no secret lies across."""
        old = "".join(piece for _, piece in stream.pieces)
        new = self._redaction.quietly(old, stream.path)
        last = len(old) - _OVERLAP
        ends = enumerate(accumulate(len(piece) for _, piece in stream.pieces), 1)
        cuts = [count for count, end in ends if end <= last and old[end - 1 : end + 1] == new[end - 1 : end + 1]]
        cut = cuts[-1] if cuts else len(stream.pieces)
        self._settle(stream.path, stream.pieces[:cut])
        stream.pieces = stream.pieces[cut:]
        stream.size = sum(len(piece) for _, piece in stream.pieces)

    def _settle(self, path: Path, pieces: list[tuple[int, str]]) -> None:
        if not pieces:
            return
        self._held_bytes -= sum(len(piece) + _A_PIECE_BYTES for _, piece in pieces)
        redaction = self._redaction
        redaction.line, doubts = pieces[0][0], len(redaction.doubts)
        old = "".join(piece for _, piece in pieces)
        new = redaction.text(old, path, 1)
        redaction.doubts[doubts:] = [
            Doubt(_line_at(pieces, doubt.place), doubt.path, doubt.place) for doubt in redaction.doubts[doubts:]
        ]
        if new == old:
            return
        start = 0
        for line, piece in pieces:
            after = new[start : start + len(piece)]
            start += len(piece)
            if after != piece:
                self.changed[line] = after


def _line_at(pieces: list[tuple[int, str]], place: int) -> int:
    ends = list(accumulate(len(piece) for _, piece in pieces))
    return pieces[bisect_right(ends, min(place, ends[-1] - 1))][0]
