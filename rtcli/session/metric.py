"""What a metric is, and how its values are put together.

Percentiles are those of the nearest rank, and with fewer than five values there are none. A metric needs
what `rtcli.session.context.Need` calls by the same name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import ceil
from typing import Any, Final, Literal, NamedTuple

from msgspec import Struct

from rtcli.session.context import Need
from rtcli.session.rows import (
    CallRow,
    McpRow,
    ResponseRow,
    SpeechRow,
    TranscriptionRow,
    TurnRow,
    UpdateRow,
)

LEAST_VALUES: Final = 5
"""With fewer values there are no percentiles."""

Row = CallRow | McpRow | ResponseRow | SpeechRow | TranscriptionRow | TurnRow | UpdateRow
Spread = Literal["percentiles", "session", "sum"]


class Value(NamedTuple):
    """One value of a metric, and the line that completes what is measured."""

    value: float
    line: int


class Aggregate(NamedTuple):
    """The values of a metric put together."""

    values: Sequence[Value]
    """In the order of the recording."""
    n: int
    p50: float | None
    p95: float | None
    worst: Value | None
    total: float | None
    parts: Mapping[str, float]
    """What the value of a whole session is made of."""


Measure = Callable[[Any], Value | None]


class Metric(Struct, frozen=True):
    """What one metric is, and what it takes to know it."""

    id: str
    title: str
    unit: str
    needs: frozenset[Need]
    aggregate: Spread = "percentiles"
    worst: Literal["most", "least"] = "most"
    rows: str = ""
    """Where the rows are that it is read off; empty where it is one of the session."""
    measure: Measure | None = None

    @property
    def row_type(self) -> type:
        """What its rows are."""
        return _ROW_TYPES[self.rows]


def aggregated(metric: Metric, values: Sequence[Value], parts: Mapping[str, float]) -> Aggregate:
    """The values of a metric, spread and summed up."""
    ranked = sorted(value.value for value in values)
    pick = max if metric.worst == "most" else min
    return Aggregate(
        values,
        len(values),
        percentile(ranked, 50),
        percentile(ranked, 95),
        pick(values, key=lambda value: value.value) if values else None,
        sum(ranked) if ranked else None,
        parts,
    )


def percentile(ranked: Sequence[float], share: int) -> float | None:
    """The percentile of sorted values by the nearest rank; None where they are too few to say."""
    if len(ranked) < LEAST_VALUES:
        return None
    return ranked[ceil(len(ranked) * share / 100) - 1]


_ROW_TYPES: Final[Mapping[str, type]] = {
    "updates": UpdateRow,
    "turns": TurnRow,
    "speeches": SpeechRow,
    "responses": ResponseRow,
    "calls": CallRow,
    "mcp": McpRow,
    "transcriptions": TranscriptionRow,
}
