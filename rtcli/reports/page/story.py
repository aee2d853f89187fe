"""Everything that the page shows of one connection, collected entry by entry."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from rtcli.events import Event
from rtcli.formats import Entry
from rtcli.recording import Close, Header
from rtcli.reports.page.axis import Axis
from rtcli.reports.page.judged import Judged
from rtcli.reports.page.lanes import Spans
from rtcli.reports.page.rows import Rows, is_delta, is_sound, piece_of
from rtcli.reports.page.sound import Audio, Track
from rtcli.reports.page.words import Words
from rtcli.session.clip import Clip, coding
from rtcli.session.dialogue import Dialogue
from rtcli.session.ledgers import Ledgers
from rtcli.session.microphone import is_shortened
from rtcli.session.saying import Saying
from rtcli.session.soundtrack import Samples
from rtcli.session.whole_call import SIDES

STORIES_KEPT: Final = 50
"""Connections of one file that the page shows."""


class Story:
    """One connection."""

    def __init__(self, ledgers: Ledgers, audio: Audio, words: Words) -> None:
        self.ledgers = ledgers
        self.dialogue = Dialogue()
        self.heard = self.dialogue.track
        self.axis = Axis(self.heard.heard_s)
        self.rows = Rows()
        self.spans = Spans(self.axis)
        self.sayings: list[Saying] = []
        """After `finish`: what was said."""
        self.tracks: dict[str, Track] = {}
        self.shortened: list[str] = []
        """Sides whose audio was shortened by whoever made the log."""
        self.number: int | None = None
        """Which of the case's connections it is; None where the case has nothing to say of it."""
        self.is_told = False
        """The case has something to say of it."""
        self._audio = audio
        self._words = words
        self._samples: Samples | None = None

    def feed(self, entry: Entry) -> None:
        """Take in an entry that the ledgers know already."""
        event = entry.folded.event
        timed = entry.t is not None and not isinstance(event, Header)
        self.is_told = self.is_told or timed or isinstance(event, Event | Close)
        self.dialogue.apply(entry)
        x = self.axis.put(entry)
        kind = self._words.kind(entry.event)
        run = is_delta(entry.event, kind)
        words = "" if run else self._words.carried(entry.event)
        self.axis.told_in(self.rows.feed(entry, x, kind, words))
        if run and is_sound(kind):
            self.axis.sounded(self._seconds(entry, kind))
        left = entry.folded
        self.spans.feed(left, x, kind)

    def _seconds(self, entry: Entry, kind: str) -> float:
        config = self.ledgers.config
        spoken_in = coding(config.input_format if kind.endswith("append") else config.output_format)
        return spoken_in.ms(len(piece_of(entry.event)) * 3 // 4) / 1000 if spoken_in else 0.0

    def finish(self) -> None:
        """All entries are known: put the clips in their places."""
        self.sayings = self.dialogue.finish()
        for side in SIDES:
            clips = [clip for clip in self.heard.clips if clip.side == side and not clip.out_of_band]
            if is_shortened(clips):
                self.shortened.append(side)
                clips = []
            self.tracks[side] = Track(clips, self._audio, self._place)
        self._samples = Samples(self.heard)

    def _place(self, clip: Clip, before: float) -> float:
        return clip.starts_s if self.axis.timed else max(self.axis.x(clip.line), before)

    def listen(self, entry: Entry) -> None:
        """Take in an entry once more, for its audio."""
        assert self._samples is not None
        for piece in self._samples.of(entry):
            self.tracks[piece.clip.side].add(piece.clip, piece.data)


class Stories:
    """The connections of a file, one behind the other."""

    def __init__(self, case: Judged, audio: Audio, words: Words) -> None:
        self.case = case
        self.stories: list[Story] = []
        self.audio = audio
        self.words = words
        self.more = 0
        """Connections that are not shown."""
        self._ledgers: Ledgers | None = None

    def feed(self, entry: Entry) -> None:
        """Take in the next entry."""
        self.case.feed(entry)
        ledgers = self.case.check.ledgers
        if ledgers is not self._ledgers:
            self._ledgers = ledgers
            if len(self.stories) < STORIES_KEPT:
                self.stories.append(Story(ledgers, self.audio, self.words))
            else:
                self.more += 1
        if not self.more:
            self.stories[-1].feed(entry)

    def finish(self) -> None:
        """The end of the recording."""
        self.case.finish()
        self.stories = [story for story in self.stories if story.rows.rows]
        for number, story in enumerate(story for story in self.stories if story.is_told):
            story.number = number if number < len(self.case.connections) else None
        for story in self.stories:
            story.finish()

    def listen(self, entries: Iterable[Entry]) -> None:
        """Take in the whole recording once more, for its audio."""
        waiting = list(reversed(self.stories))
        story = None
        for entry in entries:
            if waiting and entry.line >= waiting[-1].axis.lines[0]:
                story = waiting.pop()
            if story is not None and entry.line <= story.axis.lines[1]:
                story.listen(entry)


class Placed(NamedTuple):
    """Where a line of the file stands in the page."""

    story: int
    x: float
    row: int


def place(stories: list[Story], line: int) -> Placed | None:
    """Where a line stands; None where the page does not show it."""
    for number, story in enumerate(stories):
        first, last = story.axis.lines
        if first <= line <= last:
            return Placed(number, story.axis.x(line), story.axis.row(line))
    return None


def rounded(value: Any) -> Any:
    """The same value, its fractions cut to a tenth of a millisecond: a page says nothing finer."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {name: rounded(part) for name, part in value.items()}
    return [rounded(part) for part in value] if isinstance(value, list | tuple) else value
