"""The place where every frame of a connection passes: to the disk first, then to whoever looks.

Law: a frame is written and flushed before it is interpreted. When writing fails, the connection
goes on unrecorded, and the failure is kept for the exit code.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Literal, Protocol

from rtcli.errors import RecordingFailed
from rtcli.events import Listener
from rtcli.formats import Entry, interpret
from rtcli.recording import Binary, Close, Control, Frame, Header, Note, Open, Record
from rtcli.recording.record import FORMAT_VERSION, Sender
from rtcli.recording.secrets import harmless_url


class Sink(Protocol):
    """Where records go: a file, or several."""

    def write(self, record: Record) -> Any:
        """Take a record. Raises RecordingFailed when it cannot be kept."""

    def write_frames(self, t: float, sender: Sender, texts: Sequence[bytes]) -> Any:
        """Take texts of one sender and one moment. Raises RecordingFailed when they cannot be kept."""


class Tap:
    """Stamps what passes with the time since the tap was made, records it, and shows it."""

    def __init__(self, seen: Callable[[Entry], None] | None, listener: Listener | None = None) -> None:
        """`seen` is shown what passes; nothing is interpreted where nobody looks."""
        self.seen = seen
        self.started = datetime.now(UTC)
        self.failure: RecordingFailed | None = None
        """Why recording stopped, if it did."""
        self.events = 0
        self._began = time.monotonic()
        self._writer: Sink | None = None
        self._listener = listener or Listener()
        self._line = 0

    @property
    def now(self) -> float:
        """Seconds since the tap was made."""
        return time.monotonic() - self._began

    def record_to(self, writer: Sink, url: str, by: str) -> None:
        """Write there from now on, beginning with a header."""
        self._writer = writer
        self._pass(
            Header(
                rtcli=FORMAT_VERSION,
                started_at=self.started.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                url=harmless_url(url),
                by=by,
                transport="websocket",
                handshake=True,
                lossless=True,
            )
        )

    def open(self, status: int, headers: dict[str, str], subprotocol: str | None) -> None:
        """The handshake was answered."""
        self._pass(Open(self.now, status, headers, subprotocol))

    def frame(self, sender: Sender, content: str | bytes) -> None:
        """A frame went by."""
        self.events += 1
        if isinstance(content, bytes):
            self._pass(Binary(self.now, sender, content))
        else:
            self._pass(Frame(self.now, sender, content))

    def texts(self, sender: Sender, texts: Sequence[bytes]) -> None:
        """Text frames went by, which came together: one moment is that of all."""
        at_s, line = time.monotonic() - self._began, self._line
        self._line += len(texts)
        self.events += len(texts)
        if self._writer is not None and self.failure is None:
            try:
                self._writer.write_frames(at_s, sender, texts)
            except RecordingFailed as failure:
                self.failure = failure
        if self.seen is not None:
            for number, text in enumerate(texts, line + 1):
                self.seen(interpret(Frame(at_s, sender, text.decode()), number, self._listener))

    def control(self, sender: Sender, kind: Literal["ping", "pong"], data: bytes) -> None:
        """A ping or a pong went by."""
        self._pass(Control(self.now, sender, kind, data))

    def close(self, sender: Sender, code: int | None, reason: str) -> None:
        """A close frame went by."""
        self._pass(Close(self.now, sender, code, reason))

    def note(self, text: str, *, missing: bool = False) -> None:
        """Somebody remarked something, or something is missing here."""
        self._pass(Note(self.now, text, missing))

    def _pass(self, record: Record) -> None:
        self._line += 1
        if self._writer is not None and self.failure is None:
            try:
                self._writer.write(record)
            except RecordingFailed as failure:
                self.failure = failure
        if self.seen is not None:
            self.seen(interpret(record, self._line, self._listener))
