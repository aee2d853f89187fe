"""What a recording can be relied on for, told by its header or by what has been seen so far.

A log without a header is taken for a whole log of text events, whose audio may have been shortened.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar, Final, Literal
from urllib.parse import parse_qs, urlsplit

from rtcli.events import Event, Malformed, session
from rtcli.formats import Entry
from rtcli.recording import Close, Header, Note
from rtcli.session.config import Config
from rtcli.session.ledger import Handler, Ledger

Need = Literal["start", "end", "client", "lossless", "audio", "websocket", "times", "handshake"]
"""What a rule may ask of a recording.

``start``: it begins with the first frame of the connection. ``end``: it runs to the close. ``client``: the
client's frames are in it. ``lossless``: no frame is missing in between, and so far none of the server's was
too faulty to be understood. ``audio``: audio is as it was sent,
to the byte. ``websocket``: the audio travels on this connection. ``times``: records have times.
``handshake``: the recorder opened the connection itself.
"""

_FIRST: Final = frozenset({"session.created", "transcription_session.created", "session.started"})
UNHEEDED: Final = frozenset(
    {
        "conversation.created",
        "conversation.item.input_audio_transcription.segment",
        "rate_limits.updated",
        "response.mcp_call.in_progress",
    }
)
"""What moves no ledger, so that nothing is missed where it cannot be understood."""

_UNREAD: Final = (["event_id"], ["object"])
"""Fields that tell events apart, or say what is said already, so that nothing is missed where they are faulty."""
_STEP: Final = r"\w+"


class Context(Ledger):
    """Which needs are met, as far as the recording has been read."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.kept: frozenset[Need] = frozenset({"lossless"})
        self.one_connection = False
        """A header says that the file holds one connection, whatever its events look like."""
        self.vendor = ""
        """Whose server it is, if that is not OpenAI's."""
        self.created_line = 0
        """Where the session was created; 0 while it was not."""
        self.closed = False
        """One side has closed the connection."""
        self.goes_on = False
        """A header says that the connection went on: what is missing at the end was cut off."""
        self.first_t: float | None = None
        """The time of the first record, in seconds."""
        self.latest_t: float | None = None
        """The time of the record before, in seconds."""
        self.latest_line = 0
        self._served = False

    def note(self, entry: Entry) -> bool:
        """Take in what an entry shows before it is judged: times, who speaks, and what cannot be understood.

        Gives back whether it is the server's first event, and whole.
        """
        if entry.t is not None and "times" not in self.kept and not isinstance(entry.event, Header):
            self.first_t = entry.t
            self._keep("times")
        if isinstance(entry.event, Close):
            self._keep("end")
        if entry.sender == "client" and "client" not in self.kept:
            self._keep("client")
        if entry.sender == "server" and isinstance(entry.event, Malformed):
            self._missed(entry.event)
        if isinstance(entry.event, Note) and entry.event.missing:
            self.kept -= {"lossless"}
        if entry.sender == "server" and not self._served:
            event = entry.folded.event
            begins = isinstance(event, Event | Malformed) and event.type in _FIRST
            if begins:
                self._keep("start")
            self._served = begins or isinstance(event, Event)
            return self._served and isinstance(entry.event, Event)
        return False

    def begins_anew(self, entry: Entry) -> bool:
        """Whether an entry is the first of another connection than this."""
        event = entry.folded.event
        if isinstance(event, Header):
            return True
        if isinstance(event, session.Created) and not self.one_connection:
            new = getattr(event.session, "id", None)
            return bool(new and self.config.session_id and new != self.config.session_id)
        return False

    def is_past(self, t: float | None) -> bool:
        """Whether a record of that time, in seconds, lies before the one that came before it."""
        return t is not None and self.latest_t is not None and t < self.latest_t

    def passed(self, entry: Entry) -> None:
        """Note when the entry was."""
        if entry.t is not None:
            self.latest_t, self.latest_line = entry.t, entry.line

    def _missed(self, event: Malformed) -> None:
        if event.type not in UNHEEDED and "lossless" in self.kept and not is_understood(event):
            self.kept -= {"lossless"}

    def _keep(self, *needs: Need) -> None:
        self.kept |= frozenset(needs)

    def _headed(self, header: Header, _entry: Entry) -> None:
        self.one_connection = True
        self.goes_on = "end" in header.cut
        self._served = "start" in header.cut
        kept: set[Need] = {"client"}
        if header.lossless:
            kept |= {"lossless", "audio"}
        if header.handshake:
            kept.add("handshake")
        if header.transport == "websocket" and not _is_sideband(header.url):
            kept.add("websocket")
        self.kept = frozenset(kept)

    def _closed(self, _close: Close, _entry: Entry) -> None:
        self.closed = True

    def _created(self, _event: session.Created, entry: Entry) -> None:
        self.created_line = self.created_line or entry.line

    HANDLERS: ClassVar[Mapping[type, Handler]] = {
        Header: _headed,
        Close: _closed,
        session.Created: _created,
    }


def is_understood(event: Malformed) -> bool:
    """Whether all that is wrong with an event is in fields that move no ledger."""
    return event.rest is not None and all(re.findall(_STEP, fault.path)[-1:] in _UNREAD for fault in event.faults)


def _is_sideband(url: str | None) -> bool:
    """Whether a connection stands beside a call that carries the audio.

    Source: the guide to server-side controls: ``/v1/realtime?call_id=...``.
    """
    return "call_id" in parse_qs(urlsplit(url or "").query)
