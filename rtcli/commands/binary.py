"""Where binary results go: a file that is there whole or not at all, a device, or a pipe; never a terminal.

They hold what people said: a file is its owner's only, and is never written through a symbolic link.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final, NamedTuple

from rtcli.errors import BadOption, RecordingExists
from rtcli.formats.whole import refuse_without_folder


class Kind(NamedTuple):
    """What is written, and what to do instead of writing it to a terminal."""

    name: str
    remedy: str


AUDIO: Final = Kind("audio", "name a file, or pipe it: … -o - | sox -t wav - -d")
PAGE: Final = Kind("a web page", "name a file (call.html)")
ARCHIVE: Final = Kind("an archive", "name a file (ticket.zip)")


@contextmanager
def writing_binary(path: Path, kind: Kind, *, overwrite: bool, option: str = "--output") -> Iterator[IO[bytes]]:
    """The stream to write to; a file takes its name when everything is written, and is its owner's only.

    Raises:
        BadOption: the file cannot be written, or is a terminal or a symbolic link.
        RecordingExists: there is such a file.

    """
    refuse(path, kind, overwrite=overwrite, option=option)
    try:
        if str(path) == "-":
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        elif path.exists() and not path.is_file():
            with path.open("wb") as stream:
                yield stream
        else:
            with _replacing(path, overwrite=overwrite) as stream:
                yield stream
    except BrokenPipeError as error:
        # Without its number: with it, typer ends the program with code 1 before anybody can say that nothing is wrong.
        raise BrokenPipeError from error
    except FileExistsError as error:
        raise RecordingExists(str(path), "replace it with --overwrite") from error
    except OSError as error:
        raise BadOption(option, f"cannot write {path}: {error.strerror or error}") from error


def refuse(path: Path, kind: Kind, *, overwrite: bool, option: str = "--output") -> None:
    """Say what is wrong with a name before anything is read.

    Raises:
        BadOption: it is a terminal, a folder, or in a folder that is not there.
        RecordingExists: there is such a file.

    """
    if sys.stdout.isatty() if str(path) == "-" else path.is_char_device() and is_terminal(path):
        raise BadOption(option, f"{kind.name} is not written to a terminal", kind.remedy)
    if str(path) == "-":
        return
    if path.is_dir():
        raise BadOption(option, f"{path} is a folder", "name a file in it")
    refuse_without_folder(path, option)
    if path.is_symlink() and not _is_device(path):
        raise BadOption(option, f"{path} is a symbolic link", "name the file itself")
    if path.is_file() and not overwrite:
        raise RecordingExists(str(path), "replace it with --overwrite")


@contextmanager
def _replacing(path: Path, *, overwrite: bool) -> Iterator[IO[bytes]]:
    """A new file beside the old one, which takes its place at the end."""
    new = path.with_name(f".{path.name[:100]}.{os.getpid()}.new")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
        if overwrite:
            new.replace(path)
        else:
            _rename_to_free(new, path)
    except BaseException:
        with suppress(OSError):
            new.unlink()
        raise


def _rename_to_free(new: Path, path: Path) -> None:
    """Give the new file its name, unless another took it meanwhile."""
    try:
        os.link(new, path)
        new.unlink()
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if path.exists():
            raise FileExistsError(path) from None
        new.rename(path)


def _is_device(path: Path) -> bool:
    """Whether a link leads to a device or a pipe, as ``/dev/stdout`` does."""
    return path.exists() and not path.is_file()


def is_terminal(path: Path) -> bool:
    """Whether a device is a terminal."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return os.isatty(handle)
    finally:
        os.close(handle)
