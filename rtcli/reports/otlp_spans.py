"""Which spans a call has, and what they say.

A response is an inference, a tool call an execution, by the names that the semantic conventions for generative AI
have for them; sessions and turns have none there, and are this program's own. Its numbers stand beside, as
``rtcli.…``. A response that was cancelled did not fail: people interrupt.

Source: semantic conventions 1.41, gen-ai-spans and gen-ai-agent-spans; semantic-conventions-genai for tokens by
modality.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from math import isfinite
from typing import Any, Final

import msgspec
from msgspec import Struct, field

from rtcli.formats import Entry
from rtcli.recording.epoch import MICROSECONDS, microseconds
from rtcli.reports.otlp_numbers import PROVIDERS, numbers, server, totals, used
from rtcli.reports.otlp_words import Words
from rtcli.session.config import at
from rtcli.session.measured import Connection
from rtcli.session.rows import At, CallRow, McpRow, ResponseRow, TurnRow

INTERNAL, CLIENT = 1, 3
OK, ERROR = 1, 2
"""Kinds of spans, and what became of them. Source: ``trace.proto``."""
_LINES_THAT_NAME: Final = 64
"""So many lines of a connection make its ids."""
_FARTHEST_S: Final = 1e9
"""Thirty years: a time beyond is none that a span can begin or end at."""
_STAGES: Final = ("started", "speech_end", "stopped", "commit", "committed", "asked", "created")


class Span(Struct):
    """A span."""

    trace_id: str
    id: str
    parent_id: str
    name: str
    kind: int
    start_ns: int
    end_ns: int
    attributes: dict[str, Any]
    status: int = 0
    message: str = ""
    events: list[tuple[int, str, dict[str, Any]]] = field(default_factory=list)


class Call(Connection):
    """A connection, its numbers, and what spans tell beside them."""

    def __init__(self, *, content: bool = False) -> None:
        super().__init__()
        self.words = Words(content=content)
        self.began_us: int | None = None
        """When it began, in microseconds of the epoch."""
        self.first_t: float | None = None
        self.last_t: float | None = None
        self._named = blake2b(digest_size=16)

    @property
    def trace_id(self) -> str:
        """Made of its first lines."""
        return self._named.hexdigest()

    def apply(self, entry: Entry) -> None:
        """Take in the next entry."""
        super().apply(entry)
        if self.entries <= _LINES_THAT_NAME:
            self._named.update(entry.raw.strip() + b"\n")
        if entry.t is not None and _is_moment(entry.t):
            self.first_t = entry.t if self.first_t is None else min(self.first_t, entry.t)
            self.last_t = entry.t if self.last_t is None else max(self.last_t, entry.t)
        self.words.take(entry)

    def settle(self) -> None:
        """All is known."""
        header = self.metrics.course.header
        self.began_us = microseconds(header.started_at) if header is not None else None


def spans_of(call: Call, vendor: str) -> list[Span]:
    """The spans of a connection, each behind the one that it is a part of; none where it has no times."""
    call.settle()
    timed = call.metrics.last is not None and call.metrics.last.t is not None
    return list(_Spans(call, vendor).all()) if timed else []


class _Spans:
    def __init__(self, call: Call, vendor: str) -> None:
        self._call = call
        self._metrics = call.metrics
        self._trace_id = call.trace_id
        config = call.config
        self._common = {
            "gen_ai.provider.name": PROVIDERS.get(vendor, "openai"),
            "gen_ai.conversation.id": config.session_id or at(call.words.session, "id"),
        }
        self._model = config.model or at(call.words.session, "model") or self._metrics.course.translator
        self._root = self._id("session", "")
        self._answers = {row.id: row for row in self._metrics.responses}

    def all(self) -> Iterator[Span]:
        """Session, turns, their responses, their calls."""
        yield self._session()
        turns = {row.number: span for row in self._metrics.turns if (span := self._turn(row)) is not None}
        yield from turns.values()
        answers: dict[str, Span] = {}
        for row in self._metrics.responses:
            answer = self._response(row, turns.get(row.turn))
            if answer is not None:
                answers[row.id] = answer
                yield answer
        for call in self._metrics.calls:
            span = self._tool(call, answers.get(call.response_id), turns.get(call.turn))
            if span is not None:
                yield span
        for asked in self._metrics.mcp:
            yield from self._mcp(asked)

    def _id(self, kind: str, key: object) -> str:
        return blake2b(f"{self._trace_id} {kind} {key}".encode("utf-8", "replace"), digest_size=8).hexdigest()

    def _ns(self, t: float) -> int:
        return max(0, (self._call.began_us or 0) + round(t * MICROSECONDS)) * 1000

    def _session(self) -> Span:
        header, words = self._metrics.course.header, self._call.words
        attributes = {**self._common, "gen_ai.request.model": self._model, **server(header.url if header else "")}
        attributes |= totals(self._call)
        start, end = self._call.first_t or 0.0, self._call.last_t or 0.0
        events = [
            (
                self._ns(one.t if one.t is not None and _is_moment(one.t) else start),
                "error",
                {"error.type": one.type, "rtcli.line": one.line, "message": one.message},
            )
            for one in words.troubles
        ]
        name = f"session {self._model}" if self._model else "session"
        return Span(
            self._trace_id, self._root, "", name, CLIENT, self._ns(start), self._ns(end), attributes, events=events
        )

    def _turn(self, row: TurnRow) -> Span | None:
        moments = _seconds(row, (*_STAGES, "first_text", "first_audio", "done"))
        answers = [self._answers[name] for name in row.response_ids if name in self._answers]
        moments += [t for one in answers for t in _seconds(one, ("created", "last_audio", "done"))]
        attributes: dict[str, Any] = {
            **self._common,
            "rtcli.turn.number": row.number,
            "rtcli.turn.began": row.began,
        }
        attributes |= {"rtcli.turn.interrupted": row.interrupted, "rtcli.line": row.line}
        attributes |= {"rtcli.speech_ms": row.speech_ms, "rtcli.tool_ms": row.tool_ms} | numbers(
            self._call, "turns", row
        )
        return self._made("turn", row.number, "turn", self._root, moments, attributes)

    def _response(self, row: ResponseRow, turn: Span | None) -> Span | None:
        moments = _seconds(row, ("asked", "created", "first_token", "last_audio", "done"))
        attributes = {
            "gen_ai.operation.name": "chat",
            **self._common,
            "gen_ai.request.model": row.model or self._model,
            "gen_ai.response.id": row.id or None,
            "gen_ai.response.finish_reasons": [row.reason or row.status] if row.status else None,
            "gen_ai.output.type": "speech" if row.first_audio else "text" if row.first_text else None,
            "gen_ai.response.time_to_first_chunk": _between_s(row.asked, row.first_token),
            **used(row.tokens),
            "rtcli.response.status": row.status or "unfinished",
            "rtcli.response.began": row.began,
            "rtcli.response.interrupted": row.interrupted,
            "rtcli.cost_usd": round(row.cost.high, 9) if row.cost is not None else None,
            "rtcli.line": row.line,
            **numbers(self._call, "responses", row),
            **self._spoken(row),
        }
        name = f"chat {row.model or self._model or ''}".rstrip()
        parent = turn.id if turn is not None else self._root
        span = self._made("response", row.id or row.line, name, parent, moments, attributes, CLIENT)
        if span is not None:
            self._judge(span, row)
        return span

    def _judge(self, span: Span, row: ResponseRow) -> None:
        """What became of a response."""
        if row.status == "completed":
            span.status = OK
        elif row.status in {"failed", "incomplete"}:
            kind, message = self._call.words.failures.get(row.id, (row.reason or row.status, ""))
            span.status, span.message = ERROR, message or kind
            span.attributes["error.type"] = kind

    def _tool(self, call: CallRow, answer: Span | None, turn: Span | None) -> Span | None:
        words = self._call.words
        attributes = {
            "gen_ai.operation.name": "execute_tool",
            **self._common,
            "gen_ai.tool.name": call.name or None,
            "gen_ai.tool.call.id": call.call_id,
            "gen_ai.tool.type": "function",
            "gen_ai.tool.call.arguments": words.given.get(call.call_id),
            "gen_ai.tool.call.result": words.answered.get(call.call_id),
            "rtcli.tool.answered": call.answered is not None,
            "rtcli.tool.gap_ms": call.gap_ms,
            "rtcli.line": call.line,
            **numbers(self._call, "calls", call),
        }
        parent = answer or turn
        moments = _seconds(call, ("whole", "answered"))
        name = f"execute_tool {call.name}".rstrip()
        return self._made("tool", call.call_id, name, parent.id if parent else self._root, moments, attributes)

    def _mcp(self, row: McpRow) -> Iterator[Span]:
        attributes = {**self._common, "gen_ai.tool.type": "extension", "rtcli.line": row.line}
        if row.kind == "call":
            attributes["gen_ai.operation.name"] = "execute_tool"
        moments = _seconds(row, ("began", "ended"))
        span = self._made(f"mcp {row.kind}", row.item_id, f"mcp {row.kind}", self._root, moments, attributes)
        if span is not None:
            if row.failed:
                span.status, span.message = ERROR, "failed"
                span.attributes["error.type"] = "failed"
            yield span

    def _made(
        self,
        sort: str,
        key: object,
        name: str,
        parent_id: str,
        moments: list[float],
        attributes: dict[str, Any],
        kind: int = INTERNAL,
    ) -> Span | None:
        """The span from the first to the last of some moments; none where there is no moment."""
        if not moments:
            return None
        start, end = self._ns(min(moments)), self._ns(max(moments))
        return Span(self._trace_id, self._id(sort, key), parent_id, name, kind, start, end, attributes)

    def _spoken(self, row: ResponseRow) -> dict[str, Any]:
        """What was said, in the shape of the conventions' messages, if it was asked for."""
        words, told = self._call.words, {}
        turn = self._metrics.exchange.turn(row.turn)
        heard = [words.heard[name] for name in (turn.item_ids if turn else ()) if words.heard.get(name)]
        if heard and turn is not None and turn.response_ids[:1] == [row.id]:
            told["gen_ai.input.messages"] = _messages("user", [{"type": "text", "content": text} for text in heard])
        if words.said.get(row.id):
            told["gen_ai.output.messages"] = _messages("assistant", words.said[row.id])
        return told


def _is_moment(t: float) -> bool:
    return isfinite(t) and abs(t) <= _FARTHEST_S


def _messages(role: str, parts: list[dict[str, Any]]) -> str:
    return msgspec.json.encode([{"role": role, "parts": parts}]).decode()


def _seconds(row: Any, stages: tuple[str, ...]) -> list[float]:
    """When the stages of a row were reached, of those that were, as far as times are known."""
    moments: list[At | None] = [getattr(row, stage) for stage in stages]
    return [one.t for one in moments if one is not None and one.t is not None and _is_moment(one.t)]


def _between_s(start: At | None, end: At | None) -> float | None:
    if start is None or end is None or start.t is None or end.t is None:
        return None
    return round(end.t - start.t, 6)
