"""Function calls: what was offered, called, and answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from rtcli.session.ledger import Handler, Ledger


class Calls(Ledger):
    """Function calls: what was offered, called, and answered."""

    HANDLERS: ClassVar[Mapping[type, Handler]] = {}
