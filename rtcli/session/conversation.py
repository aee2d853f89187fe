"""Which items the session has: announced, added, deleted, and by whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from rtcli.session.ledger import Handler, Ledger


class Conversation(Ledger):
    """Which items the session has: announced, added, deleted, and by whom."""

    HANDLERS: ClassVar[Mapping[type, Handler]] = {}
