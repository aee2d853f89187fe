"""Names in a row, where any can be put behind any other.

Law: to put, move, rename or take out a name costs the same however many there are.
"""

from __future__ import annotations

from collections.abc import Iterator


class Order:
    """The row. No name is in it twice; what is said of one that is not in it raises."""

    def __init__(self) -> None:
        self._next: dict[str | None, str | None] = {None: None}
        """By name the one behind it; None is the end, and what stands before the first."""
        self._before: dict[str | None, str | None] = {None: None}

    def __iter__(self) -> Iterator[str]:
        name = self._next[None]
        while name is not None:
            yield name
            name = self._next[name]

    def append(self, name: str) -> None:
        """Put a new name at the end."""
        self._put(name, self._before[None])

    def move(self, name: str, before: str | None) -> None:
        """Put a name behind another; with None, before all."""
        if self._before[name] != before:
            self.remove(name)
            self._put(name, before)

    def rename(self, old: str, new: str) -> None:
        """Put a new name into the place of an old one."""
        self._put(new, old)
        self.remove(old)

    def remove(self, name: str) -> None:
        """Take a name out."""
        before, behind = self._before.pop(name), self._next.pop(name)
        self._next[before], self._before[behind] = behind, before

    def _put(self, name: str, before: str | None) -> None:
        behind = self._next[before]
        self._next[before] = self._before[behind] = name
        self._before[name], self._next[name] = before, behind
