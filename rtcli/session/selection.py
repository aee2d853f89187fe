"""Ways to say which stretch of a recording is wanted: by time, by turn, by the id of a response or an item."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Final, Literal

from rtcli.events import Event, input_audio_buffer
from rtcli.formats import Entry
from rtcli.session.about import item_of, response_of
from rtcli.session.config import Config
from rtcli.session.ledger import Memory
from rtcli.session.metrics import Metrics

_NEAR: Final = 5


class Window:
    """From one time to another; an entry without a time has that of the one before it."""

    heard_from = 0

    def __init__(self, since_s: float | None, until_s: float | None) -> None:
        self.since_s = since_s
        self.until_s = until_s
        self.earliest: float | None = None
        self.latest: float | None = None
        """The latest time in the recording; None while there was none."""
        self._t = 0.0

    def begins(self) -> None:
        """Another connection follows."""
        self._t = 0.0

    def takes(self, entry: Entry) -> bool:
        """Whether it lies in the window."""
        if entry.t is not None:
            self._t = entry.t
            if self.latest is None or entry.t > self.latest:
                self.latest = entry.t
            if self.earliest is None or entry.t < self.earliest:
                self.earliest = entry.t
        return (self.since_s is None or self._t >= self.since_s) and (self.until_s is None or self._t <= self.until_s)


class TurnsOf:
    """Some turns, each from its beginning to the next, and as long as a response of theirs goes on."""

    def __init__(self, first: int, last: int) -> None:
        self.first = first
        self.last = last
        self.turns = 0
        """How many turns the connection with the most of them has."""
        self.begins()

    def begins(self) -> None:
        """Another connection follows."""
        self._config = Config()
        self._metrics = Metrics(self._config)
        self._now = 0
        self.heard_from = 0
        """The line of the audio in which the first of the turns was heard to begin."""

    def _heard_from(self, entry: Entry) -> int:
        event = entry.folded.event
        if isinstance(event, input_audio_buffer.SpeechStarted):
            began = self._metrics.listening.clock.at(event.audio_start_ms)
            return began.line if began is not None else 0
        return int(isinstance(event, input_audio_buffer.Commit | input_audio_buffer.Committed))

    def takes(self, entry: Entry) -> bool:
        """Whether it belongs to one of the turns."""
        self._config.apply(entry)
        self._metrics.apply(entry)
        turns = self._metrics.turns
        before, now = self._now, len(turns)
        self._now = now
        self.turns = max(self.turns, now)
        if before < self.first <= now:
            self.heard_from = self._heard_from(entry)
        if now <= self.last:
            return now >= self.first
        named = response_of(entry.folded.event)
        return bool(named) and any(named in turn.response_ids for turn in turns[self.first - 1 : self.last])


class Named:
    """From the first event of a response or an item to the last.

    The id may be told by its beginning or its end. `exactly` is set where it is known.
    """

    heard_from = 0

    def __init__(self, kind: Literal["response", "item"], text: str, exactly: str = "") -> None:
        self.text = text
        self.found: dict[str, None] = {exactly: None} if exactly else {}
        """The ids that fit, the first of which is taken."""
        self._exactly = exactly
        self._wanted = exactly
        self._id_of = response_of if kind == "response" else item_of
        self._seen: Memory[str, None] = Memory()

    def begins(self) -> None:
        """Another connection follows."""

    def takes(self, entry: Entry) -> bool:
        """Whether it is an event of the one that is wanted."""
        event = entry.folded.event
        if not isinstance(event, Event):
            return False
        named = self._id_of(event)
        if not named:
            return False
        if named == self._wanted:
            return True
        if named in self._seen or self._exactly:
            return False
        self._seen[named] = None
        if named.startswith(self.text) or named.endswith(self.text):
            self.found[named] = None
            self._wanted = self._wanted or named
        return named == self._wanted

    @property
    def near(self) -> list[str]:
        """Ids that could be meant: those that look alike, or else the first ones."""
        seen = list(self._seen)
        inside = [one for one in seen if self.text in one]
        return (inside or get_close_matches(self.text, seen, _NEAR, 0.5) or seen)[:_NEAR]
