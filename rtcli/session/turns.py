"""The user's turns as the server hears them, and whether each was answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from rtcli.session.ledger import Handler, Ledger


class Turns(Ledger):
    """The user's turns as the server hears them, and whether each was answered."""

    HANDLERS: ClassVar[Mapping[type, Handler]] = {}
