"""Limits that a recording is held to, and the verdict on each.

A gate is broken by a value over its limit. What cannot be judged is told apart and is never taken for kept:
a recording without times, or too few values for a percentile where one of them is over the limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Final, Literal, NamedTuple

from msgspec import Struct

from rtcli.session.context import Need
from rtcli.session.measured import Connection
from rtcli.session.measures import METRICS
from rtcli.session.metric import LEAST_VALUES, Metric, percentile
from rtcli.session.rows import TurnRow
from rtcli.session.stages import TTFA

Verdict = Literal["kept", "broken", "not judged"]
_LACKING: Final[dict[str, str]] = {
    "times": "the recording has no times",
    "client": "the client's events are not in the recording",
    "audio": "the audio in the recording is not whole",
    "websocket": "the audio does not travel on the recorded connection",
    "lossless": "frames are missing in the recording",
}


class Gate(Struct, frozen=True):
    """A limit as it was asked for."""

    option: str
    """Such as ``--max-ttfa``."""
    told: str
    """The limit as it was written."""
    limit: float
    metric: str
    share: int | None = None
    """The percentile that is held to the limit; None where each value is."""

    @property
    def name(self) -> str:
        """The option with its value."""
        return f"{self.option} {self.told}"


class Sample(NamedTuple):
    """One turn's value, or that it has none."""

    connection: int
    turn: int
    line: int
    value: float | None


class Judged(Struct):
    """What became of a gate."""

    gate: Gate
    verdict: Verdict
    why: str
    """In a few words."""
    samples: list[Sample] = []
    value: float | None = None
    """What is held to the limit where that is one number: a percentile, or a count."""
    lines: list[int] = []
    """Those that break it."""

    @property
    def over(self) -> list[Sample]:
        """The values over the limit."""
        return [one for one in self.samples if one.value is not None and one.value > self.gate.limit]

    @property
    def without(self) -> list[Sample]:
        """Turns that have no such value."""
        return [one for one in self.samples if one.value is None]


def judge(gate: Gate, connections: Sequence[Connection]) -> Judged:
    """The verdict on a gate by all connections of a recording."""
    if gate.metric == "errors":
        return _errors(gate, connections)
    metric = TTFA if gate.metric == TTFA.id else METRICS[gate.metric]
    samples = [one for number, its in enumerate(connections, 1) for one in _samples(metric, number, its)]
    ranked = sorted(one.value for one in samples if one.value is not None)
    judged = Judged(gate, "kept", "", samples)
    if not ranked:
        judged.verdict, judged.why = "not judged", _why_none(metric, connections)
    elif gate.share is None or len(ranked) < LEAST_VALUES:
        _each(judged, ranked)
    else:
        _spread(judged, ranked, gate.share)
    judged.lines = [one.line for one in judged.over] if judged.verdict != "kept" else []
    return judged


def _samples(metric: Metric, number: int, connection: Connection) -> list[Sample]:
    found = []
    for turn in connection.metrics.turns:
        known = metric.needs <= connection.kept and metric.measure is not None
        value = metric.measure(turn) if known and metric.measure is not None else None
        line = value.line if value is not None else turn.line
        found.append(Sample(number, turn.number, line, value.value if value is not None else None))
    return found


def _why_none(metric: Metric, connections: Sequence[Connection]) -> str:
    lacking = lacks(metric.needs, connections)
    if lacking:
        return lacking
    turns: list[TurnRow] = [turn for connection in connections for turn in connection.metrics.turns]
    return "no turn has such a time" if turns else "there are no turns in it"


def lacks(needs: AbstractSet[Need], connections: Sequence[Connection]) -> str:
    """Why no connection can be relied on for these needs; empty where one can."""
    if any(needs <= connection.kept for connection in connections):
        return ""
    missing = [need for need in _LACKING if need in needs and not any(need in one.kept for one in connections)]
    return _LACKING[missing[0]] if missing else ""


def _each(judged: Judged, ranked: Sequence[float]) -> None:
    """Each value is held to the limit; of few values no percentile is over it where none of them is."""
    over, count = len(judged.over), len(ranked)
    if not over:
        judged.why = f"at most {_longest(ranked)} in {count} turn{'s' * (count != 1)}"
    elif judged.gate.share is None:
        judged.verdict = "broken"
        judged.why = f"{over} of {count} turn{'s' * (count != 1)} took longer, at worst {_longest(ranked)}"
    else:
        judged.verdict = "not judged"
        judged.why = f"{count} value{'s' * (count != 1)} make no percentile, and {over} of them took longer"


def _spread(judged: Judged, ranked: Sequence[float], share: int) -> None:
    judged.value = percentile(ranked, share)
    assert judged.value is not None
    judged.verdict = "broken" if judged.value > judged.gate.limit else "kept"
    judged.why = f"p{share} is {judged.value:,.0f} ms, of {len(ranked)} turns"


def _longest(ranked: Sequence[float]) -> str:
    return f"{ranked[-1]:,.0f} ms"


def _errors(gate: Gate, connections: Sequence[Connection]) -> Judged:
    """Errors that the server told, and responses that failed; those that only say that the client was late do not count."""
    counts = [connection.metrics.aggregate("error_count", connection.kept) for connection in connections]
    count = sum(one.total or 0.0 for one in counts)
    judged = Judged(gate, "kept", f"{count:,.0f} error{'s' * (count != 1)}", value=count)
    if count > gate.limit:
        judged.verdict = "broken"
        judged.lines = [line for connection in connections for line in connection.metrics.course.error_lines]
    elif not connections or any("lossless" not in connection.kept for connection in connections):
        judged.verdict, judged.why = "not judged", _LACKING["lossless"] if connections else "there is no event in it"
    return judged
