"""The end of a large recording, shown without all that lies before it having been read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rtcli.commands.marked import check_of
from rtcli.commands.source import Source
from rtcli.commands.spoken import Spoken

if TYPE_CHECKING:
    from rtcli.commands.choice import Choice
    from rtcli.formats.ending import Ending


def ending_for(path: Path, choice: Choice, form: str | None) -> Ending | None:
    """The end of a recording, where a choice asks for no more and what comes before can be skipped."""
    from rtcli.formats.reading import OWN

    if choice.since_s is None or choice.since_s >= 0 or form not in (None, OWN):
        return None
    from rtcli.formats.ending import ending

    return ending(path, -choice.since_s)


def counted_from_start(choice: Choice, path: Path, form: str | None) -> Choice:
    """The same choice with times from the start, if the file can be read once more for its end; else as it is.

    Raises:
        UnreadableRecording: it cannot be read at all.

    """
    if not choice.needs_end or not path.is_file():
        return choice
    from rtcli.formats import Reading
    from rtcli.formats.ending import latest_time

    end_s = latest_time(path) if form is None else None
    if end_s is None:
        end_s = max((entry.t for entry in Reading(path, form=form) if entry.t is not None), default=0.0)
    return choice.counted_from(end_s)


def source_of(end: Ending, dialect: Spoken, *, findings: bool) -> Source:
    """What reads the end. The lines before it are counted only if a number of a line is going to be told."""
    set_up_later = end.set_up_later()
    uncounted = end.head_lines + 2
    if _tells_a_line(_reads(end, dialect, set_up_later, uncounted), uncounted, findings=findings):
        return _reads(end, dialect, set_up_later, end.first())
    return _reads(end, dialect, set_up_later, uncounted)


def _reads(end: Ending, dialect: Spoken, set_up_later: bytes, first: int) -> Source:
    from rtcli.formats.ending import EndReading

    source = Source(end.path, dialect)
    source.reading = EndReading(end, source.listener, set_up_later, first)
    return source


def _tells_a_line(source: Source, first: int, *, findings: bool) -> bool:
    """Whether anything in the end is such that its line is named."""
    from rtcli.events import Malformed
    from rtcli.views.marks import Marks

    marks = Marks(check_of(source.listener, findings=findings))
    for entry in source.reading:
        if marks.of(entry) or (isinstance(entry.event, Malformed) and not entry.event.type):
            return True
    heard = source.listener.detector.verdicts.values()
    return bool(marks.at_end() or source.reading.torn or any(verdict.line >= first for verdict in heard))
