"""What went wrong in a call, on one screen: how it went, the causes, what was slow, what was waited for."""

from __future__ import annotations

from collections import Counter
from typing import Final

from rich.console import Console
from rich.text import Text

from rtcli.causes.case import Case, Connection
from rtcli.causes.cause import Cause
from rtcli.causes.slow import Slow
from rtcli.session.context import Need
from rtcli.views.cost import priced, tokens_used
from rtcli.views.findings import STYLES
from rtcli.views.measure import plural
from rtcli.views.text import said

CAUSES_SHOWN: Final = 5
_CONNECTIONS_SHOWN: Final = 4
_LINES_SHOWN: Final = 6
_WAITS_SHOWN: Final = 5
_CODES_SHOWN: Final = 8
_TEXT_SHOWN: Final = 300
_NARROWEST: Final = 20


def print_diagnosis(console: Console, name: str, case: Case, slow: list[Slow]) -> None:
    """Print it all; three lines, where nothing was wrong."""
    whole = not console.is_terminal
    one = case.connections[0] if len(case.connections) == 1 and not case.causes else None
    used = _used(one) if one else ""
    title = Text.assemble((said(name), "bold"), (f" · {said(used)}" if used else "", "dim"))
    console.print(title, soft_wrap=whole)
    for connection in case.connections[:_CONNECTIONS_SHOWN]:
        console.print(_header(connection), soft_wrap=whole)
        used = "" if one else _used(connection)
        if used:
            console.print(Text(said(used), style="dim"), soft_wrap=whole)
    hidden = len(case.connections[_CONNECTIONS_SHOWN:]) + case.more_connections
    if hidden:
        console.print(Text(f"and {plural(hidden, 'more connection')}", style="dim"))
    if not case.causes:
        console.print(_all_is_well(case, slow), soft_wrap=whole)
    for number, cause in enumerate(case.causes[:CAUSES_SHOWN], 1):
        console.print()
        _print_cause(console, number, cause)
    if len(case.causes) > CAUSES_SHOWN:
        console.print()
        more = plural(len(case.causes) - CAUSES_SHOWN, "more cause")
        console.print(Text(f"{more}: rtcli validate {said(name)}", style="dim"), soft_wrap=whole)
    _print_ends(console, case, slow)


def _all_is_well(case: Case, slow: list[Slow]) -> Text:
    """That nothing was wrong, and of speed and of waiting what the recording can tell."""
    events = case.check.events
    if not events:
        return Text("There are no events in it, and nothing to judge.")
    remarks = sum(case.by_code.values())
    told = Text.assemble(("Nothing went wrong", "green"), f" in {plural(events, 'event')}")
    waits = any(connection.waits for connection in case.connections)
    parts = ["nothing was slow"] if not slow and _all_keep(case, "times") else []
    parts += ["nothing is waited for"] if not waits and _all_keep(case, "lossless") else []
    if parts:
        told.append(f"; {', and '.join(parts)}")
    if remarks:
        told.append(f" ({plural(remarks, 'remark')}: rtcli validate)")
    return told.append(".")


def _all_keep(case: Case, need: Need) -> bool:
    return all(need in connection.kept for connection in case.connections)


def _header(connection: Connection) -> Text:
    parts = [connection.model, connection.dialect + (f" ({connection.vendor})" if connection.vendor else "")]
    parts += [span(connection.duration_s), plural(connection.turns, "turn"), ended(connection)]
    return Text(" · ".join(_brief(part) for part in parts if part))


def _used(connection: Connection) -> str:
    """What a call used and cost; empty where neither is known."""
    parts = [tokens_used(connection.input_tokens, connection.cached_tokens, connection.output_tokens)]
    if connection.cost_usd is not None:
        parts.append(priced(connection.cost_usd, connection.unpriced, connection.prices_as_of))
    return " · ".join(part for part in parts if part)


def span(seconds: float | None) -> str:
    """How long a call took: ``4.2 s``, ``1 min 12 s``, ``59 min``."""
    if seconds is None:
        return ""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if rest and minutes < 30 else f"{minutes} min"


def ended(connection: Connection) -> str:
    """How a connection ended, and who closed it."""
    if not connection.close_line:
        return "the recording ends without a close"
    code = "without a code" if connection.close_code is None else str(connection.close_code)
    reason = f" {connection.close_reason}" if connection.close_reason else ""
    by = f"closed by the {connection.closed_by}" if connection.closed_by else "closed"
    return f"{by} ({code}{reason})"


def _print_cause(console: Console, number: int, cause: Cause) -> None:
    style = STYLES[cause.severity]
    often = f" ({cause.count} times)" if cause.count > 1 else ""
    title = Text.assemble((f"{cause.severity}: ", style), (_brief(cause.title), "bold"), often)
    _print_row(console, Text(f"{number}  ", style="bold"), title)
    _print_row(console, _label("where"), Text(_where(cause)))
    for label, text in (("shown by", cause.evidence), ("effect", cause.effect), ("side", side(cause.side))):
        if text:
            _print_row(console, _label(label), Text(_brief(text)))
    if cause.remedy:
        _print_row(console, _label("fix"), Text(_brief(cause.remedy), style="green"))
    also = _also(cause)
    if also:
        _print_row(console, _label("also"), Text(also, style="dim"))


def _label(word: str) -> Text:
    return Text(f"   {word:<9}", style="dim")


def _print_row(console: Console, label: Text, text: Text) -> None:
    """A label and what it says, broken into lines that stand below each other."""
    width = max(console.width - len(label), _NARROWEST)
    for line in text.wrap(console, width) or [Text()]:
        line.rstrip()
        console.print(Text.assemble(label, line), soft_wrap=True)
        label = Text(" " * len(label))


def _brief(text: str) -> str:
    """What may be a peer's words, shortened on the screen only."""
    return said(text if len(text) <= _TEXT_SHOWN else f"{text[:_TEXT_SHOWN]}…")


def _where(cause: Cause) -> str:
    shown = ", ".join(str(line) for line in sorted(cause.lines[:_LINES_SHOWN]))
    more = f" and {len(cause.lines) - _LINES_SHOWN} more" if len(cause.lines) > _LINES_SHOWN else ""
    at = f" ({cause.at_s:.1f} s into the call)" if cause.at_s is not None else ""
    return f"line{'s' if len(cause.lines) > 1 else ''} {shown}{more}{at}"


def side(name: str) -> str:
    """Whose side a cause is on, in a few words."""
    return "" if name == "unknown" else f"the {name}'s"


def _also(cause: Cause) -> str:
    codes = Counter(finding.code for finding in cause.consequences if finding.code != cause.name)
    told = [f"{code} ({count})" if count > 1 else code for code, count in codes.most_common(_CODES_SHOWN)]
    return ", ".join(told) + (", …" if len(codes) > _CODES_SHOWN else "")


def _print_ends(console: Console, case: Case, slow: list[Slow]) -> None:
    """What was slow, and what was being waited for."""
    waits = [wait for connection in case.connections for wait in connection.waits]
    if not slow and not waits:
        return
    console.print()
    rows = [("slow", one.sentence) for one in slow]
    for wait in waits[:_WAITS_SHOWN]:
        since = f", since line {wait.line}" if wait.line else ""
        rows.append(("waiting", f"the {wait.by} waits for {_brief(wait.what)}{since}"))
    more = len(waits[_WAITS_SHOWN:]) + sum(connection.more_waits for connection in case.connections)
    if more:
        rows.append(("waiting", f"and {more:,} more"))
    before = ""
    for word, text in rows:
        _print_row(console, Text(f"{'' if word == before else word:<8}", style="bold"), Text(said(text)))
        before = word
