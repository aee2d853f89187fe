"""Where a running session is shown: a live window on a terminal, lines elsewhere."""

from __future__ import annotations

import atexit
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Final, Protocol

from rich.console import Console
from rich.segment import Segment, Segments
from rich.text import Text

from rtcli.formats import Entry
from rtcli.session import Session
from rtcli.session.mark import Mark
from rtcli.views.backlog import Backlog
from rtcli.views.console import can_be_drawn_on
from rtcli.views.paint import Ink, Rows
from rtcli.views.room import finish, has_room, never_waits
from rtcli.views.timeline import Timeline
from rtcli.views.tree import Tree
from rtcli.views.window import Window
from rtcli.views.words import Words

SPARE_ROWS: Final = 1
"""Taking the window away ends its last row; in a full terminal that would push the first one up."""

NOTES: Final = 1000
"""How many wait for a reader; of more the oldest is forgotten."""
ROWS_A_WRITE: Final = 100
"""A terminal is sent every line by itself otherwise."""


class Screen(Protocol):
    """Shows a session while it goes on."""

    def seen(self, entry: Entry, marks: Sequence[Mark] = ()) -> None:
        """Take in an entry that the session has applied, and the marks that it has taken."""

    def marked(self, marks: Sequence[Mark]) -> None:
        """Take in marks that came to light without an entry."""

    def refresh(self, footer: Text | None = None) -> None:
        """Draw what changed since; call it as often as the eye can use."""

    def note(self, text: Text) -> None:
        """Print a line that is no event."""

    def hurry(self) -> None:
        """Wait no more for who looks: the program has been told to end."""

    def close(self) -> None:
        """Leave the terminal as it was, with the whole session in its scrollback."""


def screen_for(console: Console, session: Session, *, patient: bool = False) -> Screen:
    """The screen that suits the console; a patient one never waits for its reader."""
    if can_be_drawn_on(console):
        return LiveScreen(console, session)
    return LineScreen(console, backlog=Backlog(console.file) if patient else None)


class LineScreen:
    """One line an event, as they come; runs of deltas are told when they end."""

    def __init__(self, console: Console, timeline: Timeline | None = None, *, backlog: Backlog | None = None) -> None:
        """With a backlog what a reader does not take waits there, and nobody else does."""
        self._console = console
        self._timeline = timeline or Timeline()
        self._backlog = backlog
        self._patient = True

    def seen(self, entry: Entry, marks: Sequence[Mark] = ()) -> None:
        """Print the lines that can be told now."""
        self._print(self._timeline.feed(entry, marks))

    def marked(self, marks: Sequence[Mark]) -> None:
        """Print them, after the runs that are still open."""
        self._print(self._timeline.flush() + self._timeline.found(marks))

    def refresh(self, footer: Text | None = None) -> None:  # noqa: ARG002 - lines have none
        """Print what had to wait."""
        if self._backlog is not None:
            self._backlog.refresh()

    def note(self, text: Text) -> None:
        """Print a line that is no event."""
        self._print([text])

    def hurry(self) -> None:
        """Leave unprinted at the end what there is no room for."""
        self._patient = False

    def close(self) -> None:
        """Tell the runs that are still open."""
        if self._patient or has_room(self._console.file):
            self._print(self._timeline.flush())
        if self._backlog is not None:
            self._backlog.close(patient=self._patient)

    def _print(self, lines: Iterable[Text]) -> None:
        if self._backlog is None:
            for line in lines:
                self._console.print(line, soft_wrap=True, highlight=False)
            return
        with self._console.capture() as printed:
            for line in lines:
                self._console.print(line, soft_wrap=True, highlight=False)
        self._backlog.say(printed.get())


class LiveScreen:
    """The end of the tree in a window as high as the terminal, and below it one row for the caller.

    Law: a frame costs what the window holds, however long the session is; a terminal that is stopped stops
    nothing else; and whatever ends the program, the cursor is visible afterwards.
    """

    def __init__(self, console: Console, session: Session) -> None:
        self._console = console
        self._session = session
        self._window = Window(console)
        self._started = False
        self._closed = False
        self._tree = Tree(session, console.width)
        self._shown: tuple[object, ...] = ()
        self._notes: deque[Text] = deque(maxlen=NOTES)
        self._patient = True

    def seen(self, entry: Entry, marks: Sequence[Mark] = ()) -> None:
        """The session knows already; the next refresh shows it."""

    def marked(self, marks: Sequence[Mark]) -> None:
        """The session knows already."""

    def refresh(self, footer: Text | None = None) -> None:
        """Draw the window, if anything in it may have changed, and print what had to wait."""
        self._print_notes()
        width, height = self._console.size
        state = (self._session.entries, width, height, footer)
        if self._closed or state == self._shown or not has_room(self._console.file):
            return
        if self._shown[1:2] != (width,):
            self._tree = Tree(self._session, width)
        self._shown = state
        self._start()
        rows = self._tree.tail(max(1, height - SPARE_ROWS - (footer is not None)))
        self._window.draw(rows if footer is None else [*rows, footer], (width, height))

    def note(self, text: Text) -> None:
        """Print a line above the window, as soon as there is room for it."""
        self._notes.append(text)
        self._print_notes()

    def hurry(self) -> None:
        """Leave undrawn at the end what there is no room for."""
        self._patient = False

    def close(self) -> None:
        """Take the window away and print the whole tree in its place."""
        if self._closed:
            return
        self._closed = True
        try:
            if self._patient or never_waits(self._console.file):
                self._print_notes(all_of_them=True)
                self._window.stop()
                print_tree(self._console, self._session)
        finally:
            self._console.show_cursor(True)
            atexit.unregister(self._show_cursor)
            finish(self._console.file, patient=self._patient)

    def _start(self) -> None:
        if not self._started:
            self._started = True
            atexit.register(self._show_cursor)
            self._window.start()

    def _show_cursor(self) -> None:
        self._console.show_cursor(True)

    def _print_notes(self, *, all_of_them: bool = False) -> None:
        while self._notes and (all_of_them or has_room(self._console.file)):
            self._console.print(self._notes.popleft(), highlight=False)


def print_tree(console: Console, session: Session) -> None:
    """Print the whole tree; what Rich would send is written without it, which takes a tenth of the time."""
    tree = Tree(session, console.width)
    if console.legacy_windows:  # is told by calls how to look, not by what is sent
        tree.rows(lambda row: console.print(Rows([row], ended=True), soft_wrap=True, highlight=False))
        return
    write = console.file.write
    if console.color_system is None and not console.is_terminal:
        tree.lines(lambda line: write(f"{line}\n"))
        return
    ink = Ink(console)
    painted: list[str] = []

    def flush() -> None:
        """Let Rich write them: a window that lives has to make room."""
        console.print(Segments([Segment("\n".join((*painted, "")))]), soft_wrap=True, highlight=False)
        painted.clear()

    def paint(row: Words) -> None:
        painted.append(ink.words(row))
        if len(painted) == ROWS_A_WRITE:
            flush()

    tree.rows(paint)
    if painted:
        flush()
