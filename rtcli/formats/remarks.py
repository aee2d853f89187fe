"""What is to be told of a file that was mended: where, and what."""

from __future__ import annotations

from typing import Final

from msgspec import Struct, field

_TOLD: Final = 20


class Remark(Struct):
    """Something that was mended, or is lost, and where."""

    line: int
    what: str
    count: int = 1


class Remarks(Struct):
    """What is to be told: the first of each, and how many there are."""

    count: int = 0
    told: list[Remark] = field(default_factory=list)

    def add(self, line: int, what: str, *, joined: bool = False) -> None:
        """One more; what happens on every line is told once, with its number."""
        self.count += 1
        same = next((one for one in self.told if one.what == what), None) if joined else None
        if same is not None:
            same.count += 1
        elif len(self.told) < _TOLD:
            self.told.append(Remark(line, what))
