"""Findings: the schema's about one line, the rules' about events in their session."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from rtcli.rules import (
    answering,
    audio,
    deltas,
    duplicates,
    errors,
    functions,
    interruptions,
    lengths,
    mcp,
    mismatches,
    references,
    requests,
    responses,
    sequence,
    sessions,
    streams,
    timing,
    transcription,
    translation,
    turns,
    usage,
)
from rtcli.rules.check import Check
from rtcli.rules.finding import SEVERITIES, Finding, Severity, Side, at_least
from rtcli.rules.rule import Rule
from rtcli.rules.schema import TITLES

RULES: tuple[Rule, ...] = (
    *sequence.RULES,
    *responses.RULES,
    *requests.RULES,
    *streams.RULES,
    *references.RULES,
    *mismatches.RULES,
    *deltas.RULES,
    *audio.RULES,
    *lengths.RULES,
    *timing.RULES,
    *sessions.RULES,
    *turns.RULES,
    *answering.RULES,
    *interruptions.RULES,
    *functions.RULES,
    *mcp.RULES,
    *errors.RULES,
    *usage.RULES,
    *transcription.RULES,
    *translation.RULES,
    *duplicates.RULES,
)
"""Every rule, family by family."""

DEFAULT: tuple[Rule, ...] = tuple(rule for rule in RULES if rule.tier != "extended")
"""The rules that are on where nothing else is asked for."""


def titles() -> dict[str, str]:
    """The title of every code, of what is said about one line and of every rule."""
    return {code: title for code, (_, title) in TITLES.items()} | {rule.code: rule.title for rule in RULES}


class Codes(Struct, frozen=True):
    """Which findings are wanted, by the beginnings of their codes; without any, those of the usual rules."""

    select: Sequence[str] = ()
    ignore: Sequence[str] = ()

    def want(self, code: str) -> bool:
        """Whether findings with this code are told."""
        return code.startswith(tuple(self.select) or "") and not code.startswith(tuple(self.ignore))

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules to judge by; those marked extended are among them where they are selected."""
        return tuple(rule for rule in (RULES if self.select else DEFAULT) if self.want(rule.code))


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
