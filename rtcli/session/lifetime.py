"""How long a session may last, on the clock of its recording."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import ClassVar, Final

from rtcli.events import session
from rtcli.formats import Entry
from rtcli.recording import Header
from rtcli.session.config import Config
from rtcli.session.ledger import Handler, Ledger

LONGEST_S: Final = 3600.0
"""Source: the guide on realtime conversations: 60 minutes."""
_PLAUSIBLE_S: Final = 2 * LONGEST_S


class Lifetime(Ledger):
    """When the session ends by itself."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.expires_t: float | None = None
        """In seconds of the recording; None where the clocks of both sides are not known."""
        self._started: float | None = None

    def _headed(self, header: Header, _entry: Entry) -> None:
        try:
            started = datetime.fromisoformat(header.started_at)
            self._started = (started if started.tzinfo else started.replace(tzinfo=UTC)).timestamp()
        except (ValueError, TypeError, OverflowError):
            self._started = None

    def _configured(self, event: session.Created | session.Updated, _entry: Entry) -> None:
        expires_at = getattr(event.session, "expires_at", None)
        if self._started is None or not isinstance(expires_at, int):
            return
        left_s = expires_at - self._started
        self.expires_t = left_s if 0 < left_s <= _PLAUSIBLE_S else None

    HANDLERS: ClassVar[Mapping[type, Handler]] = {
        Header: _headed,
        session.Created: _configured,
        session.Updated: _configured,
    }
