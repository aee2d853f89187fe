"""Reading where somebody is watching: a progress bar on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rtcli.formats import Entry


def in_progress(entries: Iterator[Entry], path: Path) -> Iterator[Entry]:
    """The entries, with a progress bar on standard error once it takes longer than a second."""
    if not sys.stderr.isatty() or not path.is_file():
        return entries
    from rich.console import Console

    from rtcli.views.progress import reading

    return reading(entries, Console(stderr=True), path.name, path.stat().st_size)
