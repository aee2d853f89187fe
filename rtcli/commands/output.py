"""Where a result goes: standard output, or a file that is there whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, TextIO

from rtcli.commands.declared import Option
from rtcli.errors import BadOption, RecordingExists

AsJson = Annotated[bool, Option("--json", help="Write one JSON document for programs.", envvar="RTCLI_JSON")]
Overwriting = Annotated[bool, Option("--overwrite", help="Replace the file if it is there.", envvar="RTCLI_OVERWRITE")]
STANDARD_OUTPUT = Path("-")


def documents() -> TextIO:
    """Standard output for what programs read, which is UTF-8 whatever the terminal takes."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    return sys.stdout


def wrote(path: Path | None, what: str = "") -> None:
    """Say on standard error what a file now holds, and how large it is; nothing of a pipe or a device."""
    if path is None or path == STANDARD_OUTPUT or not path.is_file():
        return
    from rtcli.views.measure import size

    parts = [part for part in (size(path.stat().st_size), what) if part]
    tell(f"wrote {path}: {', '.join(parts)}")


def recorded(path: Path, events: int, failure: Exception | None = None) -> None:
    """The same of a file that was written while a conversation went on, or as long as it could be."""
    from rtcli.views.measure import plural

    if failure is None:
        tell(f"recorded {plural(events, 'event')} in {path}")
    else:
        tell(f"recording stopped, the call went on: {failure}; not all of the {plural(events, 'event')} are in it")


def tell(sentence: str) -> None:
    """Say something of a result, on standard error."""
    from rtcli.views.text import said

    sys.stderr.write(f"rtcli: {said(sentence)}\n")


@contextmanager
def writing(path: Path | None, option: str = "--output", *, overwrite: bool) -> Iterator[TextIO]:
    """The stream to write to; a file takes its name when everything is written.

    What is no plain file, such as a device or a pipe, is written to as it is. A new file is its owner's only.

    Raises:
        BadOption: the file cannot be written, is a symbolic link, or there is no folder for it.
        RecordingExists: there is one already, and it is not to be replaced.

    """
    if path is None or path == STANDARD_OUTPUT:
        yield sys.stdout
        return
    from rtcli.formats.whole import refuse_without_folder

    refuse_without_folder(path, option)
    try:
        if path.exists() and not path.is_file():
            with path.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
                yield stream
        elif path.is_symlink():
            raise BadOption(option, f"{path} is a symbolic link", "name the file itself")
        elif path.exists() and not overwrite:
            raise RecordingExists(str(path), "replace it with --overwrite")
        else:
            with _replacing(path) as stream:
                yield stream
    except BrokenPipeError:
        raise
    except OSError as error:
        raise BadOption(option, f"cannot write {path}: {error.strerror or error}") from error


@contextmanager
def _replacing(path: Path) -> Iterator[TextIO]:
    """A new file beside the old one, which takes its place at the end."""
    new = path.with_name(f".{path.name[:100]}.{os.getpid()}.new")
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o600
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with open(handle, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:  # noqa: PTH123 - a handle
            yield stream
        new.replace(path)
    except BaseException:
        with suppress(OSError):
            new.unlink()
        raise
