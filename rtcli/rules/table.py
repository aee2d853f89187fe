"""The table of all rules, family by family."""

from __future__ import annotations

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
    outputs,
    references,
    requests,
    responses,
    seeds,
    sequence,
    sessions,
    settings,
    streams,
    timing,
    transcription,
    translation,
    turns,
    usage,
)
from rtcli.rules.rule import Rule
from rtcli.rules.schema import TITLES

_BY_MODULE = (
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
    *settings.RULES,
    *seeds.RULES,
    *turns.RULES,
    *answering.RULES,
    *interruptions.RULES,
    *functions.RULES,
    *outputs.RULES,
    *mcp.RULES,
    *errors.RULES,
    *usage.RULES,
    *transcription.RULES,
    *translation.RULES,
    *duplicates.RULES,
)
_FAMILIES = list(dict.fromkeys(rule.code[:3] for rule in _BY_MODULE))

RULES: tuple[Rule, ...] = tuple(sorted(_BY_MODULE, key=lambda rule: (_FAMILIES.index(rule.code[:3]), rule.code)))
"""Every rule, family by family."""

DEFAULT: tuple[Rule, ...] = tuple(rule for rule in RULES if rule.tier != "extended")
"""The rules that are on where nothing else is asked for."""


def titles() -> dict[str, str]:
    """The title of every code, of what is said about one line and of every rule."""
    return {code: title for code, (_, title) in TITLES.items()} | {rule.code: rule.title for rule in RULES}
