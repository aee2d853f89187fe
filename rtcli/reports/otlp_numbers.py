"""The attributes of spans that are numbers, and those that say whose server it was.

Source: semantic conventions 1.41, gen-ai-spans; semantic-conventions-genai for tokens by modality.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

from rtcli.session.measured import Connection
from rtcli.session.measures import METRICS
from rtcli.session.metric import Row, aggregated
from rtcli.session.rows import TurnRow
from rtcli.session.spread import values_of
from rtcli.session.stages import TTFA
from rtcli.session.tokens import Tokens

PROVIDERS: Final = {"Azure OpenAI": "azure.ai.openai", "Azure Voice Live": "azure.ai.inference", "xAI": "x_ai"}
"""How the conventions call a vendor; all others speak for OpenAI."""
_PORTS: Final = {"ws": 80, "wss": 443}
_TOKENS: Final = {
    "input": "gen_ai.usage.input_tokens",
    "cached": "gen_ai.usage.cache_read.input_tokens",
    "output": "gen_ai.usage.output_tokens",
    "text_in": "gen_ai.usage.text.input_tokens",
    "audio_in": "gen_ai.usage.audio.input_tokens",
    "image_in": "gen_ai.usage.image.input_tokens",
    "text_out": "gen_ai.usage.text.output_tokens",
    "audio_out": "gen_ai.usage.audio.output_tokens",
    "reasoning": "gen_ai.usage.reasoning.output_tokens",
}


def used(tokens: Tokens | None) -> dict[str, int]:
    """The tokens that a response tells of."""
    told = {key: getattr(tokens, name, None) for name, key in _TOKENS.items()}
    return {key: count for key, count in told.items() if count is not None}


def numbers(connection: Connection, rows: str, row: Row) -> dict[str, float]:
    """The metrics of one row."""
    told = {}
    for metric in METRICS.values():
        if metric.rows == rows:
            value = connection.metrics.value(metric.id, row, connection.kept)
            if value is not None:
                told[_key(metric.id, metric.unit)] = value
    if isinstance(row, TurnRow) and TTFA.measure is not None and TTFA.needs <= connection.kept:
        first = TTFA.measure(row)
        told |= {_key(TTFA.id, TTFA.unit): first.value} if first is not None else {}
    return told


def totals(connection: Connection) -> dict[str, float | None]:
    """The metrics of the session as a whole, and of others how they are spread."""
    metrics = connection.metrics
    told: dict[str, float | None] = {"rtcli.turns": len(metrics.turns), "rtcli.responses": len(metrics.responses)}
    for metric in (TTFA, *METRICS.values()):
        found = (
            aggregated(metric, values_of(metric, connection), {})
            if metric is TTFA
            else metrics.aggregate(metric.id, connection.kept)
        )
        key = _key(metric.id, metric.unit)
        worst = found.worst.value if found.worst is not None else None
        told |= (
            {f"{key}.p50": found.p50, f"{key}.p95": found.p95, f"{key}.worst": worst} if metric.rows else {key: worst}
        )
    return told


def _key(metric_id: str, unit: str) -> str:
    """The attribute of a metric, with the unit in its name."""
    name = metric_id if unit != "ms" or metric_id.endswith("_ms") else f"{metric_id}_ms"
    return f"rtcli.{name}"


def server(url: str) -> dict[str, Any]:
    """Where the server is."""
    try:
        parts = urlsplit(url)
        address, port = parts.hostname, parts.port
    except ValueError:
        return {}
    return {"server.address": address, "server.port": port or _PORTS.get(parts.scheme)} if address else {}
