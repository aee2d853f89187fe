"""MCP servers, their listings, calls and approvals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from rtcli.session.ledger import Handler, Ledger


class Mcp(Ledger):
    """MCP servers, their listings, calls and approvals."""

    HANDLERS: ClassVar[Mapping[type, Handler]] = {}
