"""The words of sessions without items: translation and live, where both sides' text comes as one stream each.

A saying ends with a sentence, or with a pause. Its times are those of the stream where it tells them,
counted from the session's beginning; otherwise those of the recording.
"""

from __future__ import annotations

from typing import Any, Final

from rtcli.events.live import session as live
from rtcli.events.translation import session as translation
from rtcli.formats import Entry
from rtcli.session.saying import Saying, Who
from rtcli.session.soundtrack import Soundtrack

_PAUSE_S: Final = 2.0
_ENDS: Final = (".", "!", "?", "…", "。", "！", "？")
_PIECE_S: Final = 0.2
"""How long a piece of text lasts where only its end is told."""
_INPUT: Final = (live.InputTranscriptDelta, translation.InputTranscriptDelta)
_OUTPUT: Final = (live.OutputTranscriptDelta, translation.OutputTranscriptDelta)
_BEGINNINGS: Final = (live.Started, translation.Created)
DICTATED: Final = (*_BEGINNINGS, *_INPUT, *_OUTPUT)
"""The events that it takes in."""


class Dictation:
    """What is said on either side."""

    def __init__(self) -> None:
        self.sayings: list[Saying] = []
        self._latest: dict[Who, Saying] = {}
        self._began_s = 0.0

    def apply(self, entry: Entry, track: Soundtrack) -> None:
        """Take in the next entry, with one of the events in `DICTATED`."""
        event: Any = entry.event
        if isinstance(event, _BEGINNINGS):
            self._began_s = track.now_s
        elif isinstance(event, _INPUT):
            self._says("user", event, entry, track)
        else:
            self._says("model", event, entry, track)

    def _says(self, who: Who, event: Any, entry: Entry, track: Soundtrack) -> None:
        starts_s, ends_s = self._times(event, entry, track)
        one = self._latest.get(who)
        if one is None or one.text.rstrip().endswith(_ENDS) or _is_apart(one.ends_s, starts_s):
            if not event.delta.strip():
                return
            one = self._latest[who] = Saying(who, "speech", entry.line, starts_s=starts_s)
            self.sayings.append(one)
        one.text = (one.text + event.delta).lstrip()
        one.ends_s = ends_s

    def _times(self, event: Any, entry: Entry, track: Soundtrack) -> tuple[float | None, float | None]:
        starts_ms, ends_ms = getattr(event, "start_ms", None), getattr(event, "end_ms", None)
        elapsed_ms = getattr(event, "elapsed_ms", None)
        if isinstance(starts_ms, int) and isinstance(ends_ms, int):
            return self._began_s + starts_ms / 1000, self._began_s + max(starts_ms, ends_ms) / 1000
        if isinstance(elapsed_ms, int):
            ends_s = self._began_s + elapsed_ms / 1000
            return max(self._began_s, ends_s - _PIECE_S), ends_s
        return (track.now_s, track.now_s) if entry.t is not None else (None, None)


def _is_apart(ended_s: float | None, starts_s: float | None) -> bool:
    return ended_s is not None and starts_s is not None and starts_s - ended_s > _PAUSE_S
