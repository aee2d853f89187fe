"""The files of one connection: one, one after another, or only the minute before something went wrong.

Law: a record is in exactly one file, or nowhere; each file begins with a header that says whether it
has the beginning of the connection, and its times count from its own start.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from rtcli.errors import RecordingExists, RecordingFailed
from rtcli.formats.line import line_of
from rtcli.formats.writer import Writer
from rtcli.recording import Frame, Header, Record
from rtcli.recording.record import Sender

REMEMBERED_BYTES: Final = 256 * 1024 * 1024
"""How much of the time before an error is kept in memory, however long it is to be."""
_SAFE_ID: Final = re.compile(r"[^A-Za-z0-9_-]+")
_LONGEST_ID: Final = 64
_NAMESAKES: Final = 100


class Keeping(Struct, frozen=True):
    """Where the recordings go, and when a new file begins."""

    folder: Path
    split_s: float | None = None
    split_bytes: int | None = None
    snapshot_s: float | None = None
    """Write only this much before, and after, something goes wrong."""


class Parts:
    """Writes a connection's records into files named by its start and its session."""

    def __init__(self, keeping: Keeping, started: datetime, retire: Callable[[Writer], None]) -> None:
        """`retire` closes a file that nothing more is written to."""
        self.paths: list[Path] = []
        """Every file, in their order."""
        self._keeping = keeping
        self._started = started
        self._retire = retire
        self.alarming = keeping.snapshot_s is not None
        """Whether it matters when something goes wrong."""
        self._header = Header(rtcli=1)
        self._session_id = ""
        self._writer: Writer | None = None
        self._begun_s, self._size_bytes = 0.0, 0
        self._whole = keeping.split_s is keeping.split_bytes is keeping.snapshot_s is None
        """The connection is one file, whatever goes over it."""
        self._passed = False
        """Some record is in a file before, or was forgotten."""
        self._remembered: deque[tuple[float, Record, int]] = deque()
        self._remembered_bytes = 0
        self._until_s: float | None = None
        """Until when a snapshot goes on."""

    def write(self, record: Record) -> None:
        """Take the next record.

        Raises:
            RecordingFailed: it could not be written.

        """
        if isinstance(record, Header):
            self._header = record
            if self._keeping.snapshot_s is None:
                self._begin(0.0)
            return
        at_s = record.t or 0.0
        if self._keeping.snapshot_s is not None and (self._until_s is None or at_s > self._until_s):
            self._remember(record, at_s, self._keeping.snapshot_s)
            return
        if self._full(at_s):
            self._passed = True
            self._begin(at_s)
        self._append(record)

    def write_frames(self, t: float, sender: Sender, texts: Sequence[bytes]) -> None:
        """Take texts of one sender and one moment.

        Raises:
            RecordingFailed: they could not be written.

        """
        if self._whole and self._writer is not None:
            self._writer.write_frames(t, sender, texts)
            return
        for text in texts:
            self.write(Frame(t, sender, text.decode()))

    def name(self, session_id: str) -> None:
        """Name the files after the session, as soon as it is known."""
        safe = _SAFE_ID.sub("_", session_id)[:_LONGEST_ID]
        if not safe or self._session_id:
            return
        self._session_id = safe
        if self._writer is not None:
            self._writer.rename(self._name_of(len(self.paths)))
            self.paths[-1] = self._writer.path

    def alarm(self, at_s: float) -> None:
        """Something went wrong: what is remembered is written, and what follows for as long again.

        Raises:
            RecordingFailed: it could not be written.

        """
        if self._keeping.snapshot_s is None:
            return
        self._until_s = at_s + self._keeping.snapshot_s
        if self._writer is None:
            self._begin(self._remembered[0][0] if self._remembered else at_s)
        while self._remembered:
            self._append(self._remembered.popleft()[1])
        self._remembered_bytes = 0

    def close(self) -> None:
        """Nothing more comes."""
        self._remembered.clear()
        if self._writer is not None:
            self._retire(self._writer)
            self._writer = None

    # --- how it is done ------------------------------------------------------------------------

    def _full(self, at_s: float) -> bool:
        """Whether the file has had its time or its size."""
        keeping = self._keeping
        return bool(
            (keeping.split_s is not None and at_s - self._begun_s >= keeping.split_s)
            or (keeping.split_bytes is not None and self._size_bytes >= keeping.split_bytes)
        )

    def _remember(self, record: Record, at_s: float, snapshot_s: float) -> None:
        if self._writer is not None:
            self._retire(self._writer)
            self._writer, self._until_s, self._passed = None, None, True
        size_bytes = len(getattr(record, "text", "")) + len(getattr(record, "data", b"")) + 64
        self._remembered.append((at_s, record, size_bytes))
        self._remembered_bytes += size_bytes
        while self._remembered[0][0] < at_s - snapshot_s or self._remembered_bytes > REMEMBERED_BYTES:
            self._remembered_bytes -= self._remembered.popleft()[2]
            self._passed = True
            if not self._remembered:
                return

    def _begin(self, at_s: float) -> None:
        """Begin the next file, with its header."""
        if self._writer is not None:
            self._retire(self._writer)
            self._writer = None
        self._begun_s, self._size_bytes = at_s, 0
        self._writer = self._opened()
        self.paths.append(self._writer.path)
        start = self._started + timedelta(seconds=at_s)
        self._append(
            replace(self._header, started_at=start.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), handshake=not self._passed)
        )

    def _opened(self) -> Writer:
        """The next file, under a name that is not taken."""
        folder, name = self._keeping.folder, self._name_of(len(self.paths) + 1)
        for copy in range(1, _NAMESAKES):
            try:
                return Writer(folder / (name if copy == 1 else f"{name.removesuffix('.jsonl')}-{copy}.jsonl"))
            except RecordingExists as error:
                if not folder.is_dir():
                    raise RecordingFailed(str(folder), "it is no folder") from error
        raise RecordingFailed(str(folder / name), "there are too many of that name")

    def _name_of(self, number: int) -> str:
        words = [f"{self._started:%Y%m%dT%H%M%S.%fZ}", self._session_id, f"part{number}" if number > 1 else ""]
        return "_".join(word for word in words if word) + ".jsonl"

    def _append(self, record: Record) -> None:
        assert self._writer is not None, "a file was begun"
        line = line_of(_moved(record, self._begun_s) if self._begun_s else record)
        self._writer.copy(line)
        self._size_bytes += len(line)


def _moved(record: Record, by_s: float) -> Record:
    """The record with its time counted from later on."""
    return record if isinstance(record, Header) else replace(record, t=max(0.0, (record.t or 0.0) - by_s))
