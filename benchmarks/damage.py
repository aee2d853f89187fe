"""Copies of a recording in which every event has a fault, and what another validator is to check."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Change = Callable[[dict[str, Any], int], None]


def every_line_bad(path: Path) -> Path:
    """A value of the wrong type in every event, another one in each."""

    def change(event: dict[str, Any], number: int) -> None:
        event["event_id"] = number

    return _changed(path, "bad", change)


def every_line_strange(path: Path) -> Path:
    """The same field that the schema does not have in every event."""

    def change(event: dict[str, Any], number: int) -> None:
        event["vendor_field"] = number

    return _changed(path, "strange", change)


def _changed(path: Path, name: str, change: Change) -> Path:
    """The copy, made where it is not there or older than the recording."""
    copy = path.with_suffix(f".{name}.jsonl")
    if copy.exists() and copy.stat().st_mtime > path.stat().st_mtime:
        return copy
    with path.open("rb") as file, copy.open("wb") as made:
        for number, line in enumerate(file):
            record = json.loads(line)
            if "event" in record:
                change(record["event"], number)
            made.write(json.dumps(record, separators=(",", ":")).encode() + b"\n")
    return copy


def schema_of_lines(schema: dict[str, Any], path: Path) -> Path:
    """The JSON Schema of an event, put around the line that holds it, so that all check the same file."""
    dialect = {"$ref": f"#/$defs/{schema['title'].rpartition(' ')[2]}"}
    line = {"$schema": schema["$schema"], "type": "object", "properties": {"event": dialect}, "$defs": schema["$defs"]}
    path.write_text(json.dumps(line))
    return path


def lines_in(path: Path) -> int:
    """How many lines a recording has."""
    with path.open("rb") as file:
        return sum(1 for _ in file)
