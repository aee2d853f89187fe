"""What the timeline's lanes show: turns, speech, responses, items, calls, in their places on the axis."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final

from msgspec import Struct

from rtcli.formats import Entry
from rtcli.reports.page.axis import Axis
from rtcli.reports.page.waits import Waited, spreads, waited
from rtcli.session.clip import Utterance
from rtcli.session.config import at
from rtcli.session.metrics import Metrics
from rtcli.session.rows import SpeechRow, TurnRow

_ADDED: Final = ("conversation.item.added", "conversation.item.created", "response.output_item.added")
_DONE: Final = ("conversation.item.done", "response.output_item.done")


class ItemSpan(Struct):
    """An item, from where it is first named to where it is final."""

    x: float
    end: float | None
    line: int
    id: str
    kind: str
    who: str
    name: str = ""


class Spans:
    """Collects what only the events tell, which is the items."""

    def __init__(self, axis: Axis) -> None:
        self.items: list[ItemSpan] = []
        self._axis = axis
        self._by_id: dict[str, ItemSpan] = {}

    def feed(self, entry: Entry, x: float, kind: str) -> None:
        """Take in an entry that lies at `x`."""
        event: Any = entry.event
        if kind in _ADDED:
            self._item(event, entry, x)
        elif kind in _DONE:
            self._item(event, entry, x).end = x

    def _item(self, event: Any, entry: Entry, x: float) -> ItemSpan:
        item = at(event, "item")
        item_id = str(at(item, "id") or "")
        span = self._by_id.get(item_id) if item_id else None
        if span is None:
            config = getattr(type(item), "__struct_config__", None)
            kind = str(config.tag) if config is not None else ""
            span = ItemSpan(
                x, None, entry.line, item_id, kind, str(at(item, "role") or ""), str(at(item, "name") or "")
            )
            self.items.append(span)
            if item_id:
                self._by_id[item_id] = span
        return span

    def told(self, metrics: Metrics, heard: Mapping[str, Utterance], kept: AbstractSet[str]) -> dict[str, Any]:
        """The lanes for the page's script, of a recording that can be relied on for what it has `kept`."""
        waits = [waited(turn, kept) for turn in metrics.turns]
        return {
            "turns": [self._turn(turn, wait, heard) for turn, wait in zip(metrics.turns, waits, strict=True)],
            "waits": spreads(waits) if self._axis.timed else [],
            "speech": self._speech(metrics, heard),
            "responses": self._responses(metrics),
            "items": [
                {**self._place(span.line), "x": span.x, "end": span.end, "id": span.id, "kind": span.kind}
                | {"who": span.who, "name": span.name}
                for span in self.items
            ],
            "calls": self._calls(metrics),
        }

    def _place(self, line: int) -> dict[str, Any]:
        return {"line": line, "row": self._axis.row(line)}

    def _turn(self, turn: TurnRow, wait: Waited, heard: Mapping[str, Utterance]) -> dict[str, Any]:
        of = self._axis.of
        spoken = next((heard[item] for item in turn.item_ids[:1] if item in heard), None)
        begin = spoken.starts_s if spoken is not None and self._axis.timed else None
        x = begin if begin is not None else of(turn.started) if turn.started else self._axis.x(turn.line)
        ends = [of(moment) for moment in (turn.done, turn.first_audio, turn.created, turn.committed, turn.stopped)]
        end = next((place for place in ends if place is not None), x)
        return {
            **self._place(turn.line),
            "n": turn.number,
            "x": x,
            "end": end,
            "began": turn.began,
            "interrupted": turn.interrupted,
            "responses": turn.response_ids[:20],
            "from": wait.since,
            "stages": wait.stages if self._axis.timed else [],
            "waits": [wait.first_audio_ms, wait.voice_to_voice_ms],
            "tokens": [turn.input_tokens, turn.cached_tokens, turn.output_tokens],
        }

    def _speech(self, metrics: Metrics, heard: Mapping[str, Utterance]) -> list[dict[str, Any]]:
        return [{**self._place(row.line), **self._stretch(row, heard.get(row.item_id))} for row in metrics.speeches]

    def _stretch(self, row: SpeechRow, spoken: Utterance | None) -> dict[str, Any]:
        """Where in the audio speech was, as far as that is known; otherwise where it was told."""
        of = self._axis.of
        begin, end = of(row.started), of(row.stopped)
        if spoken is not None and self._axis.timed:
            begin, end = spoken.starts_s, end if spoken.end_ms is None else spoken.ends_s
        return {
            "x": begin if begin is not None else self._axis.x(row.line),
            "end": end,
            "item": row.item_id,
            "ms": row.speech_ms,
        }

    def _responses(self, metrics: Metrics) -> list[dict[str, Any]]:
        return [
            {
                **self._place(row.line),
                "x": self._axis.of(row.created) or self._axis.x(row.line),
                "end": self._axis.of(row.done),
                "first": self._axis.of(row.first_audio or row.first_text),
                "id": row.id,
                "status": row.status or "",
                "reason": row.reason or "",
                "turn": row.turn,
                "apart": row.out_of_band,
            }
            for row in metrics.responses
        ]

    def _calls(self, metrics: Metrics) -> list[dict[str, Any]]:
        calls = [
            {
                **self._place(row.line),
                "x": self._axis.of(row.whole) or self._axis.x(row.line),
                "end": self._axis.of(row.answered),
                "name": row.name,
                "id": row.call_id,
            }
            for row in metrics.calls
        ]
        return calls + [
            {
                **self._place(row.line),
                "x": self._axis.of(row.began) or 0.0,
                "end": self._axis.of(row.ended),
                "name": f"MCP {row.kind}",
                "id": row.item_id,
                "failed": row.failed,
            }
            for row in metrics.mcp
        ]
