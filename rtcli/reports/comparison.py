"""A comparison for programs: ``{"schema": "rtcli.diff/1", …}``, one document."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from rtcli.script.difference import CallPair, Comparison, TurnPair

SCHEMA: Final = "rtcli.diff/1"


def comparison(name_a: str, name_b: str, compared: Comparison) -> dict[str, Any]:
    """The document: the verdict, and connection by connection the turns and the differences."""
    return {
        "schema": SCHEMA,
        "a": name_a,
        "b": name_b,
        "same": compared.same,
        "latency_tolerance_ms": compared.tolerance_ms,
        "connections": [_connection(call, compared.tolerance_ms) for call in compared.calls],
    }


def _connection(call: CallPair, tolerance_ms: float | None) -> dict[str, Any]:
    return {
        "used": {"a": msgspec.to_builtins(call.used_a), "b": msgspec.to_builtins(call.used_b)},
        "turns": [_turn(turn, tolerance_ms) for turn in call.turns],
        "differences": [msgspec.to_builtins(one) for one in call.differences],
    }


def _turn(turn: TurnPair, tolerance_ms: float | None) -> dict[str, Any]:
    return {
        "a": turn.a,
        "b": turn.b,
        "began": turn.began,
        "words": {"a": turn.words_a._asdict(), "b": turn.words_b._asdict()},
        "latency": [
            {
                **msgspec.to_builtins(one),
                "tolerated": tolerance_ms is None or one.apart_ms <= tolerance_ms,
            }
            for one in turn.latencies
        ],
        "used": {"a": msgspec.to_builtins(turn.used_a), "b": msgspec.to_builtins(turn.used_b)},
    }
