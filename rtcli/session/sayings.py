"""What was said on a connection, by the ids of its items, in the order of the conversation.

An item goes by its id until that is another's: because it was deleted and its id is free again, or because another
response writes under it. Law: to add, move, rename or take out a saying costs the same however many there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rtcli.session.leaving import Leaving
from rtcli.session.order import Order
from rtcli.session.saying import Kind, Saying, Who
from rtcli.session.writing import Writings


class Sayings(dict[str, Saying]):
    """The sayings; to go through them in the order of the conversation, ask for `in_order`."""

    def __init__(self) -> None:
        super().__init__()
        self.writing = Writings()
        """The text of their parts, under the same names."""
        self.leaving = Leaving()
        self._order = Order()
        self._former: dict[tuple[str, str], str] = {}
        """By response and item the names of those whose ids are others' now."""

    def in_order(self) -> Iterator[Saying]:
        """All of them."""
        return (self[name] for name in self._order)

    def begin(self, name: str, who: Who, kind: Kind, line: int) -> Saying:
        """Another saying, at the end."""
        one = self[name] = Saying(who, kind, line, name)
        self._order.append(name)
        return one

    def place(self, name: str, previous: Any) -> None:
        """Put one behind another that is known; the first of all for ``root``."""
        if previous == "root":
            self._order.move(name, None)
        elif isinstance(previous, str) and previous != name and previous in self:
            self._order.move(name, previous)

    def rename(self, old: str, new: str) -> Saying:
        """One goes by another name from now on, and stands where it stood."""
        one = self[new] = self.pop(old)
        self._order.rename(old, new)
        self.writing.rename(old, new)
        return one

    def remove(self, name: str) -> None:
        """Take one out."""
        del self[name]
        self._order.remove(name)

    def come(self, item_id: str, *, by_client: bool) -> None:
        """An item comes into the conversation, perhaps under the id of one that has left it."""
        if self.leaving.takes(item_id, by_client=by_client):
            self._let_go(item_id)

    def name_in(self, response_id: str, item_id: str) -> str:
        """By what name an item of a response goes."""
        former = self._former.get((response_id, item_id))
        if former is not None:
            return former
        one = self.get(item_id)
        if one is not None and one.response_id not in {"", response_id}:
            self._let_go(item_id)
        return item_id

    def _let_go(self, item_id: str) -> None:
        """What went by an id until now goes by another name."""
        one = self.get(item_id)
        if one is not None:
            name = self._former[one.response_id, item_id] = f"{item_id}\0{one.line}"
            self.rename(item_id, name)
