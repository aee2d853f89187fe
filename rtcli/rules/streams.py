"""SEQ: parts and streams of deltas that are not opened, not closed, or that go on behind their end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from rtcli.events import response
from rtcli.formats import Entry
from rtcli.rules.rule import NEEDS_LOSSLESS, SHOWN, Rule, Verdict
from rtcli.session.flow import DELTAS
from rtcli.session.ledgers import Ledgers
from rtcli.session.written import OutputItem


def part_not_announced(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """Content comes before its part is announced.

    ``response.content_part.added`` opens a part before anything is written to it. A client that makes its
    text field or its player there has none yet. Told once for each part.

    Fix: this is the server's, or a gateway's that drops ``response.content_part.added``.

    ::

        < response.created {"response": {"id": "r"}}
        < response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "message", "id": "i", "role": "assistant", "content": []}}
        < response.output_text.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": "x"}     # SEQ07
        < response.output_text.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": "y"}
        < response.output_text.done {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "text": "xy"}
        < response.output_item.done {"response_id": "r", "output_index": 0, "item": {"type": "message", "id": "i", "role": "assistant", "content": [{"type": "output_text", "text": "xy"}]}}
        < response.done {"response": {"id": "r", "output": [{"type": "message", "id": "i", "role": "assistant", "content": [{"type": "output_text", "text": "xy"}]}]}}

    Source: openai-python 3.52.0, ``response_content_part_added_event.py``; the guide on realtime conversations.
    """
    item = _announced(ledgers.lifecycle.item_of(event), ledgers)
    if item is None or event.content_index in item.parts or _has_streams(item, event.content_index):
        return ()
    message = f"the item {item.id[:SHOWN]} has no part {event.content_index} yet"
    return (Verdict("$.content_index", message, "announce the part first", (item.line,)),)


def delta_behind_its_end(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """A delta comes behind the end of its stream.

    The ``done`` event has told the whole value, and a piece of it follows. A client that has acted on the
    end drops it, or has it twice. Told once for each stream.

    Fix: this is the server's; take the value of the ``done`` event.

    ::

        < response.created {"response": {"id": "r"}}
        < response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "message", "id": "i", "role": "assistant", "content": []}}
        < response.content_part.added {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "part": {"type": "audio"}}
        < response.output_audio.done {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0}
        < response.output_audio_transcript.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": "x"}
        < response.output_audio_transcript.done {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "transcript": "x"}
        < response.output_audio_transcript.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": "y"}     # SEQ08
        < response.content_part.done {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "part": {"type": "audio", "transcript": "x"}}
        < response.output_item.done {"response_id": "r", "output_index": 0, "item": {"type": "message", "id": "i", "role": "assistant", "content": [{"type": "output_audio", "transcript": "x"}]}}
        < response.done {"response": {"id": "r", "output": [{"type": "message", "id": "i", "role": "assistant", "content": [{"type": "output_audio", "transcript": "x"}]}]}}

    Source: openai-python 3.52.0, ``response_audio_transcript_done_event.py``; the streams of one part are
    independent.
    """
    stream = ledgers.lifecycle.stream_of(event)
    if stream is None or not stream.done_line or stream.late_line:
        return ()
    message = f"the {stream.kind} of the item {stream.item_id[:SHOWN]} was done in line {stream.done_line}"
    return (Verdict("", message, "take the value of the done event", (stream.done_line,)),)


def delta_behind_its_place(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """A delta comes when its part or its item is closed.

    The part or the item is final, and a piece of it follows. A client that has stored or played what
    there was misses it. Told once for each stream.

    Fix: this is the server's; take the item of ``response.output_item.done``.

    ::

        < response.created {"response": {"id": "r"}}
        < response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "message", "id": "i", "role": "assistant", "content": []}}
        < response.content_part.added {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "part": {"type": "text", "text": ""}}
        < response.output_text.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": "x"}
        < response.content_part.done {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "part": {"type": "text", "text": "xy"}}
        < response.output_text.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": "y"}     # SEQ09
        < response.output_text.done {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "text": "xy"}     # SEQ23
        < response.output_item.done {"response_id": "r", "output_index": 0, "item": {"type": "message", "id": "i", "role": "assistant", "content": [{"type": "output_text", "text": "xy"}]}}
        < response.done {"response": {"id": "r", "output": [{"type": "message", "id": "i", "role": "assistant", "content": [{"type": "output_text", "text": "xy"}]}]}}

    Source: openai-python 3.52.0, ``response_content_part_done_event.py``, ``response_output_item_done_event.py``.
    """
    item, part = ledgers.lifecycle.item_of(event), ledgers.lifecycle.part_of(event)
    stream = ledgers.lifecycle.stream_of(event)
    if item is None or not _is_open(item, ledgers) or (stream is not None and stream.behind_line):
        return ()
    closed, line = ("part", part.done_line) if part is not None and part.done_line else ("item", item.done_line)
    if not line:
        return ()
    message = f"the {closed} was closed in line {line}, and more of the item {item.id[:SHOWN]} follows"
    return (Verdict("", message, "take the item of response.output_item.done", (line,)),)


def parts_do_not_pair(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """A content part is opened or closed alone.

    Each part has a ``response.content_part.added`` and a ``response.content_part.done``, also when it is
    cut short. A client that waits for the end of a part shows it as being written for ever.

    Fix: this is the server's; close what is open with ``response.output_item.done``.

    ::

        < response.created {"response": {"id": "r"}}
        < response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "message", "id": "i", "role": "assistant", "content": []}}
        < response.content_part.added {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "part": {"type": "text", "text": ""}}
        < response.content_part.done {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 1, "part": {"type": "text", "text": ""}}     # SEQ10
        < response.output_item.done {"response_id": "r", "output_index": 0, "item": {"type": "message", "id": "i", "role": "assistant", "content": []}}     # SEQ10
        < response.done {"response": {"id": "r", "output": [{"type": "message", "id": "i", "role": "assistant", "content": []}]}}

    Source: openai-python 3.52.0, ``response_content_part_done_event.py``: also sent when it is interrupted.
    """
    if isinstance(event, response.ContentPartDone):
        item = _announced(ledgers.lifecycle.item_of(event), ledgers)
        if item is None or event.content_index in item.parts or _has_streams(item, event.content_index):
            return ()
        message = f"the item {item.id[:SHOWN]} has never begun its part {event.content_index}"
        return (Verdict("$.content_index", message, "announce the part first", (item.line,)),)
    remedy = "close every part"
    return [
        Verdict("", f"the part {index} of the item {item.id[:SHOWN]} is not closed", remedy, (part.line,))
        for item in _closing(event, ledgers)
        for index, part in item.parts.items()
        if not part.done_line
    ]


def stream_without_end(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """An item is done, and a stream of it is not.

    Deltas came, and no ``done`` event with the whole value, which comes also when the response is cut
    short. A client that acts on the whole text, or on the arguments of a call, never acts.

    Fix: this is the server's; take the value from ``response.output_item.done``.

    ::

        < response.created {"response": {"id": "r"}}
        < response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "function_call", "id": "i", "call_id": "c", "name": "f", "arguments": ""}}
        < response.function_call_arguments.delta {"response_id": "r", "item_id": "i", "output_index": 0, "call_id": "c", "delta": "{}"}
        < response.output_item.done {"response_id": "r", "output_index": 0, "item": {"type": "function_call", "id": "i", "call_id": "c", "name": "f", "arguments": "{}"}}     # SEQ11
        < response.output_item.added {"response_id": "r", "output_index": 1, "item": {"type": "function_call", "id": "j", "call_id": "d", "name": "f", "arguments": ""}}
        < response.function_call_arguments.delta {"response_id": "r", "item_id": "j", "output_index": 1, "call_id": "d", "delta": "{}"}
        < response.function_call_arguments.done {"response_id": "r", "item_id": "j", "output_index": 1, "call_id": "d", "name": "f", "arguments": "{}"}
        < response.output_item.done {"response_id": "r", "output_index": 1, "item": {"type": "function_call", "id": "j", "call_id": "d", "name": "f", "arguments": "{}"}}
        < response.done {"response": {"id": "r", "output": [{"type": "function_call", "id": "i", "call_id": "c", "name": "f", "arguments": "{}"}, {"type": "function_call", "id": "j", "call_id": "d", "name": "f", "arguments": "{}"}]}}

    Source: openai-python 3.52.0, ``response_function_call_arguments_done_event.py``: also sent when it is
    interrupted.
    """
    remedy = "take the value from response.output_item.done"
    return [
        Verdict("", f"the {stream.kind} of the item {item.id[:SHOWN]} is not done", remedy, (stream.line,))
        for item in _closing(event, ledgers)
        for stream in item.streams.values()
        if not stream.done_line
    ]


def end_behind_its_part(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """A stream ends when its part is closed.

    The order of the two is documented as a rough one, and is the same in every session captured at
    OpenAI. A client that puts the part together when it closes does so without the whole value.

    Fix: take the value of the part, or wait for ``response.output_item.done``.

    ::

        < response.created {"response": {"id": "r"}}
        < response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "message", "id": "i", "role": "assistant", "content": []}}
        < response.content_part.added {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "part": {"type": "audio"}}
        < response.output_audio.done {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0}
        < response.content_part.done {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "part": {"type": "audio", "transcript": "x"}}
        < response.output_audio_transcript.done {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "transcript": "x"}     # SEQ23
        < response.output_item.done {"response_id": "r", "output_index": 0, "item": {"type": "message", "id": "i", "role": "assistant", "content": [{"type": "output_audio", "transcript": "x"}]}}
        < response.done {"response": {"id": "r", "output": [{"type": "message", "id": "i", "role": "assistant", "content": [{"type": "output_audio", "transcript": "x"}]}]}}

    Source: the guide on realtime conversations; captured sessions of OpenAI, none of 46, and of xAI, many.
    """
    part, stream = ledgers.lifecycle.part_of(event), ledgers.lifecycle.stream_of(event)
    if part is None or not part.done_line or (stream is not None and stream.done_line):
        return ()
    message = f"the part {event.content_index} of the item {event.item_id[:SHOWN]} was closed before its stream ends"
    return (Verdict("", message, "wait for response.output_item.done", (part.done_line,)),)


def _is_open(item: OutputItem, ledgers: Ledgers) -> bool:
    """Whether the response of an item goes on; what comes behind its end has a rule of its own."""
    answer = ledgers.lifecycle.responses.get(item.response_id)
    return answer is not None and answer.is_open


def _announced(item: OutputItem | None, ledgers: Ledgers) -> OutputItem | None:
    """An item whose beginning was seen and whose response goes on, so that all of its parts were seen to begin."""
    if item is None or not item.line or item.is_crowded or not _is_open(item, ledgers):
        return None
    return item


def _has_streams(item: OutputItem, content_index: int) -> bool:
    return any(index == content_index for index, _ in item.streams)


def _closing(event: Any, ledgers: Ledgers) -> Sequence[OutputItem]:
    """The item that ``response.output_item.done`` closes, if that can be judged."""
    answer = ledgers.lifecycle.response_of(event)
    item = answer.items.get(event.item.id or "") if answer is not None and answer.is_open else None
    return () if item is None or item.done_line else (item,)


_CONTENT_DELTAS: Final = (response.OutputTextDelta, response.OutputAudioDelta, response.OutputAudioTranscriptDelta)
_CONTENT_DONES: Final = (response.OutputTextDone, response.OutputAudioDone, response.OutputAudioTranscriptDone)
_PAIRS: Final = (response.ContentPartDone, response.OutputItemDone)

RULES: Final[tuple[Rule, ...]] = (
    Rule("SEQ07", "error", part_not_announced, (*_CONTENT_DELTAS, *_CONTENT_DONES), NEEDS_LOSSLESS, openai_only=True),
    Rule("SEQ08", "error", delta_behind_its_end, tuple(DELTAS), NEEDS_LOSSLESS),
    Rule("SEQ09", "error", delta_behind_its_place, tuple(DELTAS), NEEDS_LOSSLESS),
    Rule("SEQ10", "error", parts_do_not_pair, _PAIRS, NEEDS_LOSSLESS, openai_only=True),
    Rule("SEQ11", "error", stream_without_end, (response.OutputItemDone,), NEEDS_LOSSLESS),
    Rule("SEQ23", "warning", end_behind_its_part, _CONTENT_DONES, NEEDS_LOSSLESS, tier="extended"),
)
