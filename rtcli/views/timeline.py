"""The session as lines, one an event; a run of deltas is one line.

Law: every entry that is fed is told exactly once, in a line of its own or in its run's; so is every mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from msgspec import Struct, field
from msgspec.structs import replace
from rich.text import Text

from rtcli.events import Event, Malformed, Unknown, conversation, error, input_audio_buffer, response
from rtcli.formats import Entry
from rtcli.recording import Close, Header
from rtcli.session.config import Config
from rtcli.session.mark import Mark, hang
from rtcli.session.records import words_of
from rtcli.session.stream import Stream
from rtcli.views.carried import carried, kind_of, quoted
from rtcli.views.label import amounts, label
from rtcli.views.measure import TIME_WIDTH, clock, duration, plural, short, times
from rtcli.views.text import said

APPEND: Final = "input_audio_buffer.append"
_ENDINGS: Final = (".done", ".completed", ".failed")
_TURNS: Final[tuple[type, ...]] = (
    input_audio_buffer.SpeechStarted,
    input_audio_buffer.Commit,
    input_audio_buffer.Committed,
    input_audio_buffer.Clear,
    response.Created,
    response.Done,
    Close,
    Header,
)
"""After these the runs that are open belong to the past."""

Key = tuple[str, str, int]


class _Run(Struct):
    """Deltas of one type, item and part that are still to be told."""

    type: str
    sender: str | None
    name: str
    stream: Stream
    sound: bool
    marks: list[Mark] = field(default_factory=list)


class Timeline:
    """Turns entries into lines."""

    def __init__(self, *, fold: bool = True) -> None:
        self._fold = fold
        self._config = Config()
        self._runs: dict[Key, _Run] = {}
        self._timed = False

    def heed(self, entry: Entry) -> None:
        """Learn from an entry that is not to be told: the formats of the audio, and whether there are times."""
        self._config.apply(entry)
        self._timed = self._timed or entry.t is not None

    def feed(self, entry: Entry, marks: Sequence[Mark] = ()) -> list[Text]:
        """The lines that can be told now that the entry has come, and what was found then."""
        self.heed(entry)
        event = entry.event
        kind = kind_of(event)
        if self._fold and (kind.endswith(".delta") or kind == APPEND) and _delta(event) is not None:
            run = self._gather(entry, kind)
            for mark in marks:
                hang(run.marks, mark)
            return []
        lines = self.flush() if isinstance(event, _TURNS) else self._ended(event, kind)
        return [
            *lines,
            self._line(entry.t, entry.sender, kind, _words(event, marks), _style(event)),
            *self.found(marks),
        ]

    def flush(self) -> list[Text]:
        """The runs that are still open."""
        runs, self._runs = self._runs, {}
        return [line for run in runs.values() for line in self._told(run, whole=True)]

    def found(self, marks: Iterable[Mark]) -> list[Text]:
        """A line for each mark, set in below the line that it is about."""
        lines = []
        for mark in marks:
            line = Text(" " * (TIME_WIDTH + 2 if self._timed else 0) + "  ", no_wrap=True)
            told = label(mark)
            lines.append(line.append_text(told.head.text()).append(" ").append(said(told.words), told.style))
        return lines

    def _gather(self, entry: Entry, kind: str) -> _Run:
        event = entry.event
        key = _key(event, kind)
        run = self._runs.get(key)
        if run is None:
            sound = "audio" in kind and "transcript" not in kind
            name = self._config.input_format if kind == APPEND else self._config.output_format
            stream = Stream(kind, entry.t, audio_format=name if sound else None)
            run = self._runs[key] = _Run(kind, entry.sender, key[1], stream, sound)
        delta = _delta(event) or ""
        if run.sound:
            run.stream.add_audio(delta, entry.t)
        else:
            run.stream.add_text(delta, entry.t)
        return run

    def _ended(self, event: Any, kind: str) -> list[Text]:
        """The run that this event closes; its text then stands in the event."""
        for ending in _ENDINGS:
            if kind.endswith(ending):
                run = self._runs.pop(_key(event, kind.removesuffix(ending) + ".delta"), None)
                return self._told(run, whole=False) if run else []
        return []

    def _told(self, run: _Run, *, whole: bool) -> list[Text]:
        stream = run.stream
        facts = [times(stream.deltas)]
        if run.sound:
            facts += amounts(stream)
        else:
            facts.append(plural(len(stream.text), "character"))
            if stream.longest_gap_s is not None:
                facts.append(f"gap ≤ {duration(stream.longest_gap_s * 1000)}")
        words = quoted(stream.text) if whole and not run.sound else ""
        told = "  ".join(filter(None, (short(run.name), " ".join(facts), words)))
        return [self._line(stream.at_s, run.sender, run.type, told, ""), *self.found(run.marks)]

    def _line(self, at_s: float | None, sender: str | None, kind: str, words: str, style: str) -> Text:
        line = Text(no_wrap=True)
        if self._timed:
            line.append(f"{clock(at_s)}  ", "dim")
        arrow, colour = {"client": ("→", "cyan"), "server": ("←", "green")}.get(sender or "", ("·", "dim"))
        line.append(f"{arrow} ", colour)
        line.append(said(kind), style or "bold")
        return line.append(f"  {words}", style) if words else line


def _words(event: Any, marks: Iterable[Mark]) -> str:
    """What the event carries; what is wrong with it is left to marks that say so."""
    if isinstance(event, Malformed) and marks:
        told = {mark.code for mark in marks}
        event = replace(event, faults=tuple(fault for fault in event.faults if fault.code not in told))
    return carried(event)


def _style(event: Any) -> str:
    if isinstance(event, error.Error | Malformed | conversation.InputAudioTranscriptionFailed):
        return "red"
    return "magenta" if isinstance(event, Unknown) else ""


def _key(event: Any, kind: str) -> Key:
    """What a run is told apart by."""
    body = event.body if isinstance(event, Unknown | Malformed) else None
    if isinstance(body, dict):
        item, index = body.get("item_id"), body.get("content_index")
    else:
        item, index = getattr(event, "item_id", ""), getattr(event, "content_index", 0)
    return kind, item if isinstance(item, str) else "", index if isinstance(index, int) else 0


def _delta(event: Any) -> str | None:
    """The piece that a delta carries; None where it carries none, and must be told by itself."""
    if isinstance(event, Unknown):
        delta = event.body.get("delta")
        return delta if isinstance(delta, str) else words_of(event.type, event.body) or None
    if isinstance(event, Event):
        return getattr(event, "delta", None) or getattr(event, "audio", None) or ""
    return None
