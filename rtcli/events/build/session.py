"""Builders of events about the session."""

from __future__ import annotations

from msgspec import UNSET

from rtcli.events import session
from rtcli.events.build.ids import NewId
from rtcli.events.configuration import RealtimeConfig, RealtimeSession, TranscriptionConfig, TranscriptionSession
from rtcli.events.event import Maybe


class SessionEvents:
    """The session and its configuration."""

    def __init__(self, new_id: NewId) -> None:
        self._new_id = new_id

    def update(
        self, config: RealtimeConfig | TranscriptionConfig | None = None, *, event_id: Maybe[str] = UNSET
    ) -> session.Update:
        """The client asks for a configuration."""
        return session.Update(event_id=event_id, session=config or RealtimeConfig())

    def created(self, reported: RealtimeSession | TranscriptionSession) -> session.Created:
        """The session exists."""
        return session.Created(event_id=self._new_id(), session=reported)

    def updated(self, reported: RealtimeSession | TranscriptionSession) -> session.Updated:
        """The configuration that is in force now."""
        return session.Updated(event_id=self._new_id(), session=reported)
