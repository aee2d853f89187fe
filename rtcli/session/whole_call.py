"""A recording as one call: the soundtracks of its connections, one behind the other on one time line."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from rtcli.formats import Entry
from rtcli.session.clip import Clip, Coding, Side
from rtcli.session.microphone import is_shortened
from rtcli.session.soundtrack import LATE_S, Piece, Samples, Soundtrack
from rtcli.units import PCM_RATE_HZ

SIDES: Final[tuple[Side, ...]] = ("user", "model")
MIXED: Final = Coding("audio/pcm", PCM_RATE_HZ)
"""What both sides are brought to."""


class Span(NamedTuple):
    """The part of a call that is written, in seconds."""

    since_s: float
    until_s: float

    def samples(self, rate_hz: int) -> int:
        """How many samples it is."""
        return max(0, round((self.until_s - self.since_s) * rate_hz))


class Call:
    """The soundtracks of a recording, one connection behind the other, on one time line."""

    def __init__(self, tracks: list[Soundtrack]) -> None:
        self.tracks = tracks
        clips = [clip for track in tracks for clip in track.clips]
        self.shortened = {side for side in SIDES if is_shortened([clip for clip in clips if clip.side == side])}
        """Sides whose audio was shortened by whoever made the log."""
        self.later_s: list[float] = []
        """By connection how much later than by its own clock it is heard."""
        end_s = 0.0
        for number, track in enumerate(tracks):
            later_s = end_s - track.began_s if number else 0.0
            self.later_s.append(later_s)
            end_s = max(end_s, later_s + max(track.ends_s, track.duration_s))

    @property
    def span(self) -> Span:
        """From the first record to the last sound; of a part of a recording, from its first sound if that comes late."""
        first = self.tracks[0]
        heard = [
            (later_s + clip.starts_s, later_s + clip.ends_s)
            for track, later_s in zip(self.tracks, self.later_s, strict=True)
            for clip in track.clips
            if self.has(clip)
        ]
        if not heard:
            return Span(first.began_s, first.began_s)
        since_s, until_s = min(heard)[0], max(end_s for _, end_s in heard)
        is_late = first.is_cut and since_s - first.began_s > LATE_S
        return Span(since_s if is_late else first.began_s, until_s)

    def clips(self, side: Side) -> list[Clip]:
        """What is heard of a side: nothing outside the conversation, nor what was shortened by whoever made the log."""
        return [clip for track in self.tracks for clip in track.clips if clip.side == side and self.has(clip)]

    def has(self, clip: Clip) -> bool:
        """Whether a clip is heard in the call."""
        return not clip.out_of_band and clip.side not in self.shortened

    def coding(self, sides: tuple[Side, ...]) -> Coding:
        """What the result is in: of one side that which all of it came in, if there is one."""
        codings = {(clip.coding.name, clip.coding.rate_hz) for side in sides for clip in self.clips(side)}
        return Coding(*codings.pop()) if len(sides) == len(codings) == 1 else MIXED

    def pieces(self, entries: Iterable[Entry]) -> Iterator[tuple[Piece, float]]:
        """All audio of the recording, told again, each piece with how much later it is heard."""
        waiting = deque(zip(self.tracks, self.later_s, strict=True))
        samples, later_s = None, 0.0
        for entry in entries:
            if waiting and entry.line >= waiting[0][0].line:
                track, later_s = waiting.popleft()
                samples = Samples(track)
            if samples is not None:
                for piece in samples.of(entry):
                    yield piece, later_s
