"""Findings: the schema's about one line, the rules' about events in their session."""

from __future__ import annotations

from rtcli.rules import audio
from rtcli.rules.check import Check
from rtcli.rules.finding import SEVERITIES, Finding, Severity, Side, at_least
from rtcli.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    Rule("AUD01", "error", audio.not_base64, audio.CARRIERS),
    Rule("AUD02", "warning", audio.half_a_sample, audio.CARRIERS, frozenset({"audio"})),
)

__all__ = ["RULES", "SEVERITIES", "Check", "Finding", "Rule", "Severity", "Side", "at_least"]
