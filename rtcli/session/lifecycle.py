"""Responses, their items and parts: what is open, what is done, and what the client still waits for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from rtcli.session.ledger import Handler, Ledger


class Lifecycle(Ledger):
    """Responses, their items and parts: what is open, what is done, and what the client still waits for."""

    HANDLERS: ClassVar[Mapping[type, Handler]] = {}
