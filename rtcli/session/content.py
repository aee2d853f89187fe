"""What a whole item object says, put where its deltas would have gone.

Law: it fills what is missing and never changes what a stream's own end has settled.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

from msgspec import Struct

from rtcli.events.objects import (
    ContentPart,
    FunctionCall,
    FunctionCallOutput,
    InputAudio,
    InputText,
    McpApprovalRequest,
    McpCall,
    McpListTools,
    Message,
    OutputAudio,
    OutputText,
)
from rtcli.events.objects import Item as Reported
from rtcli.session.state import part_of, stream_of
from rtcli.session.tree import Failure, Item
from rtcli.units import base64_bytes

OWN = -1
"""The index of streams that belong to the item itself: arguments and output."""
_SHOWN: Final = ("status", "role", "name", "server_label", "call_id", "phase")


def fill(
    item: Item, reported: Reported, at_s: float | None, audio_format: str | None = None, *, final: bool = True
) -> None:
    """Take over an item object; `final` says that nothing of it is still being written."""
    item.known = True
    item.kind, shown, take = _way(type(reported))
    for name in shown:
        value = getattr(reported, name)
        if value:
            setattr(item, name, value)
    take(item, reported, at_s, audio_format, final)


@cache
def _way(kind: type[Struct]) -> tuple[str, tuple[str, ...], _Take]:
    """What items of a class are called, what the tree shows of what they tell, and how to take over the rest."""
    shown = tuple(name for name in _SHOWN if name in kind.__struct_fields__)
    take = next((_TAKES[base] for base in kind.__mro__ if base in _TAKES), _take_answer)
    return str(kind.__struct_config__.tag), shown, take


def _take_message(item: Item, message: Any, at_s: float | None, audio_format: str | None, final: bool) -> None:
    for index, part in enumerate(message.content):
        _fill_part(item, index, part, at_s, audio_format, final=final)


def _take_arguments(item: Item, call: Any, at_s: float | None, _format: str | None, final: bool) -> None:
    settle(item, OWN, "arguments", call.arguments, at_s, final=final)


def _take_output(item: Item, output: Any, at_s: float | None, _format: str | None, _final: bool) -> None:
    settle(item, OWN, "output", output.output, at_s)


def _take_mcp_call(item: Item, call: Any, at_s: float | None, _format: str | None, final: bool) -> None:
    settle(item, OWN, "arguments", call.arguments, at_s, final=final)
    settle(item, OWN, "output", call.output, at_s)
    if call.error and not any(isinstance(child, Failure) for child in item.children):
        kind = str(type(call.error).__struct_config__.tag)
        code = getattr(call.error, "code", None)
        label = f"{kind} {code}" if code is not None else kind
        item.children.append(Failure(at_s, label, said=call.error.message))


def _take_tools(item: Item, listing: Any, _at_s: float | None, _format: str | None, _final: bool) -> None:
    item.offers = len(listing.tools)


def _take_answer(item: Item, answer: Any, at_s: float | None, _format: str | None, _final: bool) -> None:
    item.approve = answer.approve
    settle(item, OWN, "reason", answer.reason, at_s)


_Take = Callable[[Item, Any, float | None, str | None, bool], None]
_TAKES: Final[dict[type, _Take]] = {
    Message: _take_message,
    FunctionCall: _take_arguments,
    McpApprovalRequest: _take_arguments,
    FunctionCallOutput: _take_output,
    McpCall: _take_mcp_call,
    McpListTools: _take_tools,
}


def settle(item: Item, index: int, kind: str, value: object, at_s: float | None, *, final: bool = True) -> None:
    """Close a stream with its whole value, if there is one."""
    if not final or not isinstance(value, str):
        return
    known = item.streams.get((index, kind))
    if value or known is not None:
        stream = known or stream_of(item, index, kind, at_s)
        if not stream.done:
            stream.close(value or None)


def _fill_part(
    item: Item, index: int, part: ContentPart, at_s: float | None, audio_format: str | None, *, final: bool
) -> None:
    match part:
        case InputText(text=text) | OutputText(text=text):
            settle(item, index, "text", text, at_s, final=final)
        case InputAudio(audio=audio, transcript=transcript) | OutputAudio(audio=audio, transcript=transcript):
            said = part_of(item, index, at_s, "audio")
            said.done = said.done or final
            _fill_audio(item, index, audio, at_s, audio_format)
            settle(item, index, "transcript", transcript, at_s, final=final and bool(transcript))
        case _:
            part_of(item, index, at_s, "image").size_bytes = _image_bytes(part.image_url)


def _fill_audio(item: Item, index: int, audio: object, at_s: float | None, audio_format: str | None) -> None:
    if isinstance(audio, str) and audio and (index, "audio") not in item.streams:
        stream = stream_of(item, index, "audio", at_s, audio_format)
        stream.add_audio(audio, None)
        stream.deltas = 0
        stream.close()


def _image_bytes(url: object) -> int:
    if not isinstance(url, str) or ";base64," not in url:
        return 0
    return base64_bytes(len(url) - url.index(";base64,") - len(";base64,"), url[-2:])
