"""Items that leave the conversation, so that their ids are free for others.

Source: openai-python 3.52.0, ``conversation_item_delete_event.py``; the client may go on before it is answered.
"""

from __future__ import annotations


class Leaving:
    """The ids of items that are deleted, or are to be."""

    def __init__(self) -> None:
        self._asked: set[str] = set()
        self._gone: set[str] = set()
        self._replaced: set[str] = set()
        """Their next deletion is that of an item which another has taken the place of already."""

    def asked(self, item_id: str) -> None:
        """The client wants an item to be deleted."""
        self._asked.add(item_id)

    def left(self, item_id: str) -> None:
        """An item is deleted."""
        self._asked.discard(item_id)
        if item_id in self._replaced:
            self._replaced.discard(item_id)
        else:
            self._gone.add(item_id)

    def takes(self, item_id: str, *, by_client: bool) -> bool:
        """Whether an item that comes now is another than the one of that id before, whose place it takes."""
        if item_id in self._gone:
            self._gone.discard(item_id)
            return True
        if not by_client or item_id not in self._asked:
            return False
        self._asked.discard(item_id)
        self._replaced.add(item_id)
        return True
