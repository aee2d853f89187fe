"""A table by class, in which a class stands for those that extend it.

What has been looked up for a class is kept for it: a server that adds fields makes the few classes
that have learned them, and then there are no more.
"""

from __future__ import annotations

from typing import TypeVar

V = TypeVar("V")


class ByClass(dict[type, V]):
    """Values by class. A class that is not in it has that of the nearest class that it extends."""

    def __missing__(self, kind: type) -> V:
        for base in kind.__mro__[1:]:
            if base in self:
                value = self[kind] = self[base]
                return value
        raise KeyError(kind)
