"""Rows for spreadsheets: comma-separated, with a line of names on top.

A cell that a spreadsheet would take for a formula gets an apostrophe before it; numbers stay numbers.
Source: OWASP, "CSV Injection": cells that begin with ``=``, ``+``, ``-``, ``@``, a tab or a line break.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TextIO

from rtcli.reports.json import written
from rtcli.reports.report import visible

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write_table(out: TextIO, fields: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write the named fields of each row."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(fields)
    for row in rows:
        writer.writerow([cell(row.get(name)) for name in fields])


def cell(value: Any) -> str:
    """The value as a cell; empty where it is not known."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    text = visible(value if isinstance(value, str) else written(value))
    return f"'{text}" if text.lstrip().startswith(_FORMULA) or text.startswith(_FORMULA) else text
