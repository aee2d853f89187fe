"""How the times of a recording are spread: its connections' values of each metric put together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rtcli.session.measured import Connection
from rtcli.session.measures import METRICS
from rtcli.session.metric import Aggregate, Metric, Value, aggregated
from rtcli.session.stages import TTFA

TOLD: Final[tuple[Metric, ...]] = (
    TTFA,
    *(
        METRICS[name]
        for name in (
            "voice_to_voice",
            "vad_delay",
            "stop_to_created",
            "request_to_created",
            "created_to_first_text",
            "created_to_first_audio",
            "duration",
            "tool_client_ms",
            "tool_round_trip",
            "barge_in_to_done",
            "barge_in_to_truncate",
            "transcription_lag",
        )
    ),
)
"""What is told of the turns as a whole, in this order."""


def spreads(connections: Sequence[Connection]) -> Iterator[tuple[Metric, Aggregate]]:
    """Each metric that has a value, with how its values are spread over all connections."""
    for metric in TOLD:
        values = [value for connection in connections for value in values_of(metric, connection)]
        if values:
            yield metric, aggregated(metric, values, {})


def values_of(metric: Metric, connection: Connection) -> list[Value]:
    """The values of a metric of single rows, be it one of the protocol's or this program's own."""
    if metric.id in METRICS:
        return connection.metrics.of(metric.id, connection.kept)
    if metric.measure is None or not metric.needs <= connection.kept:
        return []
    measured = (metric.measure(row) for row in getattr(connection.metrics, metric.rows))
    return [value for value in measured if value is not None]
