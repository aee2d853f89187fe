"""Tables that fit the screen: columns leave by rank until the rest has room, and one may be cut.

Rows are asked for twice, once for the widths and once to be printed, so that a long table is never in memory.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

_GAP: Final = "  "
Cell = str | Text
Rows = Callable[[], Iterable[Sequence[Cell]]]


class Column(NamedTuple):
    """One column of a table."""

    title: str
    rank: int = 0
    """0 stays whatever the width; the highest leaves first."""
    left: bool = False
    cut: str = ""
    """``end`` or ``begin``: where it loses what has no room; empty where it is never cut."""
    least: int = 12
    """So many cells it keeps when it is cut."""


def room(console: Console) -> int | None:
    """How wide a table may be; None where no one says, as in a pipe."""
    return console.width if console.is_terminal or os.environ.get("COLUMNS") else None


def table(columns: Sequence[Column], rows: Rows, width: int | None) -> Iterator[Text]:
    """The heading, and then each row, as a line each; a column in which nothing stands is left out."""
    widths = [0] * len(columns)
    for row in rows():
        for number, cell in enumerate(row):
            widths[number] = max(widths[number], _length(cell))
    widths = [max(had, cell_len(column.title)) if had else 0 for had, column in zip(widths, columns, strict=True)]
    shown = _fitting(columns, widths, width)
    yield _line(columns, widths, shown, [Text(column.title, style="dim") for column in columns])
    for row in rows():
        yield _line(columns, widths, shown, row)


def _fitting(columns: Sequence[Column], widths: list[int], width: int | None) -> list[int]:
    """The columns that have room; `widths` of those that are cut become smaller."""
    shown = [number for number, _ in enumerate(columns) if widths[number]]
    while width is not None and (over := _total(shown, widths) - width) > 0:
        spare = [max(0, widths[number] - columns[number].least) if columns[number].cut else 0 for number in shown]
        if sum(spare) >= over:
            _shrink(widths, shown, spare, over)
            break
        leaving = max(shown, key=lambda number: (columns[number].rank, number))
        if not columns[leaving].rank:
            _shrink(widths, shown, spare, over)
            break
        shown.remove(leaving)
    return shown


def _shrink(widths: list[int], shown: Sequence[int], spare: Sequence[int], over: int) -> None:
    """Take what is too much from those that have it to spare, from the last first."""
    for number, cells in reversed(list(zip(shown, spare, strict=True))):
        less = min(over, cells)
        widths[number] -= less
        over -= less


def _total(shown: Sequence[int], widths: Sequence[int]) -> int:
    return sum(widths[number] for number in shown) + len(_GAP) * max(0, len(shown) - 1)


def _line(columns: Sequence[Column], widths: Sequence[int], shown: Sequence[int], row: Sequence[Cell]) -> Text:
    line = Text()
    for place, number in enumerate(shown):
        column, width = columns[number], widths[number]
        cell = shortened(row[number], width, column.cut)
        blank = " " * (width - cell.cell_len)
        line.append(_GAP if place else "")
        line.append_text(Text.assemble(cell, blank) if column.left else Text.assemble(blank, cell))
    line.rstrip()
    return line


def shortened(cell: Cell, width: int, where: str = "end") -> Text:
    """The text in so many cells, with a sign where something is left out."""
    text = cell if isinstance(cell, Text) else Text(cell)
    if text.cell_len <= width:
        return text
    plain = text.plain
    if where == "begin":
        while cell_len(plain) > width - 1:
            plain = plain[1:]
        return Text(f"…{plain}", style=text.style)
    return Text(set_cell_size(plain, max(width - 1, 0)).rstrip() + "…", style=text.style)


def _length(cell: Cell) -> int:
    return cell.cell_len if isinstance(cell, Text) else cell_len(cell)
