"""The fast way through the parts of a message that a response writes, and the texts and the audio in them.

Law: as for the steps of a response.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from rtcli.events import response
from rtcli.formats import Entry
from rtcli.session.steps import Step, goes_on
from rtcli.session.written import PARTS_AT_MOST, Part, Stream, StreamKind

if TYPE_CHECKING:
    from rtcli.session.ledgers import Ledgers


def _part_added(ledgers: Ledgers) -> Step:
    """Another part of an item that was announced."""
    obligations, lifecycle = ledgers.obligations, ledgers.lifecycle

    def part_added(event: Any, entry: Entry) -> bool:
        answer, index = lifecycle.responses.get(event.response_id), event.content_index
        item = answer.items.get(event.item_id) if answer is not None else None
        if answer is None or item is None or not goes_on(answer, entry) or isinstance(event.part.audio, str):
            return False
        if not item.line or item.output_index != event.output_index:
            return False
        if index in item.parts or len(item.parts) >= PARTS_AT_MOST:
            return False
        obligations.settled = None
        lifecycle.write(answer, entry)
        item.parts[index] = Part(entry.line, state="open")
        return True

    return part_added


def _stream_begun(kind: StreamKind) -> Callable[[Ledgers], Step]:
    """The first delta of a text in an open part."""

    def make(ledgers: Ledgers) -> Step:
        lifecycle = ledgers.lifecycle

        def stream_begun(event: Any, entry: Entry) -> bool:
            answer, index = lifecycle.responses.get(event.response_id), event.content_index
            item = answer.items.get(event.item_id) if answer is not None else None
            if answer is None or item is None or not goes_on(answer, entry):
                return False
            part = item.parts.get(index)
            if part is None or part.done_line or not item.line or item.done_line:
                return False
            if item.output_index != event.output_index or (index, kind) in item.streams:
                return False
            if len(item.streams) >= PARTS_AT_MOST:
                return False
            lifecycle.write(answer, entry)
            stream = Stream(kind, answer, item, answer.id, item.id, item.output_index, index, entry.line)
            item.streams[index, kind] = lifecycle.flow[type(event)] = stream
            if answer.speech_line:
                answer.deltas_since_speech += 1
            stream.add(event.delta)
            return True

        return stream_begun

    return make


def _stream_done(kind: str, field: str) -> Callable[[Ledgers], Step]:
    """A stream of an open part, whose deltas are the whole of it."""

    def make(ledgers: Ledgers) -> Step:
        obligations, lifecycle = ledgers.obligations, ledgers.lifecycle

        def stream_done(event: Any, entry: Entry) -> bool:
            answer, index = lifecycle.responses.get(event.response_id), event.content_index
            item = answer.items.get(event.item_id) if answer is not None else None
            if answer is None or item is None or not goes_on(answer, entry):
                return False
            part, stream = item.parts.get(index), item.streams.get((index, kind))
            if part is None or stream is None or part.done_line or stream.done_line or not item.line:
                return False
            if item.output_index != event.output_index or stream.overlong:
                return False
            final = getattr(event, field) if field else None
            if field and final != stream.text:
                return False
            obligations.settled = None
            lifecycle.write(answer, entry)
            lifecycle.end_stream(stream, final, entry.line)
            return True

        return stream_done

    return make


def _part_done(ledgers: Ledgers) -> Step:
    """An open part that says what its streams have said."""
    obligations, lifecycle = ledgers.obligations, ledgers.lifecycle

    def part_done(event: Any, entry: Entry) -> bool:
        answer, index, told = lifecycle.responses.get(event.response_id), event.content_index, event.part
        item = answer.items.get(event.item_id) if answer is not None else None
        if answer is None or item is None or not goes_on(answer, entry) or isinstance(told.audio, str):
            return False
        part = item.parts.get(index)
        if part is None or part.done_line or not item.line or item.output_index != event.output_index:
            return False
        for stream in item.streams.values():
            said = told.text if stream.kind == "text" else told.transcript
            if stream.content_index == index and stream.final is not None and stream.final != said:
                return False
        obligations.settled = None
        lifecycle.write(answer, entry)
        part.done_line, part.state, part.final = entry.line, "done", told
        lifecycle.flow.stop(item)
        return True

    return part_done


STEPS: Final[Mapping[type, Callable[[Ledgers], Step]]] = {
    response.ContentPartAdded: _part_added,
    response.OutputTextDone: _stream_done("text", "text"),
    response.OutputAudioDone: _stream_done("audio", ""),
    response.OutputAudioTranscriptDone: _stream_done("transcript", "transcript"),
    response.ContentPartDone: _part_done,
}
"""By event of the server: how it takes its part one step on."""
BEGINNINGS: Final[Mapping[type, Callable[[Ledgers], Step]]] = {
    response.OutputTextDelta: _stream_begun("text"),
    response.OutputAudioTranscriptDelta: _stream_begun("transcript"),
}
"""By class of delta: how it begins a stream."""
