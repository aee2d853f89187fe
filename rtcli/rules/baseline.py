"""Findings that are known already, so that only new ones are told.

Law: what names a finding is its file, its code, the event's type and the place in the event, never a line, an id
or a word of its message, so that it is known again when the same session is recorded anew. As many as were known are
hidden, and what comes beyond that is told.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Annotated, Final, Literal, NamedTuple

import msgspec
from msgspec import Meta, Struct

from rtcli.rules.finding import Finding

SCHEMA: Final = "rtcli.baseline/1"
_INDEX: Final = re.compile(r"\[\d+\]")
_Count = Annotated[int, Meta(ge=1)]


class _Known(Struct):
    code: str
    type: str
    path: str
    count: _Count


class _Document(Struct):
    schema: Literal["rtcli.baseline/1"]
    files: dict[str, list[_Known]]


class _Key(NamedTuple):
    name: str
    code: str
    type: str
    path: str


class Baseline:
    """What is known, or what becomes known while it is written."""

    def __init__(self, *, learning: bool = False) -> None:
        self._learning = learning
        self._counts: Counter[_Key] = Counter()

    def hides(self, name: str, finding: Finding) -> bool:
        """Whether a finding in the file `name` is known; one that is learned is."""
        key = _Key(name, finding.code, finding.type, _INDEX.sub("[*]", finding.path))
        if self._learning:
            self._counts[key] += 1
            return True
        if not self._counts[key]:
            return False
        self._counts[key] -= 1
        return True

    def text(self) -> str:
        """The document, one place a line, in an order that makes small differences of small changes."""
        files: dict[str, list[str]] = {}
        for key, count in sorted(self._counts.items()):
            entry = {"code": key.code, "type": key.type, "path": key.path, "count": count}
            files.setdefault(key.name, []).append(json.dumps(entry))
        told = ",\n".join(
            f"  {json.dumps(name)}: [\n    " + ",\n    ".join(entries) + "\n  ]" for name, entries in files.items()
        )
        return f'{{"schema": "{SCHEMA}", "files": {{\n{told}\n}}}}\n'

    @staticmethod
    def read(text: str | bytes) -> Baseline:
        """The baseline that a document holds.

        Raises:
            ValueError: it is none, with the reason in words.

        """
        body = json.loads(text)
        schema = body.get("schema") if isinstance(body, dict) else None
        if schema != SCHEMA:
            raise ValueError(f"its schema is {json.dumps(schema)}, not {json.dumps(SCHEMA)}")
        document = msgspec.convert(body, _Document)
        baseline = Baseline()
        for name, entries in document.files.items():
            for entry in entries:
                baseline._counts[_Key(name, entry.code, entry.type, entry.path)] += entry.count
        return baseline
