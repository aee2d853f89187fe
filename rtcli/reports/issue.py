"""A diagnosis as Markdown for an issue tracker: what happened, why, the lines that show it, the versions.

Nothing that came from a recording can be Markdown, mention anybody, or close a block: it stands in code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from rtcli.causes.case import Case, Connection
from rtcli.causes.cause import Cause

CAUSES_SHOWN: Final = 5
LINES_SHOWN: Final = 3
_CHARACTERS_SHOWN: Final = 400
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]{120,}={0,2}")
_TICKS: Final = re.compile(r"`+")


def lines_wanted(cases: Iterable[Case]) -> list[set[int]]:
    """By case the lines that are shown."""
    return [
        {line for cause in case.causes[:CAUSES_SHOWN] for line in sorted(cause.lines)[:LINES_SHOWN]} for case in cases
    ]


def issue(calls: Iterable[tuple[str, Case, Mapping[int, str]]], versions: Mapping[str, str]) -> str:
    """The text: for each call its name, its case, and the lines that are shown, by number."""
    parts: list[str] = []
    for name, case, lines in calls:
        parts += _call(name, case, lines)
    parts += ["### Versions", "", *(f"- {key}: {code(value)}" for key, value in versions.items()), ""]
    return "\n".join(parts)


def _call(name: str, case: Case, lines: Mapping[int, str]) -> list[str]:
    parts = [f"## Call {code(name)}", ""]
    parts += [f"- {_summed_up(connection)}" for connection in case.connections[:CAUSES_SHOWN]]
    parts.append("")
    if not case.causes:
        return [*parts, "Nothing went wrong that `rtcli doctor` knows of.", ""]
    for number, cause in enumerate(case.causes[:CAUSES_SHOWN], 1):
        parts += _cause(number, cause, lines)
    more = len(case.causes) - CAUSES_SHOWN
    return [*parts, f"{more} more: see `doctor.txt` in the bundle.", ""] if more > 0 else parts


def _summed_up(connection: Connection) -> str:
    told = [code(connection.model) if connection.model else "", connection.dialect, connection.vendor]
    if connection.duration_s is not None:
        told.append(f"{connection.duration_s:.1f} s")
    told.append(f"{connection.turns} turn{'' if connection.turns == 1 else 's'}")
    if connection.close_line:
        reason = f" {code(connection.close_reason)}" if connection.close_reason else ""
        told.append(f"closed by the {connection.closed_by or 'peer'}, {connection.close_code}{reason}")
    return ", ".join(part for part in told if part)


def _cause(number: int, cause: Cause, lines: Mapping[int, str]) -> list[str]:
    often = f" ({cause.count} times)" if cause.count > 1 else ""
    parts = [f"### {number}. {plain(cause.title)}{often}", "", f"{cause.severity}, side: {cause.side}", ""]
    parts += [f"- {label}: {code(text)}" for label, text in (("shown by", cause.evidence),) if text]
    parts += [f"- {label}: {plain(text)}" for label, text in (("effect", cause.effect), ("fix", cause.remedy)) if text]
    shown = [line for line in sorted(cause.lines)[:LINES_SHOWN] if line in lines]
    if shown:
        parts += ["", *block("\n".join(f"{line}: {_brief(lines[line])}" for line in shown))]
    return [*parts, ""]


def block(text: str) -> list[str]:
    """A block of code that nothing in it can end."""
    fence = "`" * max(3, 1 + max(map(len, _TICKS.findall(text)), default=0))
    return [f"{fence}text", _visible(text, kept="\n"), fence]


def code(text: str) -> str:
    """A span of code that nothing in it can end."""
    ticks = "`" * (1 + max(map(len, _TICKS.findall(text)), default=0))
    room = " " if len(ticks) > 1 or text[:1] in (" ", "`") or text[-1:] in (" ", "`") else ""
    return f"{ticks}{room}{_visible(text)}{room}{ticks}" if text else "–"


def plain(text: str) -> str:
    """Text in which nothing is Markdown, a reference or a mention."""
    escaped = re.sub(r"([\\`*_\[\]<>#|~!])", r"\\\1", _visible(text))
    return escaped.replace("@", "&#64;")


def _brief(line: str) -> str:
    short = _BASE64.sub(lambda run: f"<{len(run[0])} characters of base64>", line.strip())
    return short if len(short) <= _CHARACTERS_SHOWN else f"{short[:_CHARACTERS_SHOWN]}…"


def _visible(text: str, kept: str = "") -> str:
    return "".join(c if c.isprintable() or c in kept else c.encode("unicode_escape").decode() for c in text)
