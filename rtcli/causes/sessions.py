"""Causes that lie in the session itself: refused, refused in part, or over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar, Final

from rtcli.causes.cause import Cause, Handler, Watcher, seconds
from rtcli.events import Malformed, error, session
from rtcli.events.event import ClientEvent
from rtcli.formats import Entry
from rtcli.recording import Close
from rtcli.session.ledgers import Ledgers
from rtcli.session.settings import Asked

BETA_REFUSED: Final = "beta_api_shape_disabled"
EXPIRED: Final = "session_expired"
_BETA_CLOSE: Final = 4000
"""The close code with which the server refuses the beta. Source: connections of beta clients since 2026."""
_KEYS_SHOWN: Final = 6


class UpdateRefused(Watcher):
    """A ``session.update`` was refused whole, and the session ran on without it."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._refused: list[tuple[int, int, str, str, frozenset[str]]] = []

    def _failed(self, event: error.Error, entry: Entry, ledgers: Ledgers) -> None:
        details = event.error
        request = ledgers.obligations.settled
        settled = request is not None and request.type == "session.update"
        if details.code == BETA_REFUSED or not (settled or (details.param or "").startswith("session.")):
            return
        line = request.line if request is not None and settled else 0
        asked = next((one for one in ledgers.settings.history if one.line == line), None)
        keys = asked.keys if asked else frozenset[str]()
        if len(self._refused) < _KEYS_SHOWN:
            self._refused.append((line, entry.line, details.param or "", details.message, keys - {"type"}))

    def causes(self, ledgers: Ledgers) -> Iterable[Cause]:
        """One for all updates that were refused, told by the first."""
        if not self._refused:
            return
        line, error_line, param, message, keys = self._refused[0]
        later = [asked for asked in ledgers.settings.history if asked.line > line and asked.outcome == "in force"]
        yield Cause(
            name="update-refused",
            title="An update of the session was refused whole" + (f" over {param}" if param else ""),
            severity="error",
            side="client",
            lines=tuple(number for one in self._refused for number in one[:2] if number),
            evidence=f"the server: {message}",
            effect=self._effect(keys, later),
            remedy=f"mend {param or 'what the error names'} and send the update again; nothing of it has happened",
            weight=3,
            count=len(self._refused),
            at_s=self.times.of(line or error_line),
            brings=("ERR06",),
        )

    def _effect(self, keys: frozenset[str], later: list[Asked]) -> str:
        lost = sorted(keys - frozenset(key for asked in later for key in asked.keys))
        late = sorted(keys - frozenset(lost))
        told = []
        if lost:
            more = f" and {len(lost) - _KEYS_SHOWN} more" if len(lost) > _KEYS_SHOWN else ""
            told.append(f"{', '.join(lost[:_KEYS_SHOWN])}{more} never came into force: the session ran on without")
        if late:
            told.append(f"{', '.join(late[:_KEYS_SHOWN])} came into force in line {later[-1].outcome_line}")
        return "; ".join(told) or "the session ran on as it was"

    HANDLERS: ClassVar[Mapping[type, Handler]] = {error.Error: _failed}


class SessionExpired(Watcher):
    """The session reached its longest duration, and the server closed it."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._error: tuple[int, float | None] | None = None
        self._created: float | None = None
        self._close: Close | None = None
        self._close_line = 0
        self._open_at_end = ""

    def _began(self, _event: session.Created, entry: Entry, _ledgers: Ledgers) -> None:
        self._created = entry.t if self._created is None else self._created

    def _failed(self, event: error.Error, entry: Entry, ledgers: Ledgers) -> None:
        if event.error.code == EXPIRED:
            self._error = self._error or (entry.line, entry.t)
            speaking = ledgers.lifecycle.speaking
            self._open_at_end = speaking.id if speaking else ""

    def _closed(self, close: Close, entry: Entry, _ledgers: Ledgers) -> None:
        self._close, self._close_line = self._close or close, self._close_line or entry.line

    def causes(self, ledgers: Ledgers) -> Iterable[Cause]:  # noqa: ARG002 - the interface is the watcher's
        """One, where the server said so."""
        if self._error is None:
            return
        line, t = self._error
        age = t - self._created if t is not None and self._created is not None else None
        after = f" after {age / 60:.0f} minutes" if age is not None else ""
        yield Cause(
            name="session-expired",
            title=f"The session came to its time limit{after}",
            severity="error",
            side="client",
            lines=(line, self._close_line) if self._close_line else (line,),
            evidence=f"the server: {EXPIRED}" + (", and closed the connection" if self._close_line else ""),
            effect=f"the call ended in the middle of {self._open_at_end}" if self._open_at_end else "the call ended",
            remedy="connect anew before expires_at, and seed the new session with the conversation",
            weight=3,
            at_s=t,
            brings=("TIM05", "SES09"),
        )

    HANDLERS: ClassVar[Mapping[type, Handler]] = {session.Created: _began, error.Error: _failed, Close: _closed}


class BetaRefused(Watcher):
    """A client of the beta met a server of today."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._lines: list[int] = []
        self._spoke_line = 0
        self._said = ""

    def _spoke(self, _event: ClientEvent | Malformed, entry: Entry, _ledgers: Ledgers) -> None:
        if entry.sender == "client":
            self._spoke_line = self._spoke_line or entry.line

    def _failed(self, event: error.Error, entry: Entry, _ledgers: Ledgers) -> None:
        if event.error.code == BETA_REFUSED:
            self._lines.append(entry.line)
            self._said = event.error.message

    def _closed(self, close: Close, entry: Entry, _ledgers: Ledgers) -> None:
        if close.code == _BETA_CLOSE and len(self._lines) < _KEYS_SHOWN:
            self._lines.append(entry.line)
            self._said = self._said or close.reason

    def causes(self, ledgers: Ledgers) -> Iterable[Cause]:
        """One, where the server refused it."""
        if not self._lines:
            return
        lived = self.times.between(ledgers.context.created_line, self._lines[-1])
        yield Cause(
            name="beta-refused",
            title="A client of the beta speaks to a server of today",
            severity="error",
            side="client",
            lines=tuple(filter(None, (self._spoke_line, *self._lines)))[:_KEYS_SHOWN],
            evidence=f"the server: {self._said}",
            effect="no conversation took place" + (f": it was over after {seconds(lived)}" if lived else ""),
            remedy="drop the header OpenAI-Beta: realtime=v1; rtcli migrate rewrites the client's events",
            weight=3,
            at_s=self.times.of(self._lines[0]),
            brings=("ERR", "SES", "SCH", "SEQ22"),
        )

    HANDLERS: ClassVar[Mapping[type, Handler]] = {
        ClientEvent: _spoke,
        Malformed: _spoke,
        error.Error: _failed,
        Close: _closed,
    }
