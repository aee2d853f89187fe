"""A transcript on a terminal: times on the left, words in a column, what was not heard in brackets, struck out."""

from __future__ import annotations

from typing import Final

from rich.console import Console
from rich.text import Text

from rtcli.session.saying import Saying
from rtcli.views.text import said

_STYLES: Final = {"User": "bold cyan", "Model": "bold green", "Tool": "bold magenta", "System": "bold yellow"}
_NARROWEST: Final = 20
_TOOL_SHOWN: Final = 200


def print_saying(console: Console, one: Saying, words: tuple[str, str, str, str, str]) -> None:
    """Print one saying: its time, who says it, what was heard, what was not, and a remark."""
    at, who, heard, unheard, told = words
    if who == "Tool" and len(heard) > _TOOL_SHOWN:
        heard = f"{heard[:_TOOL_SHOWN]}…"
    text = Text(said(heard), style="dim" if not one.transcribed or who == "Tool" else "")
    if unheard:
        text.append(" " if heard else "").append("[not heard: ", style="dim")
        text.append(said(unheard), style="strike red").append("]", style="dim")
    if told:
        text.append(f" ({said(told)})", style="dim")
    label = Text.assemble((f"{at:>8}  ", "dim"), (f"{who:<6}  ", _STYLES.get(who, "")))
    for line in text.wrap(console, max(_NARROWEST, console.width - len(label))) or [Text()]:
        line.rstrip()
        console.print(Text.assemble(label, line), soft_wrap=True)
        label = Text(" " * len(label))
