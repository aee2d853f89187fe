"""Findings: the schema's about one line, the rules' about events in their session.

The rules, and what judges by them, are loaded when they are asked for: they are a fifth of a start, and the schema
alone needs none of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from rtcli.rules.codes import Codes
from rtcli.rules.finding import SEVERITIES, Finding, Severity, Side, at_least
from rtcli.rules.schema import TITLES

if TYPE_CHECKING:
    from rtcli.rules.check import Check
    from rtcli.rules.rule import Rule
    from rtcli.rules.table import DEFAULT, RULES, titles

_HOMES: Final = {"Check": "check", "DEFAULT": "table", "RULES": "table", "Rule": "rule", "titles": "table"}
"""In which module stands what is loaded when it is asked for."""


def __getattr__(name: str) -> Any:
    """What is loaded when it is asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


__all__ = [
    "DEFAULT",
    "RULES",
    "SEVERITIES",
    "TITLES",
    "Check",
    "Codes",
    "Finding",
    "Rule",
    "Severity",
    "Side",
    "at_least",
    "titles",
]
