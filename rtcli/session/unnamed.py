"""Items that the client sent without an id, until the server shows them with one.

Law: of items that are alike, the one that was sent first is shown first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Container
from typing import Any


class Unnamed:
    """Such items, by the names that they have meanwhile."""

    def __init__(self) -> None:
        self._alike: dict[tuple[str, str], deque[str]] = {}

    def sent(self, item: Any, name: str) -> None:
        """The client sent an item."""
        self._alike.setdefault(_likeness(item), deque()).append(name)

    def shown(self, item: Any, known: Container[str]) -> str | None:
        """The name that an item has had until now; of none that was refused since, and is not `known` any more."""
        waiting = self._alike.get(_likeness(item))
        while waiting:
            name = waiting.popleft()
            if name in known:
                return name
        return None


def _likeness(item: Any) -> tuple[str, str]:
    return str(type(item).__struct_config__.tag), getattr(item, "call_id", "") or getattr(item, "role", "") or ""
