"""Two recordings beside each other, on one screen: a section for each thing that is not the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from statistics import median
from typing import Final

from rich.console import Console
from rich.text import Text

from rtcli.script.account import Account
from rtcli.script.difference import CallPair, Comparison, Difference, TurnPair
from rtcli.script.tally import Latency, Used
from rtcli.views.cost import dollars, tokens_used
from rtcli.views.measure import duration, plural
from rtcli.views.text import said
from rtcli.views.unlike import change, count_events, folded, line_of, turn_of_one
from rtcli.views.worded import worded

_LINES_SHOWN: Final = 12
_TEXT_SHOWN: Final = 2000
_NARROWEST: Final = 20
_SECTIONS: Final = ("configuration", "events", "transcripts", "tokens")
_SPANS: Final = {"first_output_ms": "first output", "done_ms": "done", "tool_ms": "tools"}


class ComparisonView:
    """Prints a comparison; ``-`` is what only the first recording has, ``+`` what only the second has."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def print(self, names: tuple[str, str], accounts: tuple[Account, Account], compared: Comparison) -> None:
        """Print it all; one line, where nothing is different."""
        if compared.same:
            self._console.print(_the_same(accounts[0], compared), soft_wrap=True)
            return
        for mark, name, account in zip("-+", names, accounts, strict=True):
            self._set_in(0, Text.assemble((f"{mark} ", "bold"), said(name), "  ", (_size(account), "dim")))
        for number, call in enumerate(compared.calls, 1):
            if len(compared.calls) > 1 and _has_something(call, compared):
                self._console.print(Text(f"\nconnection {number}", style="bold"))
            self._print_call(call, compared)
        self._console.print()
        self._set_in(0, Text(_verdict(compared), style="yellow"))

    def _print_call(self, call: CallPair, compared: Comparison) -> None:
        by_section = _by_section(call)
        self._section("configuration", _configuration(by_section["configuration"]))
        self._section("events", _events(by_section["events"], call.turns))
        self._section("transcripts", _transcripts(call.turns) if by_section["transcripts"] else ())
        self._section("latency", _latency(call.turns, compared))
        self._section("tokens", _tokens(call, by_section["tokens"]))
        self._section("cost", _cost(call))

    def _section(self, title: str, rows: Iterable[tuple[int, Text]]) -> None:
        for number, (indent, row) in enumerate(rows):
            if not number:
                self._console.print()
                self._console.print(Text(title, style="bold"))
            self._set_in(indent, row)

    def _set_in(self, indent: int, row: Text) -> None:
        """Print a paragraph at a distance from the margin, without spaces behind its lines."""
        width = max(self._console.width - indent, _NARROWEST)
        for line in row.wrap(self._console, width, overflow="fold"):
            line.rstrip()
            self._console.print(Text(" " * indent).append_text(line), soft_wrap=True)


Rows = Iterator[tuple[int, Text]]
"""Lines with how far they are set in."""


def _the_same(account: Account, compared: Comparison) -> Text:
    told = Text.assemble(("the same", "green"), f": {_size(account)}")
    pairs = [one for call in compared.calls for turn in call.turns for one in turn.latencies[:1]]
    if pairs:
        before, after = median(one.a_ms for one in pairs), median(one.b_ms for one in pairs)
        told.append(f"; {_SPANS[pairs[0].name]} after {duration(before)} and {duration(after)}")
    return told


def _size(account: Account) -> str:
    turns = sum(len(call.measured.metrics.turns) for call in account.calls)
    return f"{plural(turns, 'turn')}, {plural(account.events, 'event')} with deltas folded"


def _has_something(call: CallPair, compared: Comparison) -> bool:
    return bool(call.differences) or any(turn in call.turns for turn, _ in compared.slower)


def _verdict(compared: Comparison) -> str:
    """How much is different, counted as it is shown."""
    settings = events = said_by = turns = 0
    for call in compared.calls:
        by_section = _by_section(call)
        settings += len(list(_configuration(by_section["configuration"])))
        events += count_events(by_section["events"])
        said_by += len(list(_transcripts(call.turns))) if by_section["transcripts"] else 0
        turns += len(_unlike(call)) if by_section["tokens"] else 0
    counted = ((settings, "setting"), (events, "event"), (said_by, "transcript"))
    parts = [plural(count, what) for count, what in counted if count]
    sections = {one.section for one in compared.differences}
    if "tokens" in sections:
        parts.append(f"the tokens of {plural(turns, 'turn')}" if turns else "tokens")
    if compared.slower:
        parts.append(f"{len(compared.slower)} latenc{'y' if len(compared.slower) == 1 else 'ies'}")
    return f"different: {', '.join(parts or sorted(sections))}"


def _by_section(call: CallPair) -> dict[str, list[Difference]]:
    return {section: [one for one in call.differences if one.section == section] for section in _SECTIONS}


def _configuration(differences: list[Difference]) -> Rows:
    """Each setting once, however many events repeat it; what was asked for, where it did not come into force."""
    in_force = [one.path for one in differences if one.sender == "server"]
    told = set()
    for one in differences:
        asked = one.sender == "client"
        if asked and any(_is_within(one.path, path) or _is_within(path, one.path) for path in in_force):
            continue
        shown = change(one)
        if shown.plain not in told:
            told.add(shown.plain)
            yield 2, Text.assemble(("asked for: ", "dim"), shown) if asked else shown


def _is_within(path: str, other: str) -> bool:
    return path == other or path.startswith((f"{other}.", f"{other}["))


def _events(differences: list[Difference], turns: list[TurnPair]) -> Rows:
    """By turn; a turn that one recording has not is told in a line."""
    pairs = {(turn.a, turn.b): turn for turn in turns}
    for place, group in groupby(differences, key=lambda one: (one.turn_a, one.turn_b)):
        ones, turn = list(group), pairs[place]
        if turn.a is None or turn.b is None:
            yield 2, turn_of_one(turn, ones)
            continue
        yield 2, Text(_turn_name(turn), style="bold")
        lines = folded(ones)
        for line in lines[:_LINES_SHOWN]:
            yield 4, line_of(line)
        if len(lines) > _LINES_SHOWN:
            more = count_events(ones) - count_events(chain.from_iterable(lines[:_LINES_SHOWN]))
            what = f"{plural(more, 'more event')}" if more else "more of these"
            yield 4, Text(f"and {what}: --json tells them all", style="dim")


def _turn_name(turn: TurnPair) -> str:
    if not turn.a and not turn.b:
        return "outside of turns"
    return f"turn {turn.a}" if turn.a == turn.b else f"turn {turn.a} and turn {turn.b}"


def _transcripts(turns: list[TurnPair]) -> Rows:
    for turn in turns:
        if turn.a is None or turn.b is None:
            continue
        for side, before, after in zip(turn.words_a._fields, turn.words_a, turn.words_b, strict=True):
            if before != after:
                head = Text(f"{_turn_name(turn)}, {side}: ", style="bold")
                yield 2, Text.assemble(head, _cut(worded(" ".join(before), " ".join(after))))


def _cut(text: Text) -> Text:
    """The text, or the beginning of a long one."""
    if len(text) <= _TEXT_SHOWN:
        return text
    return text[:_TEXT_SHOWN].append(" … (--json tells it all)", style="dim")


def _latency(turns: list[TurnPair], compared: Comparison) -> Rows:
    """What differs by a millisecond or more, and what is further apart than is tolerated."""
    for turn in turns:
        parts = [
            _slower(one, counts=_counts_as_different(one, compared))
            for one in turn.latencies
            if duration(one.a_ms) != duration(one.b_ms) or _counts_as_different(one, compared)
        ]
        if parts:
            yield 2, Text.assemble(f"{_turn_name(turn)}: ", Text(", ").join(parts))


def _counts_as_different(one: Latency, compared: Comparison) -> bool:
    return compared.tolerance_ms is not None and one.apart_ms > compared.tolerance_ms


def _slower(one: Latency, *, counts: bool) -> Text:
    before, after = duration(one.a_ms), duration(one.b_ms)
    if before == after:
        before, after = f"{one.a_ms:.3f} ms", f"{one.b_ms:.3f} ms"
    told = f"{_SPANS[one.name]} {before} → {after}"
    return Text(told + (" (more than is tolerated)" if counts else ""), style="yellow" if counts else "")


def _tokens(call: CallPair, differences: list[Difference]) -> Rows:
    if not differences:
        return
    for turn in _unlike(call):
        yield 2, Text(f"{_turn_name(turn)}: {_used(turn.used_a)} → {_used(turn.used_b)}")
    if _numbers(call.used_a) != _numbers(call.used_b):
        yield 2, Text(f"in all: {_used(call.used_a)} → {_used(call.used_b)}")
    else:
        for line in folded(differences)[:_LINES_SHOWN]:
            yield 2, line_of(line)


def _unlike(call: CallPair) -> list[TurnPair]:
    """The turns of both recordings that took other numbers of tokens."""
    return [turn for turn in call.turns if turn.a and turn.b and _numbers(turn.used_a) != _numbers(turn.used_b)]


def _numbers(used: Used) -> tuple[int | None, ...]:
    return used.input_tokens, used.cached_tokens, used.output_tokens


def _used(used: Used) -> str:
    told = tokens_used(used.input_tokens, used.cached_tokens, used.output_tokens).removeprefix("tokens: ")
    return told or "not told"


def _cost(call: CallPair) -> Rows:
    before, after = _paid(call.used_a), _paid(call.used_b)
    if before != after:
        yield 2, Text(f"{before} → {after}")


def _paid(used: Used) -> str:
    if used.cost_usd is None:
        return "not known"
    low, high = dollars(used.cost_usd.low), dollars(used.cost_usd.high)
    more = f", {plural(used.unpriced, 'part')} without a price" if used.unpriced else ""
    return (low if low == high else f"{low} to {high}") + more
