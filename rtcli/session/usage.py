"""Tokens, response by response, and rate limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from rtcli.session.ledger import Handler, Ledger


class Usage(Ledger):
    """Tokens, response by response, and rate limits."""

    HANDLERS: ClassVar[Mapping[type, Handler]] = {}
