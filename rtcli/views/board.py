"""The sessions that a proxy carries: a live tree for one, a row each for several, plain lines off a terminal.

Law: a frame costs what the window holds, however many sessions there were; what is over is printed
once and forgotten. While the terminal or the pipe takes nothing (Ctrl-S, a reader that does not read),
nothing is drawn, and what is to be printed waits: nobody's call does.
"""

from __future__ import annotations

import atexit
from collections import deque
from collections.abc import Callable, Sequence
from typing import IO, TYPE_CHECKING, Final, Self

from rich.console import Console
from rich.text import Text

from rtcli.events import Listener
from rtcli.formats import Entry
from rtcli.session import Session
from rtcli.views.carried import kind_of
from rtcli.views.marks import Marks
from rtcli.views.measure import clock, duration, plural, short
from rtcli.views.room import finish, has_room, never_waits
from rtcli.views.screen import SPARE_ROWS, print_tree
from rtcli.views.style import ERROR, QUIET, WARNING
from rtcli.views.text import said
from rtcli.views.tree import Tree
from rtcli.views.window import Window
from rtcli.views.words import Words

if TYPE_CHECKING:
    from rtcli.rules import Check

Checking = Callable[[Listener], "Check | None"]
WAITING: Final = 1000
"""How much that is to be printed waits for a reader; of more the oldest is forgotten."""


def _began(number: int, url: str) -> str:
    return f"{number} began: {said(url)}"


def _suspended(number: int, why: str) -> str:
    return f"{number} recording suspended, forwarding goes on: {said(why)}"


def _ended(number: int, how: str, events: int, duration_s: float, files: Sequence[str], *, whole: bool) -> str:
    among = " in" if whole else ", not all of them in"
    where = f"{among} {said(', '.join(files))}" if files else ", not recorded"
    return f"{number} ended after {duration(duration_s * 1000)}: {said(how)}; {plural(events, 'frame')}{where}"


def _failed(number: int, why: str) -> str:
    return f"{number} failed: {said(why)}"


class LineBoard:
    """A line at the start and at the end of each session."""

    looking = False

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._waiting: deque[str] = deque(maxlen=WAITING)

    def began(self, number: int, url: str, listener: Listener) -> None:  # noqa: ARG002 - only the live one decodes
        """A session was opened."""
        self._say(_began(number, url))

    def seen(self, number: int, entry: Entry) -> None:
        """Lines do not tell what goes on in between."""

    def suspended(self, number: int, why: str) -> None:
        """It is not recorded any more."""
        self._say(_suspended(number, why))

    def ended(
        self, number: int, how: str, events: int, duration_s: float, files: list[str], *, whole: bool = True
    ) -> None:
        """It is over."""
        self._say(_ended(number, how, events, duration_s, files, whole=whole))

    def failed(self, number: int, why: str) -> None:
        """There was no session."""
        self._say(_failed(number, why))

    def refresh(self) -> None:
        """Print what had to wait."""
        while self._waiting and has_room(self._stream):
            self._stream.write(self._waiting.popleft())
            self._stream.flush()

    def hurry(self) -> None:
        """Nobody is waited for anyhow."""

    def close(self) -> None:
        """Nothing is left to end."""

    def _say(self, line: str) -> None:
        self._waiting.append(f"{line}\n")
        self.refresh()


class _Row:
    """One session while it is open."""

    def __init__(self, url: str, began: float, check: Check | None) -> None:
        self.url = url
        self.began = began
        self.session = Session()
        self.marks = Marks(check, self.session)
        self.last = ""
        self.suspended = False
        self.alone = True
        """No other was open beside it."""
        self._tree: Tree | None = None
        self._width = 0

    def take(self, entry: Entry) -> None:
        self.session.apply(entry)
        self.marks.of(entry)
        self.last = kind_of(entry.event)

    def tail(self, width: int, height: int) -> list[Words]:
        if self._tree is None or self._width != width:
            self._tree, self._width = Tree(self.session, width), width
        return self._tree.tail(height)

    def summary(self, number: int, now: float) -> Text:
        """The session in one row."""
        connection = self.session.connections[-1] if self.session.connections else None
        name = (connection.session_id or "") if connection else ""
        turns = f" · {plural(connection.turns, 'turn')}" if connection else ""
        row = Text(no_wrap=True, overflow="ellipsis")
        row.append(f"{clock(now - self.began)}  ", QUIET)
        row.append(f"{number} ", "bold").append(short(name) if name else said(self.url))
        row.append(f"{turns} · {plural(connection.events if connection else 0, 'event')} · {said(self.last)}", QUIET)
        if self.suspended:
            row.append(" · recording suspended", ERROR)
        return row


class LiveBoard:
    """A window on a terminal: the tree of the one session, or a row for each of several."""

    looking = True

    def __init__(self, console: Console, check_of: Checking, waiting: str = "") -> None:
        """`waiting` is shown while no session is open."""
        self._console = console
        self._check_of = check_of
        self._waiting = waiting
        self._rows: dict[int, _Row] = {}
        self._window = Window(console)
        self._changed = True
        self._printing: deque[Callable[[], None]] = deque(maxlen=WAITING)
        self._patient = True

    def __enter__(self) -> Self:
        atexit.register(self._show_cursor)
        self._window.start()
        return self

    def __exit__(self, *_: object) -> None:
        try:
            if self._patient or never_waits(self._console.file):
                self._print_waiting(all_of_it=True)
                self._window.stop()
        finally:
            self._show_cursor()
            atexit.unregister(self._show_cursor)
            finish(self._console.file, patient=self._patient)

    def began(self, number: int, url: str, listener: Listener) -> None:
        """A session was opened; its events are decoded by the listener."""
        self._rows[number] = _Row(url, self._console.get_time(), self._check_of(listener))
        if len(self._rows) > 1:
            for row in self._rows.values():
                row.alone = False
        self._changed = True

    def seen(self, number: int, entry: Entry) -> None:
        """Something went over it."""
        self._rows[number].take(entry)
        self._changed = True

    def suspended(self, number: int, why: str) -> None:
        """It is not recorded any more."""
        if number in self._rows:
            self._rows[number].suspended = True
        self._print(Text(_suspended(number, why), WARNING))

    def ended(
        self, number: int, how: str, events: int, duration_s: float, files: list[str], *, whole: bool = True
    ) -> None:
        """It is over; the tree of one that was alone stays on the terminal."""
        row = self._rows.pop(number)
        if row.alone:
            row.marks.at_end()
            self._printing.append(lambda: print_tree(self._console, row.session))
        self._print(Text(_ended(number, how, events, duration_s, files, whole=whole), QUIET))

    def failed(self, number: int, why: str) -> None:
        """There was no session."""
        self._print(Text(_failed(number, why), WARNING))

    def refresh(self) -> None:
        """Draw the window, if anything in it may have changed; several rows show how the time goes."""
        self._print_waiting()
        if (self._changed or len(self._rows) > 1) and has_room(self._console.file):
            self._changed = False
            size = self._console.size
            self._window.draw(self._shown(*size), size)

    def _shown(self, width: int, height: int) -> list[Words | Text]:
        height = max(1, height - SPARE_ROWS - 1)
        if not self._rows:
            return [Text(self._waiting, QUIET, no_wrap=True, overflow="ellipsis")]
        if len(self._rows) == 1:
            ((number, row),) = self._rows.items()
            note = Text("recording suspended", ERROR) if row.suspended else Text(_began(number, row.url), QUIET)
            return [*row.tail(width, height), note]
        now = self._console.get_time()
        shown = [row.summary(number, now) for number, row in list(self._rows.items())[-height:]]
        return [*shown, Text(plural(len(self._rows), "session"), QUIET)]

    def _print(self, text: Text) -> None:
        self._printing.append(lambda: self._console.print(text, soft_wrap=True, highlight=False))
        self._print_waiting()
        self._changed = True

    def _print_waiting(self, *, all_of_it: bool = False) -> None:
        while self._printing and (all_of_it or has_room(self._console.file)):
            self._printing.popleft()()

    def hurry(self) -> None:
        """Leave undrawn at the end what there is no room for: the program has been told to end."""
        self._patient = False

    def _show_cursor(self) -> None:
        self._console.show_cursor(True)
