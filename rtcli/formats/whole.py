"""Files that are there whole or not at all: a recording made of another one.

Lines go into a file beside the one that is meant, which takes its name when everything is written. What is
there already is replaced only by those who ask for it, and never through a symbolic link.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol

from rtcli.errors import BadOption, RecordingExists, RecordingFailed
from rtcli.formats.stream import BUFFER_BYTES

Put = Callable[[bytes], Any]
"""Takes bytes that are written as they are."""
OWNER_ONLY: Final = 0o600
_STANDARD_OUTPUT: Final = Path("-")


@contextmanager
def replacing(path: Path, *, overwrite: bool = False, mode: int = OWNER_ONLY) -> Iterator[Put]:
    """What writes to `path`, packed as its name says; ``-`` is standard output, a device or a pipe is what it is.

    Raises:
        BadOption: there is no folder for it.
        RecordingExists: there is such a file, and it is not to be replaced.
        RecordingFailed: it cannot be written, or is a symbolic link.

    """
    if path == _STANDARD_OUTPUT:
        yield sys.stdout.buffer.write
        sys.stdout.buffer.flush()
        return
    _refuse(path, overwrite=overwrite)
    try:
        if path.exists() and not path.is_file():
            with path.open("wb", buffering=BUFFER_BYTES) as file, packed(file, path.suffix) as put:
                yield put
        else:
            with _beside(path, mode) as file, packed(file, path.suffix) as put:
                yield put
    except BrokenPipeError:
        raise
    except OSError as error:
        raise RecordingFailed(str(path), error.strerror or str(error)) from error


def _refuse(path: Path, *, overwrite: bool) -> None:
    if path.is_symlink() and not _is_device(path):
        raise RecordingFailed(str(path), "it is a symbolic link; name the file itself")
    if path.is_file() and not overwrite:
        raise RecordingExists(str(path), "replace it with --overwrite")
    if path.is_dir():
        raise RecordingFailed(str(path), "it is a folder")
    refuse_without_folder(path)


def refuse_without_folder(path: Path, option: str = "--output") -> None:
    """Refuse a name in a folder that is not there.

    Raises:
        BadOption: it is such a name.

    """
    if not path.parent.is_dir():
        raise BadOption(option, f"there is no folder {path.parent}", "make it first")


def _is_device(path: Path) -> bool:
    """Whether a link leads to a device or a pipe, as ``/dev/stdout`` does."""
    return path.exists() and not (path.is_file() or path.is_dir())


@contextmanager
def _beside(path: Path, mode: int) -> Iterator[BinaryIO]:
    """A new file in the same folder, which takes the name of the old one at the end."""
    new = path.with_name(f".{path.name[:100]}.{os.getpid()}.new")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, OWNER_ONLY)
    try:
        with open(handle, "wb", buffering=BUFFER_BYTES) as file:  # noqa: PTH123 - a handle
            yield file
            file.flush()
            os.fchmod(handle, stat.S_IMODE(mode))
            os.fdatasync(handle)
        new.replace(path)
    except BaseException:
        with suppress(OSError):
            new.unlink()
        raise


def is_being_written(path: Path) -> bool:
    """Whether a program has the file open to write to it, as far as the system tells.

    Linux gives a read lease to nobody while it does. Source: fcntl(2), F_SETLEASE.
    """
    import fcntl  # noqa: PLC0415 - not every system has it, and few need it

    try:
        with path.open("rb") as file:
            fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
            fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except (AttributeError, OSError) as error:
        return getattr(error, "errno", None) == errno.EAGAIN
    return False


class _Packer(Protocol):
    def compress(self, data: bytes) -> bytes: ...

    def flush(self) -> bytes: ...


@contextmanager
def packed(file: Any, ending: str) -> Iterator[Put]:
    """What packs into a file as a name with this ending asks for, and ends the packing."""
    packer: _Packer
    if ending == ".gz":
        packer = zlib.compressobj(wbits=31)
    elif ending == ".zst":
        import zstandard  # noqa: PLC0415 - 15 ms that only .zst files need

        packer = zstandard.ZstdCompressor().compressobj()
    else:
        yield file.write
        return
    yield lambda data: file.write(packer.compress(data))
    file.write(packer.flush())
