"""Events of beta whose type begins with ``conversation`` and whose items are beta's."""

from __future__ import annotations

from rtcli.events import conversation
from rtcli.events.beta.objects import Item


class ItemCreate(conversation.ItemCreate, tag="conversation.item.create"):
    """The client adds an item; ``conversation.item.created`` follows, or an error."""

    item: Item


class ItemCreated(conversation.ItemAdded, tag="conversation.item.created"):
    """An item stands in the conversation, whoever made it.

    Realtime has two events for it: ``conversation.item.added`` and ``conversation.item.done``.
    """

    item: Item


class ItemRetrieved(conversation.ItemRetrieved, tag="conversation.item.retrieved"):
    """The item that the client asked for, as the server keeps it."""

    item: Item
