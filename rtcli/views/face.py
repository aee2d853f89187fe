"""A conversation's screen with its prompt: what ``rtcli connect`` shows and takes in."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.text import Text

from rtcli.events import Listener
from rtcli.formats import Entry
from rtcli.session import Session
from rtcli.views.marks import Marks
from rtcli.views.prompt import EndOfInput, Prompt
from rtcli.views.screen import screen_for
from rtcli.views.text import said

if TYPE_CHECKING:
    from rtcli.rules import Check


class TerminalFace:
    """The live tree above, the prompt below; on a pipe one line an event and no prompt."""

    def __init__(
        self, console: Console, session: Session, listener: Listener, *, prompting: bool, check: Check | None = None
    ) -> None:
        self.session = session
        self.listener = listener
        self._marks = Marks(check, session)
        self._console = console
        self._screen = screen_for(console, session, patient=True)
        self.prompting = prompting and console.is_terminal
        self._prompt = Prompt() if self.prompting else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._screen.marked(self._marks.at_end())
        self._screen.close()

    def seen(self, entry: Entry) -> None:
        """Fold the entry into the session and show it."""
        self.session.apply(entry)
        self._screen.seen(entry, self._marks.of(entry))

    def typed(self, key: str) -> str | None:
        """Feed the prompt; gives back the line that the key finished."""
        if self._prompt is None:
            return None
        line = self._prompt.feed(key)
        if isinstance(line, EndOfInput):
            raise EOFError  # noqa: TRY004 - it is the end, not a wrong type
        return line

    def refresh(self) -> None:
        """Draw what changed."""
        self._screen.refresh(self._prompt.render(self._console.width) if self._prompt else None)

    def hurry(self) -> None:
        """Wait no more for who looks."""
        self._screen.hurry()

    def note(self, text: str) -> None:
        """Print something that is no event."""
        for line in text.split("\n"):
            self._screen.note(Text(said(line), style="dim italic"))
