"""The audio of one side for the page: clips in their places, their waveform, and pieces to play.

Law: what is kept for a second of sound is eight kilobytes, or what the recording has of it where that is asked
for; stretches too quiet to be heard keep nothing but their place, unless everything is to be kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import Any, Final

import pybase64

from rtcli.reports.page import mulaw
from rtcli.session.clip import Clip, Coding

WINDOW_S: Final = mulaw.WINDOW_MS / 1000
_SMALL: Final = Coding("audio/pcmu", mulaw.RATE_HZ)
_LETTERS: Final = {"audio/pcmu": "u", "audio/pcma": "a", "audio/pcm": "p"}
"""How the page's script is told a format."""
_PIECE_WINDOWS: Final = 1_000
"""The longest piece that is played at once: 20 s."""
_QUIET: Final = 1
"""Below this peak nothing is heard: 45 dB under full scale, where the steps of µ-law hide it."""
_GAP_WINDOWS: Final = 25
"""Half a second of quiet is worth leaving out."""
_MARGIN_WINDOWS: Final = 5


class Audio(StrEnum):
    """How much of the audio goes into the page."""

    SMALL = "small"
    FULL = "full"
    NONE = "none"


class Heard:
    """The sound of one clip."""

    def __init__(self, clip: Clip, x: float, audio: Audio) -> None:
        self.clip = clip
        self.x = x
        self.codes = bytearray()
        """As µ-law at 8 kHz."""
        self.whole = bytearray()
        """As the recording has it, where that is asked for."""
        self._audio = audio
        self._encoder = mulaw.Encoder(clip.coding)

    def add(self, data: bytes) -> None:
        """Add bytes, in the clip's format."""
        self.codes += self._encoder.take(data)
        if self._audio is Audio.FULL:
            self.whole += data

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.codes) / mulaw.RATE_HZ

    @property
    def end(self) -> float:
        """Where it ends, all of it."""
        return self.x + self.seconds

    @property
    def cut_s(self) -> float | None:
        """How much of it was heard; None where all was."""
        cut_ms = self.clip.cut_ms
        return None if cut_ms is None or cut_ms / 1000 >= self.seconds else max(0.0, cut_ms / 1000)

    def pieces(self, loud: bytes) -> Iterator[tuple[bytes, float, str, float, int]]:
        """Data, beginning and format, length in seconds and rate of each piece that is to be played."""
        if self._audio is Audio.NONE:
            return
        full = self._audio is Audio.FULL
        coding = self.clip.coding if full else _SMALL
        data = self.whole if full else self.codes
        for first, last in _cuts(loud, full=full):
            begin, end = (coding.bytes_of(place * mulaw.WINDOW_MS) for place in (first, last))
            yield (
                bytes(data[begin:end]),
                first * WINDOW_S,
                _LETTERS[coding.name],
                (last - first) * WINDOW_S,
                coding.rate_hz,
            )


class Track:
    """What one side of one connection said."""

    def __init__(self, clips: Iterable[Clip], audio: Audio, place: Callable[[Clip, float], float]) -> None:
        self._heard: dict[int, Heard] = {}
        end = 0.0
        for clip in clips:
            heard = self._heard[id(clip)] = Heard(clip, place(clip, end), audio)
            end = heard.x + clip.heard_ms / 1000

    @property
    def clips(self) -> list[Heard]:
        """In their order."""
        return list(self._heard.values())

    def add(self, clip: Clip, data: bytes) -> None:
        """Add bytes to a clip that is in it."""
        heard = self._heard.get(id(clip))
        if heard is not None:
            heard.add(data)

    def told(self, row_of: Callable[[int], int], name: str, pieces: dict[str, str]) -> dict[str, Any]:
        """What the page's script reads; the pieces to play are put into `pieces`, by name."""
        peaks = bytearray()
        clips = []
        for heard in self.clips:
            loud = mulaw.peaks(bytes(heard.codes))
            keys = []
            for data, *facts in heard.pieces(loud):
                key = f"{name}{len(pieces)}"
                pieces[key] = pybase64.b64encode(data).decode()
                keys.append([key, *facts])
            clip = heard.clip
            clips.append(
                {"x": heard.x, "s": heard.seconds, "cut": heard.cut_s, "row": row_of(clip.line), "line": clip.line}
                | {"item": clip.item_id, "at": len(peaks), "n": len(loud), "pieces": keys}
            )
            peaks += loud
        return {"clips": clips, "peaks": pybase64.b64encode(bytes(peaks)).decode()}


def _cuts(loud: bytes, *, full: bool) -> Iterator[tuple[int, int]]:
    """The first window and the one behind the last of each piece."""
    for first, last in [(0, len(loud))] if full else _heard(loud):
        begin = first
        while last - begin > _PIECE_WINDOWS:
            late = range(begin + _PIECE_WINDOWS * 3 // 4, begin + _PIECE_WINDOWS)
            here = min(late, key=loud.__getitem__)
            yield begin, here
            begin = here
        yield begin, last


def _heard(loud: bytes) -> Iterator[tuple[int, int]]:
    """The stretches that are not quiet for long, with a margin."""
    begin = end = -1
    for place, peak in enumerate(loud):
        if peak <= _QUIET:
            continue
        if begin < 0:
            begin = place
        elif place - end > _GAP_WINDOWS:
            yield max(0, begin - _MARGIN_WINDOWS), end + _MARGIN_WINDOWS
            begin = place
        end = place + 1
    if begin >= 0:
        yield max(0, begin - _MARGIN_WINDOWS), min(len(loud), end + _MARGIN_WINDOWS)
