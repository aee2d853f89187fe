"""What a call cost, turn by turn: a bar each, parted into what was new, sent again and put out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from rtcli.session.measured import Connection
from rtcli.session.prices import Cost, Prices
from rtcli.session.spending import Bill, Cell, Spending, Transcribed, by_turn_of, cost_of, dollars_in, tokens_in
from rtcli.views.columns import Cell as TableCell
from rtcli.views.columns import Column, room, table
from rtcli.views.cost import dollars, priced
from rtcli.views.measure import plural
from rtcli.views.text import said

_BAR: Final = 24
_WIDEST_BAR: Final = 40
_ROWS_TAKE: Final = 68
"""Cells that the other columns take; what is more is the bar's."""
_PARTS: Final = (
    ("new input", "▓", "+", "cyan"),
    ("re-sent (at most)", "░", ".", "yellow"),
    ("output", "█", "#", "green"),
    ("transcription", "▒", "~", "magenta"),
)
"""What a bar is made of: its sign on a terminal, its sign elsewhere, its colour."""
_NARROWEST: Final = 20


class _Row:
    """One turn, or what belongs to none, with all that was paid in it."""

    def __init__(self, turn: int, line: int, paid: tuple[list[Spending], list[Transcribed]], cost: Cost | None) -> None:
        self.turn, self.line, self.cost = turn, line, cost
        self.cells = [cell for one in paid[0] for cell in one.cells]
        self.transcribed_usd = sum(one.cost.high for one in paid[1] if one.cost is not None)
        self.is_cut = any(one.ended_early for one in paid[0])
        self.unheard = sum(one.unheard_tokens for one in paid[0])

    def parts(self, *, in_dollars: bool) -> tuple[float, ...]:
        """The amounts of a bar, in the order of its parts."""
        amount: Any = dollars_in if in_dollars else tokens_in
        words = ("new", "re-sent", "output")
        return (*(float(amount(self.cells, what=word)) for word in words), self.transcribed_usd if in_dollars else 0.0)


def print_waterfall(console: Console, name: str, paid: Sequence[tuple[Connection, Bill]], prices: Prices) -> None:
    """Print it all, connection by connection."""
    if not paid:
        _put(console, Text.assemble((said(name), "bold"), ": there are no events in it"))
    for number, (connection, bill) in enumerate(paid, 1):
        if number > 1:
            console.print()
        which = f" · connection {number}" if len(paid) > 1 else ""
        _put(console, Text.assemble((said(name), "bold"), which))
        _put(console, Text(said(_header(connection, bill, prices))))
        rows = list(_rows(connection, bill))
        if bill.spendings:
            console.print()
            _print_rows(console, rows, in_dollars=any(cell.usd is not None for cell in bill.cells))
        sums = list(_sums(bill, prices))
        if not sums:
            _put(console, Text("Nothing in it tells of tokens or of minutes that are paid.", style="dim"))
            continue
        console.print()
        for label, told in sums:
            _print_sum(console, label, told)


def _put(console: Console, line: Text) -> None:
    console.print(line, soft_wrap=not console.is_terminal)


def _header(connection: Connection, bill: Bill, prices: Prices) -> str:
    model = connection.config.model or connection.metrics.course.translator or "no model"
    parts = [
        model,
        plural(len(connection.metrics.turns), "turn"),
        plural(len(connection.metrics.responses), "response"),
    ]
    if bill.total:
        cost = Cost(bill.total["low"], bill.total["high"])
        return " · ".join([*parts, priced(cost, int(bill.total["unpriced"]), prices.as_of)])
    if bill.spendings:
        parts.append(f"no price is known for this model (prices of {prices.as_of})")
    return " · ".join(parts)


def _rows(connection: Connection, bill: Bill) -> Iterator[_Row]:
    by_turn = by_turn_of(bill)
    for turn in connection.metrics.turns:
        if turn.number in by_turn:
            yield _Row(turn.number, turn.line, by_turn[turn.number], turn.cost)
    if 0 in by_turn:
        aside = by_turn[0]
        costs = [one.cost for one in aside[0]] + [one.cost for one in aside[1]]
        lines = [one.line for one in aside[0]] + [one.line for one in aside[1]]
        yield _Row(0, min(lines), aside, cost_of(costs))


def _print_rows(console: Console, rows: Sequence[_Row], *, in_dollars: bool) -> None:
    width, has_cost = room(console), any(row.cost is not None for row in rows)
    bar = max(_NARROWEST // 2, min(_WIDEST_BAR, (width or _ROWS_TAKE + _BAR) - _ROWS_TAKE))
    longest = max(sum(row.parts(in_dollars=in_dollars)) for row in rows)
    columns = (
        Column("turn"),
        Column("line", 4),
        Column("cost"),
        Column("so far", 5),
        Column("new", 1),
        Column("re-sent", 1),
        Column("cached", 3),
        Column("text out", 3),
        Column("audio out", 2),
        Column("", left=True),
        Column("", 6, left=True),
    )

    def cells() -> Iterator[list[TableCell]]:
        so_far = 0.0
        for row in rows:
            so_far += row.cost.high if row.cost is not None else 0.0
            scale = bar / longest if longest else 0.0
            yield [
                f"{row.turn}" if row.turn else "–",
                f"{row.line}",
                dollars(row.cost.high) if row.cost is not None else "",
                dollars(so_far) if has_cost else "",
                *_counts(row.cells),
                _bar(row.parts(in_dollars=in_dollars), scale, plain=not console.is_terminal),
                Text(_note(row), style="yellow"),
            ]

    for line in table(columns, cells, width):
        console.print(line, soft_wrap=True)
    console.print(_legend(rows, plain=not console.is_terminal, in_dollars=in_dollars), soft_wrap=True)


def _counts(cells: Sequence[Cell]) -> Iterator[str]:
    yield f"{tokens_in(cells, what='new'):,}"
    yield f"{tokens_in(cells, what='re-sent'):,}"
    yield f"{tokens_in(cells, cached=True):,}"
    yield f"{tokens_in(cells, what='output', modality='text'):,}"
    yield f"{tokens_in(cells, what='output', modality='audio'):,}"


def _bar(parts: Sequence[float], scale: float, *, plain: bool) -> Text:
    """A bar in which every part has its cells; its end is where the sum is, however the parts are rounded."""
    bar, drawn, so_far = Text(), 0, 0.0
    for amount, (_, sign, plain_sign, style) in zip(parts, _PARTS, strict=True):
        so_far += amount
        end = round(so_far * scale)
        bar.append((plain_sign if plain else sign) * (end - drawn), style=style)
        drawn = end
    return bar


def _note(row: _Row) -> str:
    if row.unheard:
        return f"{row.unheard:,} tokens not heard"
    return "cut" if row.is_cut else ""


def _legend(rows: Sequence[_Row], *, plain: bool, in_dollars: bool) -> Text:
    present = [any(amounts) for amounts in zip(*(row.parts(in_dollars=in_dollars) for row in rows), strict=True)]
    told = Text("bars in dollars: " if in_dollars else "bars in tokens: ", style="dim")
    shown = [part for part, is_there in zip(_PARTS, present, strict=True) if is_there]
    for number, (name, sign, plain_sign, style) in enumerate(shown):
        told.append("  " if number else "").append(plain_sign if plain else sign, style=style).append(f" {name}")
    return told


def _sums(bill: Bill, prices: Prices) -> Iterator[tuple[str, str]]:
    """What it comes to, by everything that can be told apart."""
    cells = list(bill.cells)
    taken = [cell for cell in cells if cell.what != "output"]
    given = [cell for cell in cells if cell.what == "output"]
    if taken:
        yield "input", _told(taken)
        yield "", ", ".join(_by_modality(taken))
    again, whole = dollars_in(taken, what="re-sent"), dollars_in(cells)
    if again and whole:
        yield "re-sent", f"{dollars(again)}, {_percent(again, whole)} of what the responses cost"
    if given:
        yield "output", ", ".join(_by_modality(given))
    if any(one.cost is not None and one.cost.low < one.cost.high for one in bill.spendings):
        yield "", "what the usage does not tell is taken for the dearest that it can be"
    early = [one for one in bill.spendings if one.ended_early]
    unheard = sum(one.unheard_tokens for one in bill.spendings)
    if early or unheard:
        yield "cut short", "; ".join(_wasted(bill, early, unheard))
    yield from _beside(bill)
    missing = {one.model for one in bill.spendings if one.cost is None}
    missing |= {one.model for one in bill.transcriptions if one.cost is None}
    if missing:
        names = ", ".join(sorted(name or "a model that is not told" for name in missing))
        yield "no price", f"{names}: price or usage is not known (prices of {prices.as_of}; --prices FILE takes others)"


def _told(taken: Sequence[Cell]) -> str:
    whole, new = tokens_in(taken), tokens_in(taken, what="new")
    again, cached = tokens_in(taken, what="re-sent"), tokens_in(taken, cached=True)
    parts = [
        f"at least {new:,} new, at most {again:,} re-sent ({_percent(again, whole)})" if again else "all of them new"
    ]
    parts.append(f"{cached:,} cached ({_percent(cached, whole)})" if cached else "nothing cached")
    return f"{whole:,} tokens{_paid(taken)}: {', '.join(parts)}"


def _percent(part: float, whole: float) -> str:
    """A share, of which only all is called 100%, and only nothing 0%."""
    share = part / whole
    return "over 99%" if 0.995 <= share < 1 else "under 1%" if 0 < share < 0.005 else f"{share:.0%}"


def _paid(cells: Sequence[Cell]) -> str:
    """What cells cost, behind a blank; nothing is said of those without a price, which are not for nothing."""
    return f" {dollars(dollars_in(cells))}" if any(cell.usd is not None for cell in cells) else ""


def _by_modality(cells: Sequence[Cell]) -> Iterator[str]:
    for kind in ("text", "audio", "image", "untold"):
        mine = [cell for cell in cells if cell.modality == kind]
        if mine:
            cached = tokens_in(mine, cached=True)
            word = "of no told kind" if kind == "untold" else kind
            fresh = f" ({cached:,} cached)" if cached else ""
            yield f"{tokens_in(mine):,} {word}{fresh}{_paid(mine)}"


def _wasted(bill: Bill, early: Sequence[Spending], unheard: int) -> Iterator[str]:
    if early:
        costs = [one.cost.high for one in early if one.cost is not None]
        by_status = sorted({one.status for one in early})
        yield f"{plural(len(early), 'response')} {' or '.join(by_status)}" + (
            f", {dollars(sum(costs))}" if costs else ""
        )
    if unheard:
        lost = [one.unheard_usd for one in bill.spendings if one.unheard_usd is not None]
        given = sum(tokens_in(one.cells, what="output") for one in bill.spendings)
        yield f"{unheard:,} of {given:,} output tokens not heard" + (f", {dollars(sum(lost))}" if lost else "")


def _beside(bill: Bill) -> Iterator[tuple[str, str]]:
    """Transcription and translation."""
    if bill.transcriptions:
        models = ", ".join(sorted({one.model for one in bill.transcriptions if one.model}))
        cost = cost_of(one.cost for one in bill.transcriptions)
        told = _range(cost) if cost is not None else "no price"
        yield "transcripts", f"{len(bill.transcriptions):,} by {models or 'a model that is not told'}: {told}"
    if bill.translation is not None:
        yield "translation", _range(bill.translation)


def _range(cost: Cost) -> str:
    low, high = dollars(cost.low), dollars(cost.high)
    return low if low == high else f"{low} to {high}"


def _print_sum(console: Console, label: str, told: str) -> None:
    head = Text(f"{label:<12}", style="dim")
    if not console.is_terminal:
        console.print(Text.assemble(head, said(told)), soft_wrap=True)
        return
    for line in Text(said(told)).wrap(console, max(console.width - len(head), _NARROWEST)):
        line.rstrip()
        console.print(Text.assemble(head, line), soft_wrap=True)
        head = Text(" " * len(head))
