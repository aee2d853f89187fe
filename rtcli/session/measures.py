"""The table of what is measured, and how each metric is read off a row.

One that is not of single rows is made by `rtcli.session.totals`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from rtcli.session.context import Need
from rtcli.session.metric import Aggregate, Measure, Metric, Value
from rtcli.session.rows import McpRow, ResponseRow, TurnRow, ms_between

__all__ = ["METRICS", "Aggregate", "Metric", "Value"]


def _span(start: str, end: str, only: Callable[[Any], bool] = lambda _row: True) -> Measure:
    """The time between two stages of a row, where `only` allows it."""

    def measure(row: Any) -> Value | None:
        ms, ended = ms_between(getattr(row, start), getattr(row, end)), getattr(row, end)
        return Value(ms, ended.line) if ms is not None and only(row) else None

    return measure


def _told(field: str, when: str) -> Measure:
    """What a response that has spoken says of itself."""

    def measure(row: ResponseRow) -> Value | None:
        value, moment = getattr(row, field), getattr(row, when)
        return Value(round(value, 3), moment.line) if value is not None and moment is not None else None

    return measure


def _stream_speed(row: ResponseRow) -> Value | None:
    wall_ms = ms_between(row.first_audio, row.last_audio)
    if not wall_ms or wall_ms < 0 or not row.audio_ms or row.last_audio is None:
        return None
    return Value(round(row.audio_ms / wall_ms, 4), row.last_audio.line)


def _tokens_per_s(row: ResponseRow) -> Value | None:
    ms = ms_between(row.created, row.done)
    if not ms or ms < 0 or row.done is None or row.tokens is None or row.tokens.output is None:
        return None
    return Value(round(row.tokens.output * 1000 / ms, 4), row.done.line)


def _is_unasked(turn: TurnRow) -> bool:
    """Turn detection has brought about the answer."""
    return turn.asked is None


def _is_pushed(turn: TurnRow) -> bool:
    """The client alone has ended the input."""
    return turn.stopped is None


def _is_cancelled_for_speech(row: ResponseRow) -> bool:
    return row.reason == "turn_detected"


def _is_interrupted(row: ResponseRow) -> bool:
    return row.interrupted


def _is_call(row: McpRow) -> bool:
    return row.kind == "call"


def _is_list(row: McpRow) -> bool:
    return row.kind == "list"


_TIMES: Final[frozenset[Need]] = frozenset({"times"})
_CLIENT: Final[frozenset[Need]] = frozenset({"times", "client"})
_SOUND: Final[frozenset[Need]] = frozenset({"times", "audio"})
_SENT: Final[frozenset[Need]] = frozenset({"times", "client", "audio"})
_MIC: Final[frozenset[Need]] = frozenset({"times", "client", "audio", "websocket"})
_NOTHING: Final[frozenset[Need]] = frozenset()
_SPEAKING: Final = ("ms", _TIMES, "percentiles", "most", "responses")
_TURN: Final = ("ms", _TIMES, "percentiles", "most", "turns")

_ALL: Final = (
    Metric("connect_ms", "Connect time", "ms", frozenset({"handshake"})),
    Metric(
        "update_ms",
        "Configuration round trip",
        "ms",
        _CLIENT,
        rows="updates",
        measure=_span("asked", "updated"),
    ),
    Metric("stop_to_created", "VAD stop to response", *_TURN, _span("stopped", "created", _is_unasked)),
    Metric("stop_to_first_audio", "VAD stop to first audio", *_TURN, _span("stopped", "first_audio")),
    Metric(
        "voice_to_voice",
        "True end of speech to first audio",
        "ms",
        _MIC,
        rows="turns",
        measure=_span("speech_end", "first_audio"),
    ),
    Metric(
        "vad_delay",
        "End-of-speech detection delay",
        "ms",
        _MIC,
        rows="speeches",
        measure=_span("speech_end", "stopped"),
    ),
    Metric(
        "request_to_created",
        "Request to response",
        "ms",
        _CLIENT,
        rows="responses",
        measure=_span("asked", "created"),
    ),
    Metric(
        "commit_to_first_audio",
        "Push to talk latency",
        "ms",
        _CLIENT,
        rows="turns",
        measure=_span("commit", "first_audio", _is_pushed),
    ),
    Metric("created_to_first_text", "Time to first text", *_SPEAKING, _span("created", "first_text")),
    Metric("created_to_first_audio", "Created to first audio", *_SPEAKING, _span("created", "first_audio")),
    Metric(
        "first_audible_ms",
        "Leading silence",
        "ms",
        frozenset({"audio"}),
        rows="responses",
        measure=_told("first_audible_ms", "first_audio"),
    ),
    Metric("duration", "Response duration", *_SPEAKING, _span("created", "done")),
    Metric(
        "audio_ms",
        "Audio length of a response",
        "ms",
        frozenset({"audio"}),
        rows="responses",
        measure=_told("audio_ms", "last_audio"),
    ),
    Metric(
        "stream_speed",
        "Audio seconds per wall second",
        "x",
        _SOUND,
        worst="least",
        rows="responses",
        measure=_stream_speed,
    ),
    Metric("dry_ms", "Player starvation", "ms", _SOUND, rows="responses", measure=_told("dry_ms", "last_audio")),
    Metric(
        "tokens_per_s",
        "Output tokens per second",
        "1/s",
        _TIMES,
        worst="least",
        rows="responses",
        measure=_tokens_per_s,
    ),
    Metric(
        "barge_in_to_done",
        "Interruption latency (server)",
        *_SPEAKING,
        _span("speech", "done", _is_cancelled_for_speech),
    ),
    Metric(
        "barge_in_to_last_audio",
        "Overtalk on the wire",
        *_SPEAKING,
        _span("speech", "audio_after_speech", _is_interrupted),
    ),
    Metric("barge_in_to_cleared", "Interruption latency (WebRTC, SIP)", *_SPEAKING, _span("speech", "cleared")),
    Metric(
        "barge_in_to_truncate",
        "Client reaction",
        "ms",
        frozenset({"times", "client", "websocket"}),
        rows="responses",
        measure=_span("speech", "truncated"),
    ),
    Metric(
        "unplayed_ms",
        "Unplayed audio at barge-in",
        "ms",
        frozenset({"times", "audio", "websocket"}),
        rows="responses",
        measure=_told("unplayed_ms", "speech"),
    ),
    Metric("interruption_rate", "Share of interrupted responses", "share", _NOTHING, "session"),
    Metric("tool_client_ms", "Tool execution", "ms", _CLIENT, rows="calls", measure=_span("whole", "answered")),
    Metric(
        "tool_server_ms",
        "Tool answer to next response",
        "ms",
        _CLIENT,
        rows="calls",
        measure=_span("answered", "next_created"),
    ),
    Metric("tool_round_trip", "Tool round trip", "ms", _CLIENT, rows="calls", measure=_span("whole", "next_output")),
    Metric("mcp_call_ms", "MCP tool time", "ms", _TIMES, rows="mcp", measure=_span("began", "ended", _is_call)),
    Metric("mcp_list_ms", "MCP listing time", "ms", _TIMES, rows="mcp", measure=_span("began", "ended", _is_list)),
    Metric(
        "transcription_lag",
        "Transcription lag",
        "ms",
        _TIMES,
        rows="transcriptions",
        measure=_span("committed", "completed"),
    ),
    Metric(
        "transcription_first_delta",
        "First transcript delta",
        "ms",
        _TIMES,
        rows="transcriptions",
        measure=_span("committed", "first_delta"),
    ),
    Metric("translation_delay", "Translation delay", "ms", _SENT, rows="translations"),
    Metric("append_speed", "Input real-time factor", "x", _SENT, worst="least"),
    Metric("append_gap_max", "Longest gap between appends", "ms", _CLIENT),
    Metric("talk_share", "Talk time", "share", frozenset({"audio"}), "session"),
    Metric("tokens", "Tokens by modality", "tokens", _NOTHING, "sum"),
    Metric("cached_share", "Cache hit share", "share", _NOTHING, "session", "least"),
    Metric("cost_usd", "Cost", "USD", _NOTHING, "sum"),
    Metric("cost_per_minute", "Cost per minute", "USD/min", _NOTHING, "session"),
    Metric("error_count", "Errors by code", "count", _NOTHING, "session"),
    Metric("rate_limit_low", "Lowest rate-limit share", "share", _NOTHING, "session", "least"),
    Metric("age_s", "Age of the session", "s", _TIMES, "session"),
)
METRICS: Final[Mapping[str, Metric]] = {metric.id: metric for metric in _ALL}
"""All that is measured, by id."""
