"""Findings: the schema's about one line, the rules' about events in their session."""

from __future__ import annotations

from rtcli.rules import (
    audio,
    deltas,
    duplicates,
    errors,
    functions,
    mcp,
    references,
    sequence,
    sessions,
    timing,
    transcription,
    translation,
    turns,
    usage,
)
from rtcli.rules.check import Check
from rtcli.rules.finding import SEVERITIES, Finding, Severity, Side, at_least
from rtcli.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    *sequence.RULES,
    *references.RULES,
    *deltas.RULES,
    *audio.RULES,
    *timing.RULES,
    *sessions.RULES,
    *turns.RULES,
    *functions.RULES,
    *mcp.RULES,
    *errors.RULES,
    *usage.RULES,
    *transcription.RULES,
    *translation.RULES,
    *duplicates.RULES,
)
"""Every rule, family by family."""

__all__ = ["RULES", "SEVERITIES", "Check", "Finding", "Rule", "Severity", "Side", "at_least"]
