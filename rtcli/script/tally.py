"""What a turn and a connection took: time, tokens, money. None where it cannot be known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from msgspec import Struct

from rtcli.script.account import Call
from rtcli.session.prices import Cost
from rtcli.session.rows import At, TurnRow, ms_between


class Latency(Struct, frozen=True):
    """One stretch of time in a turn, in both recordings."""

    name: str
    a_ms: float
    b_ms: float

    @property
    def apart_ms(self) -> float:
        """How far they are apart."""
        return abs(self.a_ms - self.b_ms)


class Used(Struct, frozen=True):
    """Tokens and what they cost."""

    input_tokens: int | None = None
    cached_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: Cost | None = None
    unpriced: int = 0
    """What has a usage and no price."""


class _Spans(NamedTuple):
    first_output_ms: float | None = None
    """From the end of the user's input to the first text or audio."""
    done_ms: float | None = None
    """From there to the end of the last response."""
    tool_ms: float | None = None


def latencies(a: TurnRow | None, b: TurnRow | None) -> Iterator[Latency]:
    """What can be measured in both."""
    if a is not None and b is not None:
        for name, a_ms, b_ms in zip(_Spans._fields, _spans(a), _spans(b), strict=True):
            if a_ms is not None and b_ms is not None:
                yield Latency(name, a_ms, b_ms)


def _spans(row: TurnRow) -> _Spans:
    ended = row.stopped or row.commit or row.asked or row.created
    return _Spans(
        ms_between(ended, _earlier(row.first_text, row.first_audio)), ms_between(ended, row.done), row.tool_ms
    )


def _earlier(one: At | None, other: At | None) -> At | None:
    return min((moment for moment in (one, other) if moment is not None), default=None)


def used_in_turn(row: TurnRow | None) -> Used:
    """What the responses of a turn used."""
    if row is None:
        return Used()
    return Used(row.input_tokens, row.cached_tokens, row.output_tokens, row.cost, row.unpriced)


def used_in_all(call: Call) -> Used:
    """What a connection used."""
    measured = call.measured
    parts = measured.metrics.aggregate("tokens", measured.kept).parts
    taken, cached, given = (int(parts[name]) if name in parts else None for name in ("input", "cached", "output"))
    cost = measured.metrics.aggregate("cost_usd", measured.kept).parts
    if not cost:
        return Used(taken, cached, given)
    return Used(taken, cached, given, Cost(cost["low"], cost["high"]), int(cost["unpriced"]))
