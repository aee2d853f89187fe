"""DLT: deltas that do not add up to the value at their end, and ends that say different things."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any, Final

from rtcli.events import response
from rtcli.events.objects import Message
from rtcli.formats import Entry
from rtcli.rules.rule import GA, NEEDS_LOSSLESS, SHOWN, Rule, Verdict
from rtcli.session.identities import is_elided
from rtcli.session.ledgers import Ledgers
from rtcli.session.written import OutputItem, Response, Stream

_BELIEVE: Final = "take the value of the done event, and look for lost deltas"


def text_differs(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """The deltas of a text do not add up to it.

    The text that was streamed and the text that its end, its part or its item tells are not the same.
    What the user has read is not what the conversation holds. An end without deltas is in order.

    Fix: take the text of ``response.output_text.done``; look for deltas that were lost on the way.

    ::

        < response.created {"response": {"id": "r"}}
        < response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "message", "id": "i", "role": "assistant", "content": []}}
        < response.content_part.added {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "part": {"type": "text", "text": ""}}
        < response.output_text.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": "Hel"}
        < response.output_text.done {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "text": "Hello"}     # DLT01
        < response.content_part.done {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "part": {"type": "text", "text": "Hello"}}
        < response.output_item.done {"response_id": "r", "output_index": 0, "item": {"type": "message", "id": "i", "role": "assistant", "content": [{"type": "output_text", "text": "Hello"}]}}
        < response.done {"response": {"id": "r", "output": [{"type": "message", "id": "i", "role": "assistant", "content": [{"type": "output_text", "text": "Hello"}]}]}}

    Source: openai-python 3.52.0, ``response_text_done_event.py``; equal in every captured session.
    """
    return _differs(event, ledgers, "text")


def transcript_differs(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """The deltas of a transcript do not add up to it.

    The transcript that was streamed and the one that its end, its part or its item tells are not the
    same. A transcript that is cut short where the user broke in is cut short in all of them.

    Fix: take the transcript of ``response.output_audio_transcript.done``; look for deltas that were lost.

    ::

        < response.created {"response": {"id": "r"}}
        < response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "message", "id": "i", "role": "assistant", "content": []}}
        < response.content_part.added {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "part": {"type": "audio"}}
        < response.output_audio_transcript.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": "Hello"}
        < response.output_audio_transcript.done {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "transcript": "Hello"}
        < response.content_part.done {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "part": {"type": "audio", "transcript": "Hell"}}     # DLT02
        < response.output_item.done {"response_id": "r", "output_index": 0, "item": {"type": "message", "id": "i", "role": "assistant", "content": [{"type": "output_audio", "transcript": "Hello"}]}}
        < response.done {"response": {"id": "r", "output": [{"type": "message", "id": "i", "role": "assistant", "content": [{"type": "output_audio", "transcript": "Hello"}]}]}}

    Source: openai-python 3.52.0, ``response_audio_transcript_done_event.py``; equal in captured barge-ins.
    """
    return _differs(event, ledgers, "transcript")


def arguments_differ(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    r"""The deltas of a call's arguments do not add up to them.

    A client that runs the function with the arguments it has put together runs it with other ones than
    the model meant. An end without deltas is in order.

    Fix: take the arguments of ``response.function_call_arguments.done``; look for deltas that were lost.

    ::

        < response.created {"response": {"id": "r"}}
        < response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "function_call", "id": "i", "call_id": "c", "name": "f", "arguments": ""}}
        < response.function_call_arguments.delta {"response_id": "r", "item_id": "i", "output_index": 0, "call_id": "c", "delta": "{\"a\":"}
        < response.function_call_arguments.done {"response_id": "r", "item_id": "i", "output_index": 0, "call_id": "c", "name": "f", "arguments": "{\"a\":1}"}     # DLT03
        < response.output_item.done {"response_id": "r", "output_index": 0, "item": {"type": "function_call", "id": "i", "call_id": "c", "name": "f", "arguments": "{\"a\":1}"}}
        < response.done {"response": {"id": "r", "output": [{"type": "function_call", "id": "i", "call_id": "c", "name": "f", "arguments": "{\"a\":1}"}]}}

    Source: openai-python 3.52.0, ``response_function_call_arguments_done_event.py``.
    """
    return _differs(event, ledgers, "arguments")


def mcp_arguments_differ(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """The deltas of an MCP call's arguments do not add up to them.

    What a user is asked to approve, put together from the deltas, is not what the server calls. Deltas
    that are marked as obfuscated may say something else, and are passed over.

    Fix: take the arguments of ``response.mcp_call_arguments.done``.

    ::

        < response.created {"response": {"id": "r"}}
        < response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "mcp_call", "id": "i", "server_label": "s", "name": "f", "arguments": ""}}
        < response.mcp_call_arguments.delta {"response_id": "r", "item_id": "i", "output_index": 0, "delta": "{"}
        < response.mcp_call_arguments.done {"response_id": "r", "item_id": "i", "output_index": 0, "arguments": "{}"}     # DLT04
        < response.mcp_call.in_progress {"item_id": "i", "output_index": 0}
        < response.mcp_call.completed {"item_id": "i", "output_index": 0}
        < response.output_item.done {"response_id": "r", "output_index": 0, "item": {"type": "mcp_call", "id": "i", "server_label": "s", "name": "f", "arguments": "{}", "output": "x"}}
        < response.done {"response": {"id": "r", "output": [{"type": "mcp_call", "id": "i", "server_label": "s", "name": "f", "arguments": "{}", "output": "x"}]}}

    Source: openai-python 3.52.0, ``response_mcp_call_arguments_done.py``, ``response_mcp_call_arguments_delta.py``.
    """
    stream = ledgers.lifecycle.stream_of(event)
    return () if stream is None or stream.obfuscated else _adds_up(stream, event.arguments, "$.arguments")


def output_differs(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """A response does not hold what it has streamed.

    Its items at the end are others than those that were announced, in another order, or say something
    else than when they were done. A client that keeps the one and a client that keeps the other have two
    different conversations. A response that failed is not judged, nor one that was cancelled and is empty.
    Told once for each response, where it first differs.

    Fix: this is the server's; take the items as ``response.output_item.done`` tells them.

    ::

        < response.created {"response": {"id": "r"}}
        < response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "message", "id": "i", "role": "assistant", "content": []}}
        < response.output_item.done {"response_id": "r", "output_index": 0, "item": {"type": "message", "id": "i", "role": "assistant", "content": []}}
        < response.done {"response": {"id": "r", "status": "completed", "conversation_id": "v", "output": [{"type": "message", "id": "j", "role": "assistant", "content": []}], "usage": {"total_tokens": 0}}}     # DLT05

    Source: openai-python 3.52.0, ``response_done_event.py``: all items are in it, without their audio.
    """
    told, output = event.response, event.response.output
    answer = ledgers.lifecycle.responses.get(told.id) if told.id else None
    if (
        not isinstance(output, list)
        or answer is None
        or not answer.line
        or not answer.is_open
        or answer.is_crowded
        or told.status == "failed"
    ):
        return ()
    if not output and (told.status == "cancelled" or ledgers.context.vendor not in _OPENAI):
        return ()
    for item in answer.items.values():
        if not item.line or not item.id or is_elided(item.id):
            return ()
    announced, ids = _in_order(answer), [item.id for item in output]
    if any(not item_id or is_elided(item_id) for item_id in ids):
        return ()
    if ids != [item.id for item in announced]:
        return (_other_items(ids, announced),)
    return next(filter(None, map(_contradiction, range(len(ids)), output, announced)), ())


def _differs(event: Any, ledgers: Ledgers, kind: str) -> Sequence[Verdict]:
    """Where an end, a part or an item tells another value of this kind than was told before."""
    if isinstance(event, response.OutputItemDone):
        answer = ledgers.lifecycle.response_of(event)
        item = answer.items.get(event.item.id or "") if answer is not None else None
        return () if item is None or item.done_line else _item_tells(item, event.item, kind)
    if isinstance(event, response.ContentPartDone):
        part, item = ledgers.lifecycle.part_of(event), ledgers.lifecycle.item_of(event)
        if item is None or (part is not None and part.done_line):
            return ()
        return _tells(item, event.content_index, kind, getattr(event.part, kind, None), f"$.part.{kind}")
    stream = ledgers.lifecycle.stream_of(event)
    return () if stream is None else _adds_up(stream, getattr(event, kind), f"$.{kind}")


def _adds_up(stream: Stream, whole: str, path: str) -> Sequence[Verdict]:
    """Whether the deltas of a stream that ends here, and that was seen whole, are the whole of it."""
    if stream.done_line or stream.overlong or not _was_seen_whole(stream):
        return ()
    streamed = stream.text
    if streamed == whole or whole in _ELIDED:
        return ()
    message = (
        f"the {stream.deltas} deltas of the {stream.kind} of {stream.item_id[:SHOWN]} add up to "
        f"{len(streamed)} characters, the whole has {len(whole)}; {_parting(streamed, whole)}"
    )
    return (Verdict(path, message, _BELIEVE, (stream.line,)),)


def _was_seen_whole(stream: Stream) -> bool:
    part = stream.item.parts.get(stream.content_index)
    return bool(stream.item.line or (part is not None and part.line))


def _item_tells(item: OutputItem, told: Any, kind: str) -> Sequence[Verdict]:
    """Where an item tells another value than the streams of it."""
    if kind == "arguments":
        return _tells(item, -1, kind, getattr(told, kind, None), "$.item.arguments")
    found: list[Verdict] = []
    for index, content in enumerate(told.content if isinstance(told, Message) else ()):
        value, part = getattr(content, kind, None), item.parts.get(index)
        if part is None or getattr(part.final, kind, None) != value:
            found += _tells(item, index, kind, value, f"$.item.content[{index}].{kind}")
    return found


def _tells(item: OutputItem, index: int, kind: str, value: Any, path: str) -> Sequence[Verdict]:
    """Whether a value is the one that the end of its stream told."""
    stream = item.streams.get((index, kind))
    if stream is None or stream.final is None or not isinstance(value, str) or value == stream.final:
        return ()
    if value in _ELIDED or (item.truncated and kind == "transcript"):
        return ()
    message = f"the {kind} of {item.id[:SHOWN]} is another than in line {stream.done_line}; "
    return (Verdict(path, message + _parting(stream.final, value), _BELIEVE, (stream.done_line,)),)


def _parting(before: str, here: str) -> str:
    """Where two texts part."""
    same = next((n for n, (a, b) in enumerate(zip_longest(before, here)) if a != b), 0)
    return f"they part behind character {same}" if same else "they differ from the first character on"


def _in_order(answer: Response) -> list[OutputItem]:
    return sorted(answer.items.values(), key=lambda item: item.output_index or 0)


def _other_items(ids: list[str], announced: list[OutputItem]) -> Verdict:
    """What is wrong with the ids of a response's output."""
    lines = tuple(item.line for item in announced)[:_LINES_SHOWN]
    here, there = set(ids), {item.id for item in announced}
    if lost := [item.id for item in announced if item.id not in here]:
        message = f"the item {lost[0][:SHOWN]} was announced, and is not in the output"
    elif added := [one for one in ids if one not in there]:
        message = f"the item {added[0][:SHOWN]} is in the output, and was never announced"
    else:
        message = "the items are in another order than they were announced in"
    return Verdict("$.response.output", message, _TAKE_ITEMS, lines)


def _contradiction(index: int, told: Any, item: OutputItem) -> Sequence[Verdict]:
    """Where an item of the output says something else than when it was done."""
    if item.final is None or item.final == told:
        return ()
    for path, before, here in _compared(item, told):
        if isinstance(before, str) and isinstance(here, str) and before != here and here not in _ELIDED:
            message = f"the item {item.id[:SHOWN]} was done with another {path} in line {item.done_line}"
            return (Verdict(f"$.response.output[{index}].{path}", message, _TAKE_ITEMS, (item.done_line,)),)
    return ()


def _compared(item: OutputItem, told: Any) -> list[tuple[str, Any, Any]]:
    """What is compared of an item: the path, what it was when it was done, and what it is here."""
    final = item.final
    pairs: list[tuple[str, Any, Any]] = [("type", _tag(final), _tag(told))]
    pairs += [(name, getattr(final, name, None), getattr(told, name, None)) for name in _FIELDS]
    contents = zip_longest(getattr(final, "content", None) or (), getattr(told, "content", None) or ())
    for number, (before, here) in enumerate(contents):
        place = f"content[{number}]"
        pairs.append((place, _tag(before), _tag(here)))
        for name in ("text",) if item.truncated else ("text", "transcript"):
            pairs.append((f"{place}.{name}", getattr(before, name, None), getattr(here, name, None)))
    return pairs


def _tag(item: Any) -> str:
    """What an object calls itself; empty where there is none."""
    return "" if item is None else str(type(item).__struct_config__.tag)


_ELIDED: Final = frozenset({"[Object]", "[Array]"})
"""What Node's logger puts for what it does not print."""
_OPENAI: Final = ("", "Azure OpenAI")
_FIELDS: Final = ("role", "status", "name", "call_id", "arguments")
_TAKE_ITEMS: Final = "take the items of response.output_item.done"
_LINES_SHOWN: Final = 5
_ENDS: Final = (response.ContentPartDone, response.OutputItemDone)
_ARGUMENTS: Final = (response.FunctionCallArgumentsDone, response.OutputItemDone)
_MCP: Final = (response.McpCallArgumentsDone,)

RULES: Final[tuple[Rule, ...]] = (
    Rule("DLT01", "error", text_differs, (response.OutputTextDone, *_ENDS), NEEDS_LOSSLESS),
    Rule("DLT02", "error", transcript_differs, (response.OutputAudioTranscriptDone, *_ENDS), NEEDS_LOSSLESS),
    Rule("DLT03", "error", arguments_differ, _ARGUMENTS, NEEDS_LOSSLESS),
    Rule("DLT04", "warning", mcp_arguments_differ, _MCP, NEEDS_LOSSLESS, tier="extended", dialects=GA),
    Rule("DLT05", "error", output_differs, (response.Done,), NEEDS_LOSSLESS),
)
