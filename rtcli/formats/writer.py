"""Writes a recording, record by record.

Law: when ``write`` returns, the record is with the operating system; at most 100 ms later it is being
brought to the disk. A write that fails leaves the file as it was before it, and is the last; so is one
into a file that has been deleted in the meantime, or that the disk has refused to keep.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, Self

from rtcli.errors import RecordingExists, RecordingFailed
from rtcli.formats.line import line_of
from rtcli.formats.overlong import refuse, without
from rtcli.formats.packing import encoder_for, is_whole
from rtcli.formats.stream import COMPRESSED, read_lines
from rtcli.formats.syncing import syncing
from rtcli.formats.together import lines_of
from rtcli.recording import Record
from rtcli.recording.record import Sender

Mode = Literal["new", "append", "overwrite"]
_NOTHING_TO_SYNC: Final = frozenset({errno.EINVAL, errno.EROFS})
"""What the system says where there is no disk to bring it to: of a pipe, or a device."""


class Writer:
    """An open recording. Its files are readable by their owner only."""

    def __init__(self, path: Path, mode: Mode = "new") -> None:
        """Open `path`, and make the folders above it.

        Raises:
            RecordingExists: there is such a file, and the mode is ``new``.
            RecordingFailed: the file cannot be made, or is a symbolic link.
            UnreadableRecording: it is to be added to, and is not what its name says.

        """
        if mode == "append" and path.suffix in COMPRESSED:
            _make_whole(path)
        self.path = path
        self.lines = 0
        """How many lines this writer wrote."""
        self._encoder = encoder_for(path)
        self._plain = path.suffix not in COMPRESSED
        self._descriptor = _open(path, mode)
        self._size = os.fstat(self._descriptor).st_size
        self._unsynced = False
        self._closing = threading.Lock()
        self._closed = False
        self._failure = ""
        if mode == "append":
            self._mend()

    def write(self, record: Record) -> int:
        """Append a record; gives back the number of its line.

        Raises:
            RecordingFailed: the system took none of it (a full disk, say). The file is as before.

        """
        return self.copy(line_of(record))

    def copy(self, line: bytes) -> int:
        """Append a line as it stands; as `write` does otherwise.

        Nothing follows a line that failed: a compressor would build on what is not there.
        """
        if self._failure:
            raise RecordingFailed(str(self.path), self._failure)
        self._append(line if self._plain else self._encoder.encode(line))
        self.lines += 1
        return self.lines

    def write_frames(self, t: float, sender: Sender, texts: Sequence[bytes]) -> int:
        """Append texts of one sender and one moment, all of them at once or none; as `write` does otherwise."""
        if self._failure:
            raise RecordingFailed(str(self.path), self._failure)
        lines = lines_of(t, sender, texts)
        self._append(lines if self._plain else self._encoder.encode(lines))
        self.lines += len(texts)
        return self.lines

    def rename(self, name: str) -> None:
        """Give the file another name in its folder, unless that name is taken."""
        target = self.path.with_name(name)
        with contextlib.suppress(OSError):
            os.link(self.path, target, follow_symlinks=False)
            self.path.unlink()
            self.path = target
            syncing.name_soon(target.parent)

    def close(self) -> None:
        """End the file; what was written is on the disk."""
        if self._closed:
            return
        with self._closing:
            self._closed = True
            try:
                if not (self._failure or self._plain):
                    self._append(self._encoder.end())
                os.fdatasync(self._descriptor)
                syncing.names()
            except (OSError, RecordingFailed):
                pass
            finally:
                os.close(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _append(self, data: bytes) -> None:
        try:
            written = os.write(self._descriptor, data)
            while written < len(data):
                written += os.write(self._descriptor, data[written:])
        except OSError as error:
            with contextlib.suppress(OSError):
                os.ftruncate(self._descriptor, self._size)
            self._failure = error.strerror or str(error)
            raise RecordingFailed(str(self.path), self._failure) from error
        self._size += len(data)
        if not self._unsynced:
            self._unsynced = True
            syncing.soon(self._sync)

    def _mend(self) -> None:
        """End the torn line of whoever wrote the file before, so that it stays a line of its own."""
        if not self._size or self.path.suffix in COMPRESSED:
            return
        if os.pread(self._descriptor, 1, self._size - 1) != b"\n":
            self._append(b"\n")

    def _sync(self) -> None:
        """Bring what was written to the disk, off the path of the call."""
        with self._closing:
            if self._closed:
                return
            self._unsynced = False
            try:
                os.fdatasync(self._descriptor)
                deleted = not os.fstat(self._descriptor).st_nlink
            except OSError as error:
                if error.errno not in _NOTHING_TO_SYNC:
                    self._failure = self._failure or error.strerror or str(error)
                return
            if deleted:
                self._failure = self._failure or "it has been deleted"


def _make_whole(path: Path) -> None:
    """Copy what was left of a compressed file whose writer was interrupted into one that can be added to."""
    if path.is_symlink() or not path.is_file() or is_whole(path):
        return
    copy = path.with_name(f".{os.getpid()}{path.suffix}")
    try:
        with Writer(copy, "overwrite") as writer:
            for line in without(read_lines(path), refuse(path)):
                writer.copy(line if line.endswith(b"\n") else line + b"\n")
        if not is_whole(copy):
            raise RecordingFailed(str(path), "there is no room to end what was interrupted")
        copy.replace(path)
    except OSError as error:  # pragma: no cover - its folder is locked, or its disk fails, from one step to the next
        raise RecordingFailed(str(path), error.strerror or str(error)) from error
    finally:
        copy.unlink(missing_ok=True)


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it, for their owner only; those that are there stay as they are.

    Raises:
        FileExistsError: it is there and is no folder.

    """
    for missing in reversed([one for one in (folder, *folder.parents) if not one.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)
        syncing.name_soon(missing.parent)
    folder.mkdir(exist_ok=True)


def _open(path: Path, mode: Mode) -> int:
    flags = os.O_CREAT | os.O_RDWR | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
    flags |= {"new": os.O_EXCL, "append": 0, "overwrite": os.O_TRUNC}[mode]
    try:
        _make_folder(path.parent)
        descriptor = os.open(path, flags, 0o600)
        syncing.name_soon(path.parent)
    except FileExistsError as error:
        raise RecordingExists(str(path)) from error
    except OSError as error:
        raise RecordingFailed(str(path), error.strerror or str(error)) from error
    if mode == "overwrite" and stat.S_ISREG(os.fstat(descriptor).st_mode):
        with contextlib.suppress(OSError):
            os.fchmod(descriptor, 0o600)
    return descriptor
