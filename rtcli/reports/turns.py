"""The turns of a recording for programs: ``{"schema": "rtcli.turns/1", …}``, or a row a turn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from rtcli.session.gates import Judged
from rtcli.session.metric import Aggregate
from rtcli.session.rows import TurnRow, ms_between
from rtcli.session.spoken import Spoken, tools_by_turn
from rtcli.session.spread import spreads
from rtcli.session.stages import STAGES, TTFA, beginning, offsets_ms, reached

SCHEMA: Final = "rtcli.turns/1"
COLUMNS: Final = (
    "connection",
    "turn",
    "line",
    "began",
    "at_s",
    "measured_from",
    *(f"{name}_ms" for name in STAGES),
    "ttfa_ms",
    "voice_to_voice_ms",
    "semantic",
    "speech_ms",
    "interrupted",
    "tools",
    "tool_ms",
    "input_tokens",
    "cached_tokens",
    "output_tokens",
    "cost_usd",
    "user",
    "model",
)
"""The columns of the table; `turn_rows` says what they hold."""


def turns(name: str, connections: Sequence[Spoken], gates: Sequence[Judged]) -> dict[str, Any]:
    """The document: by connection the turns with their stages, then how the times are spread, and the gates."""
    return {
        "schema": SCHEMA,
        "file": name,
        "connections": [
            {
                "connection": number,
                "model": connection.config.model,
                "session_id": connection.config.session_id,
                "kept": sorted(connection.kept),
                "turns": list(_turns(connection)),
            }
            for number, connection in enumerate(connections, 1)
        ],
        "spread": [_spread(metric.id, metric.title, metric.unit, one) for metric, one in spreads(connections)],
        "gates": [_gate(one) for one in gates],
    }


def _turns(connection: Spoken) -> Iterator[dict[str, Any]]:
    tools = tools_by_turn(connection)
    for turn in connection.metrics.turns:
        yield _turn(connection, turn, tools.get(turn.number, []))


def _turn(connection: Spoken, turn: TurnRow, tools: list[str]) -> dict[str, Any]:
    begun, offsets = beginning(turn), offsets_ms(turn, connection.kept)
    said = connection.said.of(turn.number)
    stages = reached(turn, connection.kept)
    return {
        "turn": turn.number,
        "line": turn.line,
        "began": turn.began,
        "measured_from": begun[0] if begun else None,
        "at_s": begun[1].t if begun else None,
        "at_line": begun[1].line if begun else None,
        "stages": {
            name: {"ms": offsets[name], "at_s": at.t, "line": at.line} if at is not None else None
            for name, at in stages.items()
        },
        **_numbers(connection, turn),
        "response_ids": turn.response_ids,
        "item_ids": turn.item_ids,
        "tools": tools,
        "unpriced": turn.unpriced,
        "cost_usd": msgspec.to_builtins(turn.cost),
        "user": said.user,
        "model": said.model,
    }


def _numbers(connection: Spoken, turn: TurnRow) -> dict[str, Any]:
    begun = beginning(turn)
    ttfa = TTFA.measure(turn) if TTFA.measure is not None and TTFA.needs <= connection.kept else None
    return {
        "ttfa_ms": ttfa.value if ttfa is not None else None,
        "voice_to_voice_ms": connection.metrics.value("voice_to_voice", turn, connection.kept),
        "semantic": turn.semantic,
        "speech_ms": turn.speech_ms,
        "tool_ms": turn.tool_ms,
        "whole_ms": ms_between(turn.started or (begun[1] if begun else None), turn.done),
        "interrupted": turn.interrupted,
        "input_tokens": turn.input_tokens,
        "cached_tokens": turn.cached_tokens,
        "output_tokens": turn.output_tokens,
    }


def turn_rows(connections: Sequence[Spoken]) -> Iterator[dict[str, Any]]:
    """A flat row for each turn; the cost is the dearest that the usage can mean."""
    for number, connection in enumerate(connections, 1):
        tools = tools_by_turn(connection)
        for turn in connection.metrics.turns:
            begun, said = beginning(turn), connection.said.of(turn.number)
            yield {
                "connection": number,
                "turn": turn.number,
                "line": turn.line,
                "began": turn.began,
                "at_s": begun[1].t if begun else None,
                "measured_from": begun[0] if begun else None,
                **{f"{name}_ms": ms for name, ms in offsets_ms(turn, connection.kept).items()},
                **_numbers(connection, turn),
                "tools": " ".join(tools.get(turn.number, [])),
                "cost_usd": turn.cost.high if turn.cost is not None else None,
                "user": " ".join(said.user),
                "model": " ".join(filter(None, said.model)),
            }


def _spread(name: str, title: str, unit: str, one: Aggregate) -> dict[str, Any]:
    return {
        "metric": name,
        "title": title,
        "unit": unit,
        "n": one.n,
        "p50": one.p50,
        "p95": one.p95,
        "worst": {"value": one.worst.value, "line": one.worst.line} if one.worst is not None else None,
        "values": [{"value": value.value, "line": value.line} for value in one.values],
    }


def _gate(one: Judged) -> dict[str, Any]:
    return {
        "gate": one.gate.name,
        "metric": one.gate.metric,
        "percentile": one.gate.share,
        "limit": one.gate.limit,
        "verdict": one.verdict,
        "why": one.why,
        "value": one.value,
        "lines": one.lines,
        "turns": [
            {"connection": sample.connection, "turn": sample.turn, "value": sample.value, "line": sample.line}
            for sample in one.over
        ],
        "without": [{"connection": sample.connection, "turn": sample.turn} for sample in one.without],
    }
