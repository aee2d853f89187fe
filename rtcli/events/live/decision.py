"""Events of a GPT-Live session whose type begins with ``decision``: questions to the Decision API."""

from __future__ import annotations

from msgspec import UNSET

from rtcli.events.event import ClientEvent, Maybe, ServerEvent
from rtcli.events.live.configuration import Delta
from rtcli.events.live.decisions import Completed, Item, StoredItem
from rtcli.events.live.event import LiveEvent


class Create(ClientEvent, tag="decision.create"):
    """The client asks the configured questions now; ``decision.event`` follows. The ``event_id`` is needed."""

    event_id: str


class ItemCreate(ClientEvent, tag="decision.item.create"):
    """The client adds something to decide about; ``decision.item.created`` follows."""

    item: Item


class ItemDelete(ClientEvent, tag="decision.item.delete"):
    """The client takes it away again; ``decision.item.deleted`` follows."""

    item_id: str


class DecisionEvent(ServerEvent, tag="decision.event"):
    """The answers to questions that the client, a delegation or a trigger asked."""

    event: Completed
    delegation_id: Maybe[str] = UNSET
    source_event_id: Maybe[str] = UNSET
    source_event_type: Maybe[Delta] = UNSET
    trigger_id: Maybe[str] = UNSET


class ItemCreated(LiveEvent, tag="decision.item.created"):
    """The item is there."""

    item: StoredItem


class ItemDeleted(LiveEvent, tag="decision.item.deleted"):
    """The item is gone."""

    item_id: str
