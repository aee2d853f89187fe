"""The turns of a call on a screen: a row of times each, its words below, then how the times are spread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from rtcli.session.config import at
from rtcli.session.gates import Judged
from rtcli.session.prices import Cost, Prices
from rtcli.session.rows import TurnRow
from rtcli.session.spoken import Spoken, Words, tools_by_turn
from rtcli.session.spread import spreads
from rtcli.session.stages import STAGES, beginning, offsets_ms
from rtcli.views.columns import Cell, Column, room, shortened, table
from rtcli.views.cost import dollars, priced, tokens_used
from rtcli.views.measure import clock, duration, plural
from rtcli.views.text import said

WORDS_KEPT: Final = 240
"""How many characters of one text are kept for the screen."""
_TOOLS_SHOWN: Final = 3
_LINES_SHOWN: Final = 8
_INDENT: Final = 6
_NAMED: Final = 8
"""Cells that the name of a side and the gap behind it take."""
_STAGES: Final = {
    "speech_end": ("speech", 7),
    "stopped": ("stopped", 9),
    "committed": ("commit", 8),
    "created": ("created", 5),
    "first_text": ("text", 4),
    "first_audio": ("audio", 0),
    "done": ("done", 1),
}
_COLUMNS: Final = (
    Column("turn"),
    Column("line", 1),
    Column("at", 3),
    Column("from", 6, left=True),
    *(Column(title, rank) for title, rank in _STAGES.values()),
    Column("tok. in", 6),
    Column("out", 6),
    Column("cost", 2),
    Column("", 2, left=True, cut="end"),
)
_FROM: Final = {"stopped": "stopped", "commit": "commit", "asked": "asked", "committed": "commit", "created": "created"}
_SPREAD: Final = (
    Column("", left=True, cut="end"),
    Column("n", 2),
    Column("p50"),
    Column("p95"),
    Column("worst"),
    Column("line", 1),
)
_SEMANTIC: Final = "semantic_vad does not tell how long it waited: speech ends where it says so"
_NAMES: Final = {"voice_to_voice": "Voice to voice (end of speech)"}
"""What a measure is called here, by the name of its gate, where its title does not have that."""
_VERDICTS: Final = {"kept": ("kept", "green"), "broken": ("broken", "bold red"), "not judged": ("not judged", "yellow")}


def print_turns(
    console: Console, name: str, connections: Sequence[Spoken], gates: Sequence[Judged], prices: Prices
) -> None:
    """Print it all."""
    width = room(console)
    for number, connection in enumerate(connections, 1):
        if number > 1:
            console.print()
        which = f" · connection {number}" if len(connections) > 1 else ""
        _put(console, Text.assemble((said(name), "bold"), which))
        _put(console, _header(connection, prices))
        _print_rows(console, connection, width)
    if not connections:
        _put(console, Text.assemble((said(name), "bold"), ": there are no events in it"))
    _print_spread(console, connections, width)
    print_gates(console, gates)


def _put(console: Console, line: Text) -> None:
    console.print(line, soft_wrap=not console.is_terminal)


def _header(connection: Spoken, prices: Prices) -> Text:
    used = connection.metrics.aggregate("tokens", connection.kept).parts
    counts = [int(used[name]) if name in used else None for name in ("input", "cached", "output")]
    cost = connection.metrics.aggregate("cost_usd", connection.kept).parts
    model = connection.config.model or at(connection.metrics.course.beside, "model") or ""
    parts = [str(model), plural(len(connection.metrics.turns), "turn"), tokens_used(*counts)]
    if cost:
        parts.append(priced(Cost(cost["low"], cost["high"]), int(cost["unpriced"]), prices.as_of))
    return Text(said(" · ".join(part for part in parts if part)))


def _print_rows(console: Console, connection: Spoken, width: int | None) -> None:
    turns = connection.metrics.turns
    if not turns:
        _put(console, Text(_why_none(connection), style="dim"))
        return
    tools = tools_by_turn(connection)

    def rows() -> Iterator[list[Cell]]:
        for turn in turns:
            yield _row(connection, turn, tools.get(turn.number, []))

    console.print()
    timed = any(beginning(turn) is not None for turn in turns)
    caption = "times in ms from the end of the user's turn" if timed else "the recording has no times"
    console.print(Text(caption, style="dim"), soft_wrap=True)
    lines = table(_COLUMNS, rows, width)
    console.print(next(lines), soft_wrap=True)
    for turn, line in zip(turns, lines, strict=True):
        console.print(line, soft_wrap=True)
        words = _words(connection.said.of(turn.number), width)
        if words:
            console.print(words, soft_wrap=True)
    if any(turn.semantic and turn.speech_end is not None for turn in turns):
        console.print(Text(_SEMANTIC, style="dim"), soft_wrap=True)


def _why_none(connection: Spoken) -> str:
    if connection.metrics.course.beside is not None:
        return "It has no turns: audio goes both ways without a break in such a session."
    return "It has no turns." if connection.config.type else "It has no turns: no session begins in it."


def _row(connection: Spoken, turn: TurnRow, tools: list[str]) -> list[Cell]:
    begun, offsets = beginning(turn), offsets_ms(turn, connection.kept)
    answers = connection.config.type != "transcription"
    return [
        f"{turn.number}",
        f"{turn.line}",
        clock(begun[1].t).strip() if begun else "",
        _FROM.get(begun[0], begun[0]) if begun else "",
        *(_ms(offsets[name]) for name in STAGES),
        f"{turn.input_tokens:,}" if turn.input_tokens is not None else "",
        f"{turn.output_tokens:,}" if turn.output_tokens is not None else "",
        dollars(turn.cost.high) if turn.cost is not None else "",
        Text(", ".join(_notes(turn, tools, answers=answers)), style="yellow"),
    ]


def _ms(ms: float | None) -> str:
    return "" if ms is None else f"{ms:,.0f}"


def _notes(turn: TurnRow, tools: list[str], *, answers: bool) -> Iterator[str]:
    if turn.interrupted:
        yield "interrupted"
    if turn.began == "timeout":
        yield "idle timeout"
    if tools:
        names = list(dict.fromkeys(tools))
        more = f" and {len(names) - _TOOLS_SHOWN} more" if len(names) > _TOOLS_SHOWN else ""
        yield f"called {', '.join(said(name) for name in names[:_TOOLS_SHOWN])}{more}"
    if turn.unopened:
        yield "beginning not recorded"
    elif not turn.response_ids and answers:
        yield "no response"


def _words(words: Words, width: int | None) -> Text | None:
    """Both sides on one line, each with its share of it."""
    sides = [("user", "cyan", " ".join(words.user)), ("model", "green", " ".join(filter(None, words.model)))]
    told = [(name, style, said(text)) for name, style, text in sides if text]
    if not told:
        return None
    shares = _shares([cell_len(text) for _, _, text in told], width)
    parts = [
        Text.assemble((f"{name} ", "dim"), shortened(Text(text, style=style), share))
        for (name, style, text), share in zip(told, shares, strict=True)
    ]
    return Text(" " * _INDENT).append_text(Text("  ").join(parts))


def _shares(needed: Sequence[int], width: int | None) -> Sequence[int]:
    """How many cells each side gets: what one does not need is the other's."""
    if width is None:
        return needed
    left = max(width - _INDENT - _NAMED * len(needed), _INDENT * len(needed))
    if len(needed) == 1 or sum(needed) <= left:
        return [left if len(needed) == 1 else need for need in needed]
    first = min(needed[0], max(left // 2, left - needed[1]))
    return [first, left - first]


def _print_spread(console: Console, connections: Sequence[Spoken], width: int | None) -> None:
    found = list(spreads(connections))
    if not found:
        return

    def rows() -> Iterator[list[Cell]]:
        for metric, one in found:
            spread = [duration(value) if value is not None else "–" for value in (one.p50, one.p95)]
            worst = [duration(one.worst.value), f"{one.worst.line}"] if one.worst is not None else ["", ""]
            yield [_NAMES.get(metric.id, metric.title), f"{one.n:,}", *spread, *worst]

    console.print()
    for line in table(_SPREAD, rows, width):
        console.print(line, soft_wrap=True)
    if any(one.p50 is None for _, one in found):
        console.print(Text("– fewer than 5 values make no percentile", style="dim"), soft_wrap=True)


def print_gates(console: Console, gates: Sequence[Judged]) -> None:
    """Print the verdict on each gate, a line each, with the lines that break it."""
    if gates:
        console.print()
    for one in gates:
        _put(console, gate_line(one))


def gate_line(one: Judged) -> Text:
    """What became of a gate, and where."""
    word, style = _VERDICTS[one.verdict]
    shown = ", ".join(f"{line}" for line in one.lines[:_LINES_SHOWN])
    more = f" and {len(one.lines) - _LINES_SHOWN} more" if len(one.lines) > _LINES_SHOWN else ""
    where = f" (line{'s' if len(one.lines) > 1 else ''} {shown}{more})" if one.lines else ""
    missing = len(one.without)
    without = f"; {plural(missing, 'turn')} without" if missing and len(one.without) < len(one.samples) else ""
    return Text.assemble((f"{word:<10}", style), f"  {said(one.gate.name)}: {one.why}{where}{without}")
