"""Responses and what they write, from their creation to their end.

Law: whatever an event names exists afterwards, placed by the first event that names it; what is over
stays over, and what comes late is attached to it. Of a response that is over its texts are dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from rtcli.events import conversation, input_audio_buffer, output_audio_buffer, response
from rtcli.events.objects import Response as Reported
from rtcli.formats import Entry
from rtcli.session.config import Config, format_name
from rtcli.session.flow import DELTAS, DONES, FINALS, Flow, kind_of
from rtcli.session.ledger import Handler, Ledger, Memory
from rtcli.session.obligations import Obligations
from rtcli.session.transitions import OVER, after
from rtcli.session.written import DRY_MS, ITEMS_AT_MOST, PARTS_AT_MOST, OutputItem, Part, Response, Stream, StreamKind
from rtcli.units import base64_bytes


class Lifecycle(Ledger):
    """The responses of a connection."""

    def __init__(self, config: Config, obligations: Obligations) -> None:
        super().__init__(config)
        self.obligations = obligations
        self.responses: Memory[str, Response] = Memory()
        self.open: dict[str, Response] = {}
        """Those that are not over, in the order of their beginning."""
        self.items: Memory[str, OutputItem] = Memory()
        """What responses have written, by id, the latest of an id."""
        self.last: Response | None = None
        """The last response that was created in the conversation."""
        self.flow = Flow()
        """Where deltas may go on."""

    @property
    def speaking(self) -> Response | None:
        """The response in the conversation that is open; the first, if there are several."""
        return next((one for one in self.open.values() if one.in_conversation), None)

    def response_of(self, event: Any) -> Response | None:
        """The response that an event names, if it is known."""
        return self.responses.get(event.response_id)

    def item_of(self, event: Any) -> OutputItem | None:
        """The item of that id in the response that the event names, if it is known."""
        found = self.responses.get(event.response_id)
        return found.items.get(event.item_id) if found else None

    def stream_of(self, event: Any) -> Stream | None:
        """The stream that a delta or its ``done`` belongs to, if it has begun."""
        item = self.item_of(event)
        return item.streams.get((_index(event), kind_of(type(event)))) if item else None

    def part_of(self, event: Any) -> Part | None:
        """The part that an event names, if it is known."""
        item = self.item_of(event)
        return item.parts.get(_index(event)) if item else None

    def _created(self, event: response.Created, entry: Entry) -> None:
        self.begin(event.response, entry)

    def begin(self, reported: Reported, entry: Entry) -> None:
        """A response is created; of one that has begun already nothing changes."""
        one = self._response(reported.id or "")
        if one.line or one.state in OVER:
            return
        request, told = self.obligations.settled, reported.conversation_id
        one.line, one.t, one.last_t = entry.line, entry.t, entry.t
        one.asked = request.line if request else 0
        one.state = after("response", one.state, "created")
        one.conversation_id, one.in_conversation = told or None, told is not None
        one.modalities = reported.output_modalities or None
        audio = getattr(reported, "audio", None)
        one.audio_format = (format_name(audio.output or None) if audio else None) or self.config.output_format
        if one.in_conversation:
            self.last = one

    def _done(self, event: response.Done, entry: Entry) -> None:
        one = self._response(event.response.id or "")
        if one.state in OVER:
            return
        one.state = after("response", one.state, event.response.status or "done")
        if one.state not in OVER:
            one.state = "completed"
        self.end(one, entry)

    def end(self, one: Response, entry: Entry) -> None:
        """A response is over; of its items only what they were is kept."""
        one.done_line, one.last_t = entry.line, entry.t
        self.open.pop(one.id, None)
        for item in one.items.values():
            item.parts, item.streams, item.final = {}, {}, None
        self.flow.stop(one)

    def _response(self, response_id: str) -> Response:
        one = self.responses.get(response_id)
        if one is None:
            one = self.responses[response_id] = self.open[response_id] = Response(response_id)
            one.audio_format = self.config.output_format
            if len(self.open) > self.responses.size:
                del self.open[next(iter(self.open))]
        return one

    def _written(self, event: Any, entry: Entry) -> Response:
        """The response that an event writes to."""
        one = self._response(event.response_id)
        self.write(one, entry)
        if one.state in OVER:
            one.late_line = one.late_line or entry.line
        return one

    @staticmethod
    def write(one: Response, entry: Entry) -> None:
        """Something is written to a response."""
        if entry.t is not None:
            one.last_t = entry.t
        if one.state != "streaming":
            one.state = after("response", one.state, "written")

    def _item(self, one: Response, item_id: str) -> OutputItem:
        item = one.items.get(item_id)
        if item is None:
            item = OutputItem(item_id, one.id)
            if len(one.items) < ITEMS_AT_MOST:
                one.items[item_id] = self.items[item_id] = item
            else:
                one.is_crowded = True
        return item

    def _item_added(self, event: response.OutputItemAdded, entry: Entry) -> None:
        item = self._item(self._written(event, entry), event.item.id or "")
        self._describe(item, event)
        item.line = item.line or entry.line
        item.state = after("output item", item.state, "added")

    def _item_done(self, event: response.OutputItemDone, entry: Entry) -> None:
        one = self._written(event, entry)
        item = self._item(one, event.item.id or "")
        self._describe(item, event)
        item.state = after("output item", item.state, "done")
        if not item.done_line:
            item.done_line, item.final = entry.line, event.item if one.is_open else None
        self.flow.stop(item)

    def _describe(self, item: OutputItem, event: Any) -> None:
        if item.type:
            return
        item.type = str(type(event.item).__struct_config__.tag)
        item.role = getattr(event.item, "role", "")
        item.output_index = event.output_index
        item.call_id = getattr(event.item, "call_id", "") or ""

    def _part_added(self, event: response.ContentPartAdded, entry: Entry) -> None:
        part = self._part(event, entry)
        part.line = part.line or entry.line
        part.state = after("part", part.state, "added")

    def _part_done(self, event: response.ContentPartDone, entry: Entry) -> None:
        part = self._part(event, entry)
        if not part.done_line:
            part.done_line, part.final = entry.line, event.part
        part.state = after("part", part.state, "done")
        self.flow.stop(self._item(self._written(event, entry), event.item_id))

    def _part(self, event: Any, entry: Entry) -> Part:
        item = self._item(self._written(event, entry), event.item_id)
        part = item.parts.get(_index(event))
        if part is None:
            part = Part()
            if len(item.parts) < PARTS_AT_MOST:
                item.parts[_index(event)] = part
            else:
                item.is_crowded = True
        return part

    def _delta(self, event: Any, entry: Entry) -> None:
        kind = kind_of(type(event))
        one = self._written(event, entry)
        stream = self._stream(one, event, entry, kind)
        if one.speech_line:
            one.deltas_since_speech += 1
        if kind == "audio":
            self._sounds(one, stream, event, entry)
        elif stream.state == "open":
            stream.add(event.delta)
            stream.obfuscated = stream.obfuscated or (kind == "mcp arguments" and bool(event.obfuscation))
        part = stream.item.parts.get(stream.content_index)
        if stream.state in OVER:
            stream.late_line = stream.late_line or entry.line
        if stream.item.state in OVER or (part is not None and part.state in OVER):
            stream.behind_line = stream.behind_line or entry.line
        elif one.is_open and stream.state == "open":
            self.flow[type(event)] = stream

    @staticmethod
    def _sounds(one: Response, stream: Stream, event: Any, entry: Entry) -> None:
        item = stream.item
        if one.first_audio_t is None:
            one.first_audio_t = entry.t
        if entry.t is not None and item.dry_ms(entry.t, one.audio_format) > DRY_MS:
            one.starved = True
        size = base64_bytes(len(event.delta), event.delta[-2:])
        stream.deltas += 1
        item.first_audio_t = entry.t if item.first_audio_t is None else item.first_audio_t
        item.audio_bytes += size
        one.audio_bytes += size

    def _stream(self, one: Response, event: Any, entry: Entry, kind: StreamKind) -> Stream:
        item = self._item(one, event.item_id)
        index = _index(event)
        stream = item.streams.get((index, kind))
        if stream is None:
            output_index = event.output_index
            stream = Stream(kind, one, item, one.id, item.id, output_index, index, entry.line)
            if one.is_open and len(item.streams) < PARTS_AT_MOST:
                item.streams[index, kind] = stream
            else:
                item.is_crowded = item.is_crowded or one.is_open
        return stream

    def _stream_done(self, event: Any, entry: Entry) -> None:
        kind = kind_of(type(event))
        stream = self._stream(self._written(event, entry), event, entry, kind)
        self.end_stream(stream, getattr(event, FINALS[kind]) if kind in FINALS else None, entry.line)

    def end_stream(self, stream: Stream, final: str | None, line: int) -> None:
        """A stream is over, and what all of it is; what it was at its first end stays."""
        if stream.state == "open":
            stream.final = final
        stream.done_line = stream.done_line or line
        stream.state = after("stream", stream.state, "done")
        stream.pieces = []
        stream.item.audio_done = stream.item.audio_done or stream.kind == "audio"
        self.flow.stop(stream)

    def _cancelled(self, event: response.Cancel, entry: Entry) -> None:
        named = self.responses.get(event.response_id) if event.response_id else None
        for one in [named] if named else self.open.values():
            one.cancel_line = one.cancel_line or entry.line

    def _cleared(self, _event: output_audio_buffer.Clear, entry: Entry) -> None:
        for one in self.open.values():
            one.cancel_line = one.cancel_line or entry.line

    def _interrupted(self, _event: input_audio_buffer.SpeechStarted, entry: Entry) -> None:
        for one in self.open.values():
            one.speech_line = one.speech_line or entry.line
            one.deltas_since_speech = 0

    def _truncated(self, event: Any, _entry: Entry) -> None:
        item = self.items.get(event.item_id)
        if item is not None:
            item.truncated = True

    HANDLERS: ClassVar[Mapping[type, Handler]] = {
        response.Created: _created,
        response.Done: _done,
        response.OutputItemAdded: _item_added,
        response.OutputItemDone: _item_done,
        response.ContentPartAdded: _part_added,
        response.ContentPartDone: _part_done,
        **dict.fromkeys(DELTAS, _delta),
        **dict.fromkeys(DONES, _stream_done),
        response.Cancel: _cancelled,
        output_audio_buffer.Clear: _cleared,
        input_audio_buffer.SpeechStarted: _interrupted,
        conversation.ItemTruncate: _truncated,
        conversation.ItemTruncated: _truncated,
    }


def _index(event: Any) -> int:
    index = getattr(event, "content_index", -1)
    return index if isinstance(index, int) else 0
