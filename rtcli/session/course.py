"""How the connection itself went: its beginning and age, changes of its configuration, errors and limits."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from rtcli.events import error, rate_limits, response, session
from rtcli.events.beta import transcription_session
from rtcli.events.live import error as live_error
from rtcli.events.live import session as live
from rtcli.events.translation import session as translation
from rtcli.formats import Entry
from rtcli.recording import Header
from rtcli.session.clock import InputClock
from rtcli.session.config import Config, at
from rtcli.session.ledger import Handler, Ledger, Memory
from rtcli.session.rows import At, UpdateRow, ms_between
from rtcli.session.shelf import Shelf
from rtcli.session.tokens import counted

HARMLESS: Final = frozenset(
    {
        "response_cancel_not_active",
        "item_truncate_invalid_item_id",
        "item_delete_invalid_item_id",
        "item_retrieve_invalid_item_id",
        "input_audio_buffer_commit_empty",
    }
)
"""Codes of errors that only say that the client was late. Source: openai-python 3.52.0, ``response_cancel_event.py``."""
_WAITING: Final = 64
_NAMES: Final = 256
_LINES_KEPT: Final = 100


class Course(Ledger):
    """What is known of the connection as a whole."""

    def __init__(self, config: Config, clock: InputClock) -> None:
        super().__init__(config)
        self.clock = clock
        self.header: Header | None = None
        self.started: At | None = None
        """Where the session was created."""
        self.expires_at: int | None = None
        """In Unix seconds."""
        self.updates: Shelf[UpdateRow] = Shelf()
        self.errors: Memory[str, int] = Memory(_NAMES)
        """By code how many."""
        self._told: Memory[tuple[Any, ...], None] = Memory(_NAMES)
        """What of them could come again: an error by its id and what it says, a response that failed."""
        self.error_line = 0
        self.error_lines: list[int] = []
        """The first of those that are more than harmless."""
        self.lowest: Memory[str, tuple[float, int]] = Memory(_NAMES)
        """By name of a limit the smallest share that was left, and its line."""
        self.translator: str | None = None
        """The model of a translation session."""
        self.transcribes_what_it_translates = False
        self.beside: Any = None
        """The session object of a dialect whose configuration is no other's: translation and live."""
        self.delays_ms = array("d")
        self.delay_lines = array("q")
        self._updating: deque[UpdateRow] = deque(maxlen=_WAITING)

    def _headed(self, header: Header, _entry: Entry) -> None:
        self.header = self.header or header

    def _created(self, event: Any, entry: Entry) -> None:
        self.started = self.started or At(entry.line, entry.t)
        expires_at = counted(at(event.session, "expires_at"))
        self.expires_at = expires_at if expires_at and expires_at > 0 else None

    def _translates(self, event: translation.Created | translation.Updated, entry: Entry) -> None:
        self.translator, self.beside = event.session.model, event.session
        self.transcribes_what_it_translates = at(event.session, "audio", "input", "transcription") is not None
        if isinstance(event, translation.Created):
            self._created(event, entry)
        else:
            self._updated(event, entry)

    def _started_live(self, event: live.Started, entry: Entry) -> None:
        self.beside = event.session
        self._created(event, entry)

    def _updated_live(self, event: live.Updated, entry: Entry) -> None:
        self.beside = event.session
        self._updated(event, entry)

    def _update(self, event: Any, entry: Entry) -> None:
        row = UpdateRow(At(entry.line, entry.t), event_id=event.event_id or "")
        self.updates.append(row)
        self._updating.append(row)

    def _updated(self, _event: Any, entry: Entry) -> None:
        if self._updating:
            self._updating.popleft().updated = At(entry.line, entry.t)

    def _failed(self, event: error.Error, entry: Entry) -> None:
        details = event.error
        code = details.code or details.type
        if self._was_told(event.event_id, code):
            return
        self._count(code, entry)
        if details.event_id:
            self._refused(details.event_id)
        elif self._updating and (details.param or "").partition(".")[0] == "session":
            self._updating.popleft()

    def _failed_live(self, event: live_error.Error, entry: Entry) -> None:
        self._count(event.error.code or event.error.type, entry)
        if event.error.client_event_id:
            self._refused(event.error.client_event_id)

    def _refused(self, event_id: str) -> None:
        self._updating = deque((one for one in self._updating if one.event_id != event_id), _WAITING)

    def _done(self, event: response.Done, entry: Entry) -> None:
        if event.response.status == "failed" and not self._was_told(event.response.id):
            self._count(at(event.response, "status_details", "error", "code") or "response failed", entry)

    def _was_told(self, name: Any, *more: str) -> bool:
        known = bool(name) and (name, *more) in self._told
        self._told[name, *more] = None
        return known

    def _count(self, code: str, entry: Entry) -> None:
        self.errors[code] = self.errors.get(code, 0) + 1
        self.error_line = entry.line
        if code not in HARMLESS and len(self.error_lines) < _LINES_KEPT:
            self.error_lines.append(entry.line)

    def _limited(self, event: rate_limits.Updated, entry: Entry) -> None:
        for limit in event.rate_limits:
            whole, left = counted(limit.limit), counted(limit.remaining)
            if limit.name and whole and whole > 0 and left is not None:
                share, known = left / whole, self.lowest.get(limit.name)
                if known is None or share < known[0]:
                    self.lowest[limit.name] = (share, entry.line)

    def _translated(self, event: translation.OutputTranscriptDelta, entry: Entry) -> None:
        if not isinstance(event.elapsed_ms, int):
            return
        delay_ms = ms_between(self.clock.at(event.elapsed_ms), At(entry.line, entry.t))
        if delay_ms is not None:
            self.delays_ms.append(delay_ms)
            self.delay_lines.append(entry.line)

    HANDLERS: ClassVar[Mapping[type, Handler]] = {
        Header: _headed,
        session.Created: _created,
        transcription_session.Created: _created,
        live.Started: _started_live,
        translation.Created: _translates,
        translation.Updated: _translates,
        session.Update: _update,
        translation.Update: _update,
        live.Update: _update,
        session.Updated: _updated,
        live.Updated: _updated_live,
        error.Error: _failed,
        live_error.Error: _failed_live,
        response.Done: _done,
        rate_limits.Updated: _limited,
        translation.OutputTranscriptDelta: _translated,
    }
