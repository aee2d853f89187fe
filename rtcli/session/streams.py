"""What the deltas of open streams add up to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from rtcli.session.ledger import Handler, Ledger


class Streams(Ledger):
    """What the deltas of open streams add up to."""

    HANDLERS: ClassVar[Mapping[type, Handler]] = {}
