"""Draws the picture of README: ``rtcli show interruption.jsonl``, as SVG."""

from __future__ import annotations

import re
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI

from rtcli.formats import read
from rtcli.session import Session
from rtcli.views.tree import render

FOLDER = Path(__file__).parent


def draw() -> str:
    """The picture, without fonts from elsewhere."""
    session = Session()
    for entry in read(FOLDER / "interruption.jsonl"):
        session.apply(entry)
    with Path("/dev/null").open("w") as nowhere:
        console = Console(record=True, width=96, file=nowhere, force_terminal=True)
        for row in render(session, 96):
            console.print(row, no_wrap=True)
        picture = console.export_svg(title="rtcli show interruption.jsonl", unique_id="rtcli", theme=MONOKAI)
    return re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL)


if __name__ == "__main__":
    (FOLDER / "interruption.svg").write_text(draw())
