"""Inputs to begin with: recordings of the project and of the folder beside it, short enough to be tried often."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "traffic"
_LONG = re.compile(rb'"[A-Za-z0-9+/]{64,}={0,2}"')
_WINDOW = 32
_SHORT = b'"' + b"AAECAwQFBgcICQoLDA0ODw==" + b'"'


def shortened(content: bytes) -> bytes:
    """The lines with hardly any sound in them."""
    return _LONG.sub(_SHORT, content)


@cache
def recordings() -> tuple[bytes, ...]:
    """Recordings of our own, one of each kind of fault, with hardly any sound in them."""
    folder = ROOT / "recordings"
    paths = sorted([*folder.glob("*.jsonl"), *folder.glob("clean/*.jsonl"), *folder.glob("broken/*.jsonl*")])
    return tuple(shortened(gzip.decompress(content) if path.suffix == ".gz" else content)
                 for path in paths if len(content := path.read_bytes()) < 800_000)  # fmt: skip


@cache
def traffic(*folders: str) -> tuple[bytes, ...]:
    """What was seen on the wire, where that folder is there."""
    paths = [path for folder in folders for path in sorted((SHARED / folder).glob("*")) if path.is_file()]
    return tuple(shortened(path.read_bytes()) for path in paths)


def lines(*contents: bytes) -> list[bytes]:
    """Each line once, in order."""
    return list(dict.fromkeys(line for content in contents for line in content.splitlines(keepends=True)))


def pieces(contents: tuple[bytes, ...], size: int) -> Iterator[bytes]:
    """The contents in pieces of whole lines, none longer than a size if its lines are not."""
    for content in contents:
        piece = b""
        for line in content.splitlines(keepends=True):
            if piece and len(piece) + len(line) > size:
                yield piece
                piece = b""
            piece += line
        yield piece


def is_of_others(data: bytes) -> bool:
    """Whether there is something in an input that stands in captured traffic only, which is not ours to keep."""
    return not _foreign().isdisjoint(_windows(data))


@cache
def _foreign() -> set[int]:
    folders = ("realtime", "beta", "translation", "live", "vendors", "wrapped")
    return _windows(b"\n".join(traffic(*folders))) - _windows(b"\n".join(recordings()))


def _windows(data: bytes) -> set[int]:
    return {hash(data[start : start + _WINDOW]) for start in range(len(data) - _WINDOW + 1)}


@cache
def all_lines() -> tuple[bytes, ...]:
    """Every line of a recording and of the wire that is not long."""
    contents = (*recordings(), *traffic("realtime", "beta", "translation", "live", "vendors"))
    return tuple(line for line in lines(*contents) if len(line) < 4000)
