"""Overviews of sessions for programs: ``{"schema": "rtcli.info/1", "sessions": […]}``, whole or the fields asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from rtcli.causes.overview import Overview

SCHEMA: Final = "rtcli.info/1"
FIELDS: Final[dict[str, str]] = {
    "file": "as it was given",
    "connection": "which one of the file, from 1",
    "model": "the model that speaks, transcribes or translates",
    "dialect": "realtime, beta, translation or live",
    "vendor": "whose server it is, if not OpenAI's",
    "session_id": "as the server told it",
    "started_at": "when the recording began",
    "duration_s": "from the first record to the last",
    "events": "how many there are",
    "voice": "the voice in force at the end",
    "input_format": "of the user's audio",
    "output_format": "of the model's audio",
    "turn_detection": "server_vad, semantic_vad or none",
    "turns": "the user's inputs with what answers them",
    "interrupted_turns": "those in which the user broke in",
    "responses": "all of them",
    "completed": "responses of that status",
    "cancelled": "responses of that status",
    "incomplete": "responses of that status",
    "failed": "responses of that status",
    "unfinished": "responses without an end in the recording",
    "function_calls": "that the model made",
    "mcp_calls": "that the server made for it",
    "ttfa_p50_ms": "the median time to first audio, from the end of the user's turn; null with fewer than 5",
    "ttfa_worst_ms": "the longest of these times",
    "voice_to_voice_p50_ms": "the median from the end of the speech itself; null with fewer than 5",
    "voice_to_voice_worst_ms": "the longest of these times",
    "audio_in_ms": "what the client sent",
    "audio_out_ms": "what the server delivered, heard or not",
    "longest_silence_ms": "the longest time in which nobody speaks, the user as turn detection tells it",
    "longest_silence_at_s": "when that begins, as the call was heard",
    "longest_silence_line": "what was heard last before it",
    "errors": "told by the server, harmless ones aside, and failed responses",
    "error_codes": "errors by code, harmless ones too",
    "input_tokens": "over all responses",
    "cached_tokens": "those of the input that were cached",
    "output_tokens": "over all responses",
    "text_in_tokens": "text of the input",
    "audio_in_tokens": "audio of the input",
    "image_in_tokens": "images of the input",
    "text_out_tokens": "text of the output",
    "audio_out_tokens": "audio of the output",
    "cost_low_usd": "the least that the usage can mean",
    "cost_usd": "the most that it can mean",
    "unpriced": "responses, transcriptions and translations of which no price is known, which the cost leaves out",
    "prices_as_of": "the day of the prices",
    "closed_by": "client or server; null where the recording has no close",
    "close_code": "null where there was none",
    "close_reason": "as it was given",
    "causes": "what went wrong, counted as doctor does",
    "worst_cause": "the first that doctor tells",
    "error_findings": "findings of validate with severity error",
    "warning_findings": "findings of validate with severity warning",
    "info_findings": "remarks of validate",
    "finding_codes": "findings by code",
    "gravity": "3 the call did not do what it was for, 2 the user heard it, 1 nobody noticed, 0 nothing",
}
"""Every field, and what it holds."""


def info(sessions: Iterable[Overview], fields: Sequence[str]) -> dict[str, Any]:
    """The document, each session with the fields that are asked for."""
    return {"schema": SCHEMA, "sessions": [info_row(one, fields) for one in sessions]}


def info_row(one: Overview, fields: Sequence[str] = tuple(FIELDS)) -> dict[str, Any]:
    """A session as a flat object, or a row of a table."""
    return {name: msgspec.to_builtins(getattr(one, name)) for name in fields}
