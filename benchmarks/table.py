"""The table: what was measured, how it compares, what the goal is, and whether it is met."""

from __future__ import annotations

import operator
import re
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

WIDTHS = (47, 12, 12, 8)
GOAL_WIDTH = 19
_KEPT = {"≤": operator.le, "≥": operator.ge, "<": operator.lt, ">": operator.gt}
_GOAL = re.compile(r"(?P<sign>[≤≥<>]) (?P<limit>[\d./]+)")


@dataclass(frozen=True)
class Row:
    """One line: values of every round in a unit, a figure to judge, and the goal for it.

    The goal says what the figure is: a ratio (``≤ 1.5×``, ``≤ 1/15 its memory``), or a value in the unit.
    """

    name: str
    values: Sequence[float] = ()
    unit: str = ""
    figure: float | None = None
    goal: str = ""
    remark: str = ""

    @property
    def median(self) -> float | None:
        """The middle of the rounds."""
        return statistics.median(self.values) if self.values else None

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where there is none, or nothing to judge."""
        found = _GOAL.match(self.goal)
        if found is None or self.figure is None:
            return None
        dividend, _, divisor = found["limit"].partition("/")
        limit = float(dividend) / float(divisor or 1)
        return bool(_KEPT[found["sign"]](self.figure, limit))

    def as_json(self) -> dict[str, Any]:
        """Everything, for programs."""
        return {
            "name": self.name,
            "unit": self.unit,
            "values": list(self.values),
            "median": self.median,
            "figure": self.figure,
            "goal": self.goal or None,
            "met": self.met,
            "remark": self.remark or None,
        }


def shown(value: float, unit: str) -> str:
    """A value with its unit, in about three digits."""
    if unit == "s" and value < 1:
        value, unit = value * 1000, "ms"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f} {unit}".rstrip()


def ratio_of(value: float) -> str:
    """A ratio; small ones as a fraction."""
    if 0 < value < 0.1:
        return f"1/{1 / value:.0f}"
    return f"{value:.2f}×" if value < 10 else f"{value:.0f}×"


def line(row: Row) -> str:
    """One row as text."""
    median = "" if row.median is None else shown(row.median, row.unit)
    spread = "" if len(row.values) < 2 else shown(max(row.values) - min(row.values), row.unit)
    is_ratio = not row.goal or "×" in row.goal or "/" in row.goal
    figure = "" if row.figure is None or not is_ratio else ratio_of(row.figure)
    verdict = {True: "met", False: "missed", None: ""}[row.met]
    cells = "".join(f"{cell:>{wide}}" for cell, wide in zip((median, spread, figure), WIDTHS[1:], strict=True))
    return f"{'  ' + row.name:{WIDTHS[0]}}{cells}   {row.goal:{GOAL_WIDTH}}{verdict:6}  {row.remark}".rstrip()


def heading(title: str) -> str:
    """The line above a part of the table."""
    cells = "".join(f"{cell:>{wide}}" for cell, wide in zip(("median", "spread", "ratio"), WIDTHS[1:], strict=True))
    return f"{title:{WIDTHS[0]}}{cells}   goal"


def text(parts: Iterable[tuple[str, Sequence[Row]]]) -> str:
    """The whole table."""
    return "\n\n".join("\n".join([heading(title), *map(line, rows)]) for title, rows in parts if rows)


def quotient(above: Sequence[float], below: Sequence[float]) -> float | None:
    """How many times as large: the median over the rounds in which both ran, each round by itself.

    None where what is divided by is nothing, or less, which is noise.
    """
    if min(below) <= 0:
        return None
    return statistics.median(a / b for a, b in zip(above, below, strict=False))
