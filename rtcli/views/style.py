"""Colours and signs: who speaks, how it ended, how grave it is."""

from __future__ import annotations

from typing import Final

USER: Final = "cyan"
MODEL: Final = "green"
TOOL: Final = "yellow"
ERROR: Final = "red"
WARNING: Final = "yellow"
QUIET: Final = "dim"
SYSTEM: Final = "blue"

STATUS: Final[dict[str, tuple[str, str]]] = {
    "completed": ("✓", MODEL),
    "failed": ("✗", f"bold {ERROR}"),
    "cancelled": ("⊘", "magenta"),
    "incomplete": ("◐", "magenta"),
    "in_progress": ("…", QUIET),
}
SEVERITIES: Final[dict[str, tuple[str, str]]] = {"error": ("✗", ERROR), "warning": ("⚠", WARNING), "info": ("·", QUIET)}
ITEM_KINDS: Final[dict[str, tuple[str, str]]] = {
    "function_call": ("call", TOOL),
    "function_call_output": ("output", TOOL),
    "mcp_call": ("MCP call", TOOL),
    "mcp_list_tools": ("MCP tools", TOOL),
    "mcp_approval_request": ("MCP approval asked", TOOL),
    "mcp_approval_response": ("MCP approval", TOOL),
    "": ("item", QUIET),
}
ROLES: Final = {"user": USER, "assistant": MODEL, "system": SYSTEM}
