"""The cause that a client of the beta meets a server of today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar, Final

from rtcli.causes.cause import Cause, Handler, Watcher, seconds
from rtcli.events import Malformed, error
from rtcli.events.event import ClientEvent
from rtcli.formats import Entry
from rtcli.recording import Close
from rtcli.rules import Finding
from rtcli.session.ledgers import Ledgers

BETA_REFUSED: Final = "beta_api_shape_disabled"
BETA_CLOSE: Final = 4000
"""The close code with which the server refuses the beta. Source: connections of beta clients since 2026."""
DIALECTS_DIFFER: Final = "SCH14"
CLIENT_OF_BETA: Final = "client speaks beta"
_SHOWN: Final = 6


class BetaRefused(Watcher):
    """A client of the beta met a server of today."""

    CODES = (DIALECTS_DIFFER,)

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._lines: list[int] = []
        self._refusals: list[tuple[int, str]] = []
        self._spoke_line = 0
        self._said = ""
        self._differ: Finding | None = None

    def found(self, finding: Finding, ledgers: Ledgers) -> None:  # noqa: ARG002 - the interface is the watcher's
        """Take in that the two sides do not speak the same."""
        if CLIENT_OF_BETA in finding.message:
            self._differ = self._differ or finding

    def _spoke(self, _event: ClientEvent | Malformed, entry: Entry, _ledgers: Ledgers) -> None:
        if entry.sender == "client":
            self._spoke_line = self._spoke_line or entry.line

    def _failed(self, event: error.Error, entry: Entry, _ledgers: Ledgers) -> None:
        if event.error.code == BETA_REFUSED and len(self._lines) < _SHOWN:
            self._lines.append(entry.line)
            self._said = event.error.message
        elif (event.error.param or "").startswith("session.") and len(self._refusals) < _SHOWN:
            self._refusals.append((entry.line, event.error.message))

    def _closed(self, close: Close, entry: Entry, _ledgers: Ledgers) -> None:
        if close.code == BETA_CLOSE and len(self._lines) < _SHOWN:
            self._lines.append(entry.line)
            self._said = self._said or close.reason

    def causes(self, ledgers: Ledgers) -> Iterable[Cause]:
        """One, where the server refused it, or what it asked for."""
        if not self._lines:
            yield from self._refused_in_part()
            return
        lived = self.times.between(ledgers.context.created_line, self._lines[-1])
        yield Cause(
            name="beta-refused",
            title="A client of the beta speaks to a server of today",
            severity="error",
            side="client",
            lines=tuple(filter(None, (self._spoke_line, *self._lines)))[:_SHOWN],
            evidence=f"the server: {self._said}",
            effect="no conversation took place" + (f": it was over after {seconds(lived)}" if lived else ""),
            remedy="drop the header OpenAI-Beta: realtime=v1; rtcli migrate rewrites the client's events",
            weight=3,
            at_s=self.times.of(self._lines[0]),
            brings=("ERR", "SES", "SCH", "SEQ22"),
        )

    def _refused_in_part(self) -> Iterable[Cause]:
        """One, where the server does not say that it is the beta that it refuses."""
        if self._differ is None or not self._refusals:
            return
        yield Cause(
            name="beta-refused",
            title="A client of the beta speaks to a server of today",
            severity="error",
            side="client",
            lines=tuple(dict.fromkeys((*sorted({*self._differ.lines, self._differ.line}), self._refusals[0][0]))),
            evidence=f"{self._differ.message}; the server: {self._refusals[0][1]}",
            effect="its updates are refused whole: the session runs on the server's defaults",
            remedy="rtcli migrate rewrites the client's events",
            weight=3,
            at_s=self.times.of(self._differ.line),
            brings=("ERR", "SES", "SCH", "SEQ22"),
        )

    HANDLERS: ClassVar[Mapping[type, Handler]] = {
        ClientEvent: _spoke,
        Malformed: _spoke,
        error.Error: _failed,
        Close: _closed,
    }
