"""Findings: the schema's about one line, the rules' about events in their session."""

from __future__ import annotations

from rtcli.rules import (
    audio,
    errors,
    functions,
    mcp,
    sequence,
    sessions,
    transcription,
    translation,
    usage,
)
from rtcli.rules.check import Check
from rtcli.rules.finding import SEVERITIES, Finding, Severity, Side, at_least
from rtcli.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    *sequence.RULES,
    *audio.RULES,
    *sessions.RULES,
    *functions.RULES,
    *mcp.RULES,
    *errors.RULES,
    *usage.RULES,
    *transcription.RULES,
    *translation.RULES,
)
"""Every rule, family by family."""

DEFAULT: tuple[Rule, ...] = tuple(rule for rule in RULES if rule.tier != "extended")
"""The rules that are on where nothing else is asked for."""


def chosen(select: list[str], ignore: list[str]) -> tuple[Rule, ...]:
    """The rules whose codes begin with one of the selected, or the usual ones, without the ignored."""
    rules = [rule for rule in RULES if rule.code.startswith(tuple(select))] if select else DEFAULT
    return tuple(rule for rule in rules if not (ignore and rule.code.startswith(tuple(ignore))))


__all__ = ["DEFAULT", "RULES", "SEVERITIES", "Check", "Finding", "Rule", "Severity", "Side", "at_least", "chosen"]
