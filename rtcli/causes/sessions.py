"""Causes that lie in the session itself: refused, refused in part, or over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar, Final

from rtcli.causes.beta import BETA_CLOSE, BETA_REFUSED, CLIENT_OF_BETA, DIALECTS_DIFFER
from rtcli.causes.cause import LINES_KEPT, Cause, Handler, Watcher
from rtcli.events import error, session
from rtcli.formats import Entry
from rtcli.recording import Close
from rtcli.rules import Finding
from rtcli.session.ledgers import Ledgers
from rtcli.session.settings import Asked

EXPIRED: Final = "session_expired"
_KEYS_SHOWN: Final = 6
_CLOCKS_S: Final = 2.0
"""How far the server's clock, which ``expires_at`` is told by, may be from the recorder's."""
_IN_ORDER: Final = frozenset({1000, 1001, 1005})
"""Close codes of an end that somebody wanted. Source: RFC 6455, 7.4.1."""
_NO_FRAME: Final = 1006
_OF_APPLICATIONS: Final = 3000


class UpdateRefused(Watcher):
    """A ``session.update`` was refused whole, and the session ran on without it."""

    CODES = (DIALECTS_DIFFER,)

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._count = 0
        self._is_of_beta = False
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
        self._count += 1
        if len(self._refused) < LINES_KEPT:
            self._refused.append((line, entry.line, details.param or "", details.message, keys - {"type"}))

    def found(self, finding: Finding, ledgers: Ledgers) -> None:  # noqa: ARG002 - the interface is the watcher's
        """Take in that the client is one of the beta, which is a cause of its own."""
        self._is_of_beta = self._is_of_beta or CLIENT_OF_BETA in finding.message

    def causes(self, ledgers: Ledgers) -> Iterable[Cause]:
        """One for all updates that were refused, told by the first."""
        if not self._refused or self._is_of_beta:
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
            count=self._count,
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
        self._close_t: float | None = None
        self._open_at_end = ""

    def _began(self, _event: session.Created, entry: Entry, _ledgers: Ledgers) -> None:
        self._created = entry.t if self._created is None else self._created

    def _failed(self, event: error.Error, entry: Entry, ledgers: Ledgers) -> None:
        if event.error.code == EXPIRED:
            self._error = self._error or (entry.line, entry.t)
            self._open_at_end = _speaking(ledgers)

    def _closed(self, close: Close, entry: Entry, ledgers: Ledgers) -> None:
        if self._close is None:
            self._close, self._close_line, self._close_t = close, entry.line, entry.t
            self._open_at_end = self._open_at_end or _speaking(ledgers)

    def _expired(self, ledgers: Ledgers) -> tuple[int, float | None, str] | None:
        """Where the session was over, when, and what shows it."""
        if self._error is not None:
            return *self._error, EXPIRED
        if self._close is None or self._close.sender != "server" or self._close.code == BETA_CLOSE:
            return None
        reason, expires_t = self._close.reason, ledgers.lifetime.expires_t
        if EXPIRED in reason or "maximum duration" in reason:
            return self._close_line, self._close_t, reason
        if expires_t is not None and self._close_t is not None and self._close_t >= expires_t - _CLOCKS_S:
            return self._close_line, self._close_t, "expires_at had come"
        return None

    def causes(self, ledgers: Ledgers) -> Iterable[Cause]:
        """One, where the server said so, or closed the connection when the session was over."""
        expired = self._expired(ledgers)
        if expired is None:
            return
        line, t, said = expired
        age = t - self._created if t is not None and self._created is not None else None
        after = f" after {age / 60:.0f} minutes" if age is not None else ""
        yield Cause(
            name="session-expired",
            title=f"The session came to its time limit{after}",
            severity="error",
            side="client",
            lines=tuple(dict.fromkeys((line, self._close_line))) if self._close_line else (line,),
            evidence=f"the server: {said}" + (", and closed the connection" if self._close_line else ""),
            effect=f"the call ended in the middle of {self._open_at_end}" if self._open_at_end else "the call ended",
            remedy="connect anew before expires_at, and seed the new session with the conversation",
            weight=3,
            at_s=t,
            brings=("TIM05", "SES09"),
        )

    HANDLERS: ClassVar[Mapping[type, Handler]] = {session.Created: _began, error.Error: _failed, Close: _closed}


def _speaking(ledgers: Ledgers) -> str:
    """The response that is being given."""
    speaking = ledgers.lifecycle.speaking
    return speaking.id if speaking else ""


class ConnectionLost(Watcher):
    """The connection broke off, or the server closed it for a fault."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._close: tuple[Close, Entry] | None = None
        self._open_at_end = ""
        self._is_explained = False

    def _failed(self, event: error.Error, _entry: Entry, _ledgers: Ledgers) -> None:
        self._is_explained = self._is_explained or event.error.code in {EXPIRED, BETA_REFUSED}

    def _closed(self, close: Close, entry: Entry, ledgers: Ledgers) -> None:
        if self._close is None:
            self._close, self._open_at_end = (close, entry), _speaking(ledgers)

    def causes(self, ledgers: Ledgers) -> Iterable[Cause]:  # noqa: ARG002 - the interface is the watcher's
        """One, unless the close was in order or another cause explains it."""
        if self._close is None or self._is_explained:
            return
        close, entry = self._close
        if close.code is None or close.code in _IN_ORDER or close.code == BETA_CLOSE:
            return
        if close.sender == "client" and close.code >= _OF_APPLICATIONS:
            return
        vanished = close.code == _NO_FRAME
        yield Cause(
            name="connection-lost",
            title="The connection broke off" if vanished else "The connection was closed for a fault",
            severity="error",
            side="network" if vanished else close.sender or "unknown",
            lines=(entry.line,),
            evidence=f"the close has the code {f'{close.code} {close.reason}'.strip()}",
            effect=f"the call ended in the middle of {self._open_at_end}" if self._open_at_end else "the call ended",
            remedy="connect anew, and seed the new session with the conversation",
            weight=3,
            at_s=entry.t,
        )

    HANDLERS: ClassVar[Mapping[type, Handler]] = {error.Error: _failed, Close: _closed}
