"""A translation session: whether it is closing, and where its streams are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from rtcli.session.ledger import Handler, Ledger


class Translation(Ledger):
    """A translation session: whether it is closing, and where its streams are."""

    HANDLERS: ClassVar[Mapping[type, Handler]] = {}
