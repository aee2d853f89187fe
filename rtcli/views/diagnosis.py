"""What went wrong in a call, on one screen: how it went, the causes, what was slow, what was waited for."""

from __future__ import annotations

from collections import Counter
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from rtcli.causes.case import Case, Connection
from rtcli.causes.cause import Cause
from rtcli.causes.slow import Slow
from rtcli.views.cost import priced, tokens_used
from rtcli.views.findings import STYLES
from rtcli.views.measure import plural
from rtcli.views.text import said

CAUSES_SHOWN: Final = 5
_LINES_SHOWN: Final = 6
_WAITS_SHOWN: Final = 5
_CODES_SHOWN: Final = 8


def print_diagnosis(console: Console, name: str, case: Case, slow: list[Slow]) -> None:
    """Print it all; a few lines, where nothing was wrong."""
    console.print(Text(said(name), style="bold"), soft_wrap=True)
    for connection in case.connections:
        console.print(_header(connection))
        used = _used(connection)
        if used:
            console.print(Text(said(used), style="dim"))
    if not case.causes:
        console.print(_all_is_well(case, slow))
    for number, cause in enumerate(case.causes[:CAUSES_SHOWN], 1):
        console.print()
        _print_cause(console, number, cause)
    if len(case.causes) > CAUSES_SHOWN:
        console.print()
        more = plural(len(case.causes) - CAUSES_SHOWN, "more cause")
        console.print(Text(f"{more}: rtcli validate {said(name)}", style="dim"))
    _print_ends(console, case, slow)


def _all_is_well(case: Case, slow: list[Slow]) -> Text:
    events = sum(connection.events for connection in case.connections)
    remarks = sum(case.by_code.values())
    told = Text.assemble(("Nothing went wrong", "green"), f" in {plural(events, 'event')}")
    if not slow and not any(connection.waits for connection in case.connections):
        told.append("; nothing was slow, and nothing is being waited for")
    if remarks:
        told.append(f" ({plural(remarks, 'remark')}: rtcli validate)")
    return told.append(".")


def _header(connection: Connection) -> Text:
    parts = [connection.model, connection.dialect + (f" ({connection.vendor})" if connection.vendor else "")]
    parts += [span(connection.duration_s), plural(connection.turns, "turn"), ended(connection)]
    return Text(" · ".join(said(part) for part in parts if part))


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
    head = Table.grid(padding=(0, 2, 0, 0))
    title = Text.assemble((f"{cause.severity}: ", style), (said(cause.title), "bold"), often)
    head.add_row(Text(str(number), style="bold"), title)
    console.print(head)
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("   where", Text(_where(cause)))
    for label, text in (("shown by", cause.evidence), ("effect", cause.effect), ("side", side(cause.side))):
        if text:
            table.add_row(f"   {label}", Text(said(text)))
    if cause.remedy:
        table.add_row("   fix", Text(said(cause.remedy), style="green"))
    also = _also(cause)
    if also:
        table.add_row("   also", Text(also, style="dim"))
    console.print(table)


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
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for number, one in enumerate(slow):
        table.add_row("" if number else "slow", Text(said(one.sentence)))
    for number, wait in enumerate(waits[:_WAITS_SHOWN]):
        since = f", since line {wait.line}" if wait.line else ""
        table.add_row("" if number else "waiting", Text(f"the {wait.by} waits for {said(wait.what)}{since}"))
    if len(waits) > _WAITS_SHOWN:
        table.add_row("", Text(f"and {len(waits) - _WAITS_SHOWN} more"))
    console.print(table)
