"""Files that hold sessions: how each is told, read and written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rtcli.events import Listener
from rtcli.formats.entry import Content, Entry, interpret
from rtcli.formats.reading import Reading, is_log
from rtcli.formats.stream import read_lines

ENDINGS = (".jsonl", ".jsonl.gz", ".jsonl.zst")
"""The file names that are looked for in a folder."""
LOGS = (".har", ".yaml", ".yml", ".log")
"""Those that other programs give their logs; in a folder such a file counts if it looks like one with events."""


def read(path: Path, listener: Listener | None = None) -> Iterator[Entry]:
    """Every entry of the recording, where nobody asks what it was taken for.

    Raises:
        UnreadableRecording: the file cannot be read, or holds nothing that could be an event.

    """
    return iter(Reading(path, listener))


def find(path: Path) -> list[Path]:
    """The recordings that `path` stands for: itself, or those in the folder and below, by name."""
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.rglob("*") if _is_recording(file))


def _is_recording(file: Path) -> bool:
    if file.name.endswith(ENDINGS):
        return file.is_file()
    return file.name.endswith(LOGS) and file.is_file() and is_log(file)


__all__ = ["ENDINGS", "LOGS", "Content", "Entry", "Reading", "find", "interpret", "read", "read_lines"]
