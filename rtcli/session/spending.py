"""Where the money of a connection went: by response what was new and what was sent again, cached or fresh.

Input is re-sent as far as the response before it in the conversation had taken it in or put it out, by
modality; of audio that was truncated only what was heard counts. That is at most: usage does not tell what a
deletion took away in between. What the usage leaves open is read as the dearest that it can mean, so that
the parts add up to the upper cost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from math import ceil
from sys import maxsize
from typing import Final, Literal, NamedTuple

from msgspec import Struct, field

from rtcli.session.metrics import Metrics
from rtcli.session.prices import Cost, Rates, Reading
from rtcli.session.rows import ResponseRow
from rtcli.session.tokens import Tokens
from rtcli.session.totals import translated_cost

What = Literal["new", "re-sent", "output"]
UNTOLD: Final = "untold"
"""The modality of tokens of which only the number is known."""
_KINDS: Final = ("text", "image", "audio")
_MILLION: Final = 1_000_000
_ENDED_EARLY: Final = frozenset({"cancelled", "incomplete", "failed"})


class Cell(NamedTuple):
    """Tokens that are alike in everything that the price depends on."""

    what: What
    cached: bool
    modality: str
    tokens: int
    usd: float | None
    """None where the model has no price."""


class Spending(Struct):
    """What one response used and cost."""

    response_id: str
    turn: int
    """0 where it belongs to none."""
    line: int
    status: str
    reason: str
    in_conversation: bool
    model: str
    cells: list[Cell]
    cost: Cost | None
    unheard_tokens: int = 0
    """Output that was paid for and not heard."""
    unheard_usd: float | None = None

    @property
    def ended_early(self) -> bool:
        """It was cancelled, or ended for another reason before all was said."""
        return self.status in _ENDED_EARLY


class Transcribed(Struct):
    """What one transcription of the user's audio cost."""

    item_id: str
    turn: int
    line: int
    model: str
    cost: Cost | None


class Bill(Struct):
    """All that a connection used and cost."""

    spendings: list[Spending]
    transcriptions: list[Transcribed]
    translation: Cost | None
    total: Mapping[str, float] = field(default_factory=dict)
    """``low``, ``high`` and ``unpriced``, as the metrics have it; empty where nothing has a price."""

    @property
    def cells(self) -> Iterator[Cell]:
        """Those of all responses."""
        return (cell for one in self.spendings for cell in one.cells)


def bill_of(metrics: Metrics, kept: AbstractSet[str]) -> Bill:
    """What a connection used and cost, response by response."""
    turns = {item: turn.number for turn in metrics.turns for item in turn.item_ids}
    return Bill(
        list(_spendings(metrics)),
        [
            Transcribed(one.item_id, turns.get(one.item_id, 0), one.completed.line, one.model or "", one.cost)
            for one in metrics.transcriptions
            if one.completed is not None
        ],
        translated_cost(metrics, kept),
        metrics.aggregate("cost_usd", kept).parts,
    )


def by_turn_of(bill: Bill) -> dict[int, tuple[list[Spending], list[Transcribed]]]:
    """The responses and the transcriptions of each turn; those of none are under 0."""
    found: dict[int, tuple[list[Spending], list[Transcribed]]] = {}
    for spending in bill.spendings:
        found.setdefault(spending.turn, ([], []))[0].append(spending)
    for transcribed in bill.transcriptions:
        found.setdefault(transcribed.turn, ([], []))[1].append(transcribed)
    return found


def tokens_in(cells: Iterable[Cell], **asked: object) -> int:
    """How many tokens the cells have that are as asked, by name of the field."""
    return sum(cell.tokens for cell in cells if _fits(cell, asked))


def dollars_in(cells: Iterable[Cell], **asked: object) -> float:
    """What the cells cost that are as asked; what has no price counts nothing."""
    return sum(cell.usd or 0.0 for cell in cells if _fits(cell, asked))


def cost_of(costs: Iterable[Cost | None]) -> Cost | None:
    """What those come to that have a price; None where none has."""
    known = [cost for cost in costs if cost is not None]
    return Cost(sum(one.low for one in known), sum(one.high for one in known)) if known else None


def _fits(cell: Cell, asked: Mapping[str, object]) -> bool:
    return all(getattr(cell, name) == value for name, value in asked.items())


def _spendings(metrics: Metrics) -> Iterator[Spending]:
    before = _carried_in(metrics)
    for row in metrics.responses:
        if row.tokens is None:
            continue
        reading = metrics.prices.reading(row.model, row.tokens)
        taken, cached, given = reading[1:] if reading is not None else _as_told(row.tokens)
        # What is asked beside the conversation need not have its context; what is cached was sent before in any case.
        again = cached if row.out_of_band else _again(taken, before)
        yield _spending(row, list(_cells(taken, cached, given, again, reading)))
        if not row.out_of_band:
            left = _left(row, given)
            before = {kind: taken.get(kind, 0) + left.get(kind, 0) for kind in (*_KINDS, UNTOLD)}


def _carried_in(metrics: Metrics) -> dict[str, int]:
    """What the conversation held before: without its beginning anything may have been there, of any size."""
    header = metrics.course.header
    has_beginning = header is None or "start" not in header.cut
    return {} if has_beginning else dict.fromkeys((*_KINDS, UNTOLD), maxsize)


def _left(row: ResponseRow, given: dict[str, int]) -> dict[str, int]:
    """What of the output stays in the conversation: of audio that was truncated, what was heard of it."""
    if row.truncated is None and row.cleared is None:
        return given
    return {**given, "audio": ceil(given.get("audio", 0) * (1 - _unheard_share(row)))}


def _as_told(used: Tokens) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    """Input, the cached part of it, and output, by modality as far as that is told."""
    taken, given = (_placed(used, whole, where) for whole, where in ((used.input, "in"), (used.output, "out")))
    cached = {kind: min(count, taken.get(kind, 0)) for kind, count in _placed(used, used.cached, "cached").items()}
    return taken, cached, given


def _placed(used: Tokens, whole: int | None, where: str) -> dict[str, int]:
    told = {kind: max(0, getattr(used, f"{kind}_{where}", None) or 0) for kind in _KINDS}
    return {**told, UNTOLD: max(0, (whole or 0) - sum(told.values()))}


def _again(taken: Mapping[str, int], before: Mapping[str, int]) -> dict[str, int]:
    """What of the input can have been there before, by modality; what has none told fits any."""
    again = {kind: min(count, before.get(kind, 0)) for kind, count in taken.items()}
    left = {kind: count - again.get(kind, 0) for kind, count in before.items()}
    if taken.get(UNTOLD):
        again[UNTOLD] = min(taken[UNTOLD], again.get(UNTOLD, 0) + sum(left.values()))
        return again
    loose = left.get(UNTOLD, 0)
    for kind in taken:
        more = min(loose, taken[kind] - again[kind])
        again[kind] += more
        loose -= more
    return again


def _cells(
    taken: Mapping[str, int],
    cached: Mapping[str, int],
    given: Mapping[str, int],
    again: Mapping[str, int],
    reading: Reading | None,
) -> Iterator[Cell]:
    """The cells of a response that have any tokens; what is cached is taken for re-sent as far as it can be."""
    for kind, count in taken.items():
        kept, sent = cached.get(kind, 0), again.get(kind, 0)
        warm = min(kept, sent)
        rates = (reading.prices.cached, reading.prices.input) if reading is not None else (None, None)
        yield from _cell("re-sent", True, kind, warm, rates[0])
        yield from _cell("re-sent", False, kind, sent - warm, rates[1])
        yield from _cell("new", True, kind, kept - warm, rates[0])
        yield from _cell("new", False, kind, count - kept - (sent - warm), rates[1])
    for kind, count in given.items():
        yield from _cell("output", False, kind, count, reading.prices.output if reading is not None else None)


def _cell(what: What, cached: bool, kind: str, tokens: int, rates: Rates | None) -> Iterator[Cell]:
    if tokens:
        rate: float | None = getattr(rates, kind, None)
        yield Cell(what, cached, kind, tokens, tokens * rate / _MILLION if rate is not None else None)


def _spending(row: ResponseRow, cells: list[Cell]) -> Spending:
    spent = Spending(
        row.id,
        row.turn,
        row.done.line if row.done is not None else row.line,
        row.status or "",
        row.reason or "",
        not row.out_of_band,
        row.model or "",
        cells,
        row.cost,
    )
    share = _unheard_share(row)
    if share:
        spent.unheard_tokens = round(tokens_in(cells, what="output") * share)
        spent.unheard_usd = dollars_in(cells, what="output") * share if row.cost is not None else None
    return spent


def _unheard_share(row: ResponseRow) -> float:
    """How much of the output nobody heard: all of it where none came, the rest where the user broke in."""
    if (row.interrupted or row.truncated is not None) and row.heard_ms is not None and row.audio_ms:
        return max(0.0, 1 - row.heard_ms / row.audio_ms)
    nothing_came = row.first_audio is None and row.first_text is None and row.first_token is None
    return 1.0 if nothing_came and row.status in _ENDED_EARLY else 0.0
