"""The model's audio as a player plays it that begins with the first delta, and what of it was never heard.

A player plays one thing after the other: an answer that follows another waits for its end, unless the other
was cancelled or the user broke in; then nothing of it is heard from there on. Law: what is played in the
conversation never overlaps; a delta, and to ask when all will have been heard, costs a few additions.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from rtcli.session.clip import Clip, Coding, Ending
from rtcli.session.ledger import Memory

DRY_S: Final = 0.25
"""How long a player may have had nothing to play before that is heard as a gap."""
_RECENT: Final = 64

Part = tuple[str, str, int]
"""Response, item and content index."""


class Playback:
    """What is played, and when."""

    def __init__(self) -> None:
        self.clips: list[Clip] = []
        self.parts: dict[Part, list[Clip]] = {}
        self._items: dict[tuple[str, int], list[Clip]] = {}
        """By item and content index."""
        self._recent: deque[Clip] = deque(maxlen=_RECENT)
        """What was put to be played last, in the conversation."""
        self._head_s: float | None = 0.0
        """None where a clip has changed otherwise than by a delta at its end."""
        self._apart_s: Memory[str, float] = Memory()
        """By response outside the conversation when its audio so far has ended."""
        self.cuts: dict[tuple[str, int], float] = {}
        """By part how much of its audio was heard, in ms."""
        self._silenced: dict[str, Ending] = {}
        """Responses of which nothing more is heard, and why."""
        self._stopped = ""
        """The response that a player has no reason to play on with."""

    @property
    def head_s(self) -> float:
        """When all that was put to be played will have been heard."""
        if self._head_s is None:
            self._head_s = max((clip.ends_s for clip in self._recent), default=0.0)
        return self._head_s

    def take(self, part: Part, size: int, coding: Coding, place: tuple[int, float], out_of_band: bool) -> Clip:
        """A delta of a part, of so many bytes, by its line and when it came."""
        (line, now_s), clips = place, self.parts.setdefault(part, [])
        clip = clips[-1] if clips else None
        if clip is None or clip.coding != coding or now_s - clip.starts_s - clip.duration_ms / 1000 > DRY_S:
            clip = self._begin(part, coding, line, now_s, out_of_band)
        clip.audio_bytes += size
        clip.lines += 1
        clip.last_line = line
        self._cut(clip, now_s)
        if out_of_band:
            self._apart_s[clip.response_id] = clip.ends_s
        if not clip.out_of_band:
            is_last = clip is self._recent[-1] and clip.cut_ms is None
            self._head_s = max(self._head_s, clip.ends_s) if is_last and self._head_s is not None else None
        return clip

    def _begin(self, part: Part, coding: Coding, line: int, now_s: float, out_of_band: bool) -> Clip:
        response_id, item_id, index = part
        before = self.parts[part][-1] if self.parts[part] else None
        offset_ms = before.offset_ms + before.duration_ms if before else 0.0
        starts_s = max(now_s, self._free_s(response_id, now_s, out_of_band))
        clip = Clip("model", coding, line, starts_s, item_id, index, response_id, offset_ms=offset_ms)
        clip.out_of_band = out_of_band
        self.parts[part].append(clip)
        self.clips.append(clip)
        of_id = self._items.setdefault((item_id, index), [])
        if before is None and of_id and of_id[-1].response_id != response_id:
            of_id.clear()  # the id is another item's now, of which nothing is cut
            self.cuts.pop((item_id, index), None)
        of_id.append(clip)
        if not out_of_band:
            self._recent.append(clip)
            self._head_s = None
        return clip

    def _free_s(self, response_id: str, now_s: float, out_of_band: bool) -> float:
        """When the player has ended what it plays before this response."""
        if out_of_band:
            return self._apart_s.get(response_id, 0.0)
        if self._stopped and self._stopped != response_id:
            self._silence(self._stopped, now_s, "replaced")
            self._stopped = ""
        return self.head_s

    def _cut(self, clip: Clip, now_s: float) -> None:
        """What of a clip is heard, after what is known of its part and its response."""
        heard_ms = self.cuts.get((clip.item_id, clip.content_index))
        if heard_ms is not None:
            left_ms = max(0.0, heard_ms - clip.offset_ms)
            clip.cut_ms, clip.ending = (left_ms, "truncated") if left_ms < clip.duration_ms else (None, "")
        elif clip.response_id in self._silenced and clip.cut_ms is None:
            clip.cut_ms = max(0.0, min(clip.duration_ms, (now_s - clip.starts_s) * 1000))
            clip.ending = self._silenced[clip.response_id]

    def truncated(self, item_id: str, index: int, heard_ms: float, now_s: float) -> None:
        """The client says how much of a part was heard; what was to be played behind it was not."""
        self.cuts[item_id, index] = heard_ms
        of_it = self._items.get((item_id, index), [])
        for clip in of_it:
            self._cut(clip, now_s)
        self._head_s = None
        if any(clip.cut_ms is not None for clip in of_it):
            self._silence(of_it[-1].response_id, max(now_s, of_it[-1].ends_s), "truncated")

    def cleared(self, response_id: str, now_s: float) -> None:
        """The server has stopped playing a response."""
        self._silence(response_id, now_s, "cleared")

    def _silence(self, response_id: str, now_s: float, why: Ending) -> None:
        """Nothing of a response is heard from now on."""
        self._silenced[response_id], self._head_s = why, None
        for clip in self._recent:
            if clip.response_id == response_id and clip.cut_ms is None and clip.ends_s > now_s:
                clip.cut_ms, clip.ending = max(0.0, (now_s - clip.starts_s) * 1000), why

    def interrupted(self, now_s: float) -> None:
        """The user broke in: a player that is still playing is expected to stop."""
        playing = next((clip for clip in self._recent if clip.starts_s <= now_s < clip.ends_s), None)
        if playing is not None:
            self._stopped = playing.response_id

    def cancelled(self, response_id: str, now_s: float) -> None:
        """A response was cancelled; a player plays what it has, until it is told otherwise or has another answer."""
        for clip in self._recent:
            if clip.response_id == response_id:
                clip.cancelled = True
        if self._recent and self._recent[-1].response_id == response_id and self.head_s > now_s:
            self._stopped = response_id
