"""Recordings that are read more than once: what comes through a pipe is kept aside meanwhile."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from rtcli.errors import BadOption, UnreadableRecording


def refuse_as_its_own_result(path: Path, output: Path | None) -> None:
    """Refuse to write something that is no recording over the recording that it is made of.

    Raises:
        BadOption: both names lead to the same file.

    """
    if output is not None and output.is_file() and path.is_file() and path.samefile(output):
        raise BadOption("--output", f"{output} is the recording itself", "name another file")


@contextmanager
def readable_twice(path: Path) -> Iterator[Path]:
    """A file with what `path` gives; of standard input or a pipe, a copy that nobody else can read and that goes."""
    is_pipe = str(path) != "-" and path.exists() and not path.is_file() and not path.is_dir()
    if str(path) != "-" and not is_pipe:
        yield path
        return
    with _kept(path.suffix) as (copy, name):
        if is_pipe:
            with path.open("rb") as pipe:
                shutil.copyfileobj(pipe, copy)
        else:
            shutil.copyfileobj(sys.stdin.buffer, copy)
        copy.flush()
        try:
            yield Path(name)
        except UnreadableRecording as error:
            if error.name != name:
                raise
            raise UnreadableRecording(str(path), error.why, error.remedy) from error


@contextmanager
def _kept(suffix: str) -> Iterator[tuple[IO[bytes], str]]:
    """A file and its name, in no folder where the system can name it without: a process that is killed leaves nothing."""
    with tempfile.TemporaryFile() as file:
        name = f"/proc/{os.getpid()}/fd/{file.fileno()}"
        if not suffix and os.access(name, os.R_OK):
            yield file, name
            return
    with tempfile.NamedTemporaryFile(prefix="rtcli-", suffix=suffix) as named:
        yield named, named.name
