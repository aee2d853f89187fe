"""Files that hold sessions: how each is told, read and written."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

from rtcli.errors import UnreadableRecording
from rtcli.events import Listener
from rtcli.formats import rtcli
from rtcli.formats.entry import Content, Entry, interpret
from rtcli.formats.stream import read_lines

ENDINGS = (".jsonl", ".jsonl.gz", ".jsonl.zst")
"""The file names that are looked for in a folder."""

_SNIFFED_LINES = 20


def read(path: Path, listener: Listener | None = None) -> Iterator[Entry]:
    """Every line of the recording, decoded, in order and with flat memory.

    Raises:
        UnreadableRecording: the file cannot be read, or holds no line that could be an event.

    """
    lines = read_lines(path)
    head = list(islice(lines, _SNIFFED_LINES))
    told = [line for line in head if not line.isspace()]
    if told and not any(line.lstrip(b"\xef\xbb\xbf \t").startswith(b"{") for line in told):
        why = f"none of its first {len(head)} lines is a JSON object" if len(head) > 1 else "it holds no JSON object"
        raise UnreadableRecording(str(path), why, "a recording has one event or record on each line")
    return rtcli.read(chain(head, lines), listener)


def find(path: Path) -> list[Path]:
    """The recordings that `path` stands for: itself, or those in the folder and below, by name."""
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.rglob("*") if file.name.endswith(ENDINGS) and file.is_file())


__all__ = ["ENDINGS", "Content", "Entry", "find", "interpret", "read", "read_lines"]
