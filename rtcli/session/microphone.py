"""The user's audio as it was spoken: what is sent at a moment had been spoken by then.

Appends that follow each other closely are one clip, whose beginning is moved back where a later append shows that
more had been spoken by then. Law: clips of the user never overlap, and never begin before the call does.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from math import inf
from typing import Final

from rtcli.session.clip import Clip, Coding, Utterance

PAUSE_S: Final = 0.25
"""What a client may be late with an append before that is a pause of the audio; more than delays of a busy client."""
_AHEAD_S: Final = 0.05
"""What a clip may run ahead of the clock without being moved: the jitter of a client."""
_BURST_S: Final = 1.0
"""More than a stall of the network holds back: audio that comes so much faster than it was spoken was not spoken live."""
_SHORT_BYTES: Final = 64
_SHORT_MS: Final = 5.0
"""Less than anybody sends in a line, even of G.711."""


class Microphone:
    """Where on the time line each run of the user's audio lies."""

    def __init__(self) -> None:
        self.clips: list[Clip] = []
        """All of it, in order."""
        self.stream: list[Clip] = []
        """What was sent as a stream, on the clock that turn detection speaks of."""
        self.sent_ms = 0.0
        """The clock of all audio that was sent."""
        self.unsent_ms = 0.0
        """By how much the server's clock is ahead at least: what was sent before the recording begins."""
        self._after_s = 0.0
        """When the audio that was heard before the last clip had ended."""
        self._before_s = 0.0
        """When the user's clip before the last one ended."""
        self._fast_s = 0.0
        """By how much the last clip was sent faster than it was spoken."""

    @property
    def head_s(self) -> float:
        """When the last of it ends."""
        return self.clips[-1].ends_s if self.clips else 0.0

    def take(self, size: int, coding: Coding, line: int, now_s: float, model_s: float) -> Clip:
        """Audio that was sent now; what the model had said so far ends at `model_s`."""
        starts_s = now_s - coding.ms(size) / 1000
        clip = self.clips[-1] if self.clips else None
        goes_on = clip is not None and not clip.item_id and clip.coding == coding
        if self._fast_s > _BURST_S and model_s > self._after_s:
            goes_on = False  # one file after the other, and the model has answered in between
        if clip is None or not goes_on or starts_s - clip.ends_s > PAUSE_S:
            clip = self._begin(Clip("user", coding, line, starts_s, offset_ms=self.sent_ms), model_s)
            self.stream.append(clip)
        self._extend(clip, size, line, now_s)
        self.sent_ms = clip.offset_ms + clip.duration_ms
        return clip

    def attach(self, size: int, coding: Coding, place: tuple[str, int, int], now_s: float, model_s: float) -> Clip:
        """Audio that the client puts into an item itself: by the item's id, the content index and the line."""
        item_id, index, line = place
        starts_s = now_s - coding.ms(size) / 1000
        clip = self._begin(Clip("user", coding, line, starts_s, item_id or "?", index), model_s)
        self._extend(clip, size, line, now_s)
        return clip

    def _begin(self, clip: Clip, model_s: float) -> Clip:
        self._before_s, self._after_s, self._fast_s = self.head_s, model_s, 0.0
        clip.starts_s = max(clip.starts_s, self._before_s)
        self.clips.append(clip)
        return clip

    def _extend(self, clip: Clip, size: int, line: int, now_s: float) -> None:
        clip.audio_bytes += size
        clip.lines += 1
        clip.last_line = line
        ahead_s = clip.ends_s - now_s
        if ahead_s > _AHEAD_S:
            self._move(clip, ahead_s)

    def _move(self, clip: Clip, ahead_s: float) -> None:
        """Move a clip back, as far as there is room, so that it was spoken before it was sent.

        One that was not spoken live does not begin before the model had ended.
        """
        floor_s = self._before_s
        if self._fast_s + ahead_s > _BURST_S:
            floor_s = max(floor_s, self._after_s)
        starts_s = max(clip.starts_s - ahead_s, floor_s)
        self._fast_s += clip.starts_s - starts_s
        clip.starts_s = starts_s

    def waited(self, seconds: float) -> None:
        """All that follows is heard so much later, because the last clip was not spoken live."""
        self._fast_s += seconds

    def assume(self, coding: Coding | None) -> None:
        """The format, where it is told now: what was sent before was in it too."""
        if not self.stream or not self.stream[0].coding.assumed or coding is None or coding.assumed:
            return
        self.sent_ms, end_s = 0.0, 0.0
        for clip in self.stream:
            clip.coding = coding if clip.coding.assumed else clip.coding
            clip.offset_ms, clip.starts_s = self.sent_ms, max(clip.starts_s, end_s)
            self.sent_ms, end_s = self.sent_ms + clip.duration_ms, clip.ends_s

    def hears_of(self, ms: float) -> None:
        """The server speaks of a moment of the audio, which must have been sent by now."""
        self.unsent_ms = max(self.unsent_ms, ms - self.sent_ms)

    def place(self, utterances: Iterable[Utterance]) -> None:
        """Say where in the stream utterances lie, and when they were spoken; nothing where its audio was left out."""
        if not self.stream or is_shortened(self.stream):
            return
        for one in utterances:
            if one.end_ms is None or one.end_ms > self.unsent_ms:
                self._place(one)

    def _place(self, one: Utterance) -> None:
        one.start_ms = max(0.0, one.start_ms - self.unsent_ms)
        one.starts_s = one.ends_s = self.at(one.start_ms)
        if one.end_ms is None:
            one.ends_s = self.stream[-1].ends_s
        else:
            one.end_ms = max(0.0, one.end_ms - self.unsent_ms)
            one.ends_s = max(one.starts_s, self.at(one.end_ms, ends=True))

    def at(self, ms: float, *, ends: bool = False) -> float:
        """When a moment of the audio was spoken, by the clock of what was sent; where audio begins, or where it `ends`."""
        find = bisect_left if ends else bisect_right
        place = max(0, find(self.stream, ms, key=lambda clip: clip.offset_ms) - 1)
        clip = self.stream[place]
        return clip.starts_s + min(max(0.0, ms - clip.offset_ms), clip.duration_ms) / 1000

    def during(self, one: Utterance) -> list[Clip]:
        """The clips of the stream that an utterance lies in."""
        first = max(0, bisect_right(self.stream, one.start_ms, key=lambda clip: clip.offset_ms) - 1)
        end_ms = inf if one.end_ms is None else one.end_ms
        behind = bisect_left(self.stream, end_ms, lo=first, key=lambda clip: clip.offset_ms)
        return self.stream[first:behind]


def is_shortened(clips: list[Clip]) -> bool:
    """Whether all that is left of some audio is too little in each line to have been sent like that."""
    lines = sum(clip.lines for clip in clips)
    audio_bytes = sum(clip.audio_bytes for clip in clips)
    return 0 < audio_bytes <= lines * _SHORT_BYTES and sum(clip.duration_ms for clip in clips) < lines * _SHORT_MS
