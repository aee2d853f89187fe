"""What the client asked to be configured, what was refused, and what is in force."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from rtcli.session.ledger import Handler, Ledger


class Settings(Ledger):
    """What the client asked to be configured, what was refused, and what is in force."""

    HANDLERS: ClassVar[Mapping[type, Handler]] = {}
