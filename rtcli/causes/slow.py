"""What was slow in a call: the measures that a user feels, where they are worse than calls in order have them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from msgspec import Struct

from rtcli.causes.case import Case
from rtcli.causes.cause import seconds
from rtcli.session.context import Need
from rtcli.session.measures import Aggregate
from rtcli.session.metrics import Metrics

SHOWN: Final = 4
_MS: Final = 1000


class Limit(NamedTuple):
    """From when on a measure is slow."""

    metrics: tuple[str, ...]
    """The first of these that can be measured."""
    what: str
    ms: float


LIMITS: Final = (
    Limit(
        ("voice_to_voice", "stop_to_first_audio", "commit_to_first_audio"), "first audio after the user's turn", 3000
    ),
    Limit(("created_to_first_text",), "first text of a response", 3000),
    Limit(("tool_client_ms",), "a tool's own time", 3000),
    Limit(("tool_server_ms",), "from a tool's output to the next response", 2000),
    Limit(("barge_in_to_done", "barge_in_to_cleared"), "stopping when the user interrupts", 1000),
    Limit(("barge_in_to_truncate",), "truncating when the user interrupts", 1000),
    Limit(("dry_ms",), "a player without audio", 250),
    Limit(("transcription_lag",), "a transcript after its turn", 5000),
    Limit(("mcp_call_ms",), "a call of an MCP tool", 5000),
    Limit(("mcp_list_ms",), "the listing of an MCP server's tools", 5000),
    Limit(("append_gap_max",), "a gap in the microphone's audio", 2000),
    Limit(("update_ms",), "an update of the session", 2000),
    Limit(("connect_ms",), "connecting", 3000),
)
"""What is looked at, and the limits. Source: two thirds of measured answers begin within 2 s of the end of
speech, the wait of turn detection among it; the limits leave room for reasoning models."""


_WHAT: Final = {"voice_to_voice": "first audio after the end of the user's speech"}
"""What is told of a measure that is counted from elsewhere than the others of its limit."""


class Slow(Struct):
    """One measure that was worse than it should be."""

    metric: str
    sentence: str
    value_ms: float
    line: int
    count: int
    over: float
    """By which factor it is over the limit."""


def slow_parts(case: Case) -> list[Slow]:
    """What was slow, the worst first."""
    found = [
        one
        for metrics, connection in zip(case.metrics, case.connections, strict=True)
        for one in _of(metrics, frozenset(connection.kept))
    ]
    return sorted(found, key=lambda one: -one.over)[:SHOWN]


def _of(metrics: Metrics, kept: frozenset[Need]) -> Iterator[Slow]:
    for limit in LIMITS:
        for metric in limit.metrics:
            measured = metrics.aggregate(metric, kept)
            if not measured.n:
                continue
            worst = measured.worst
            if worst is not None and worst.value > limit.ms:
                told = _sentence(_WHAT.get(metric, limit.what), measured)
                yield Slow(metric, told, worst.value, worst.line, measured.n, worst.value / limit.ms)
            break


def _sentence(what: str, measured: Aggregate) -> str:
    assert measured.worst is not None
    worst = f"{what}: {seconds(measured.worst.value / _MS)} in line {measured.worst.line}"
    if measured.n == 1:
        return worst
    usual = f"median {seconds(measured.p50 / _MS)} of {measured.n}" if measured.p50 is not None else ""
    return f"{worst}, the worst of {measured.n}" if not usual else f"{worst}, {usual}"
