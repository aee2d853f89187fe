"""How much audio went each way, and what moment of the input each append carried."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from rtcli.session.ledger import Handler, Ledger


class Audio(Ledger):
    """How much audio went each way, and what moment of the input each append carried."""

    HANDLERS: ClassVar[Mapping[type, Handler]] = {}
