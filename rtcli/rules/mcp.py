"""MCP: MCP servers and their tools."""

from __future__ import annotations

from typing import Final

from rtcli.rules.rule import Rule

RULES: Final[tuple[Rule, ...]] = ()
