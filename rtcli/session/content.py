"""What a whole item object says, put where its deltas would have gone.

Law: it fills what is missing and never changes what a stream's own end has settled.
"""

from __future__ import annotations

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
_TAKEN_OVER: dict[type, tuple[str, ...]] = {}


def fill(
    item: Item, reported: Reported, at_s: float | None, audio_format: str | None = None, *, final: bool = True
) -> None:
    """Take over an item object; `final` says that nothing of it is still being written."""
    item.known = True
    kind = type(reported)
    item.kind = str(kind.__struct_config__.tag)
    for name in _TAKEN_OVER.get(kind) or _taken_over(kind):
        value = getattr(reported, name)
        if value:
            setattr(item, name, value)
    match reported:
        case Message(content=content):
            for index, part in enumerate(content):
                _fill_part(item, index, part, at_s, audio_format, final=final)
        case FunctionCall(arguments=arguments) | McpApprovalRequest(arguments=arguments):
            settle(item, OWN, "arguments", arguments, at_s, final=final)
        case FunctionCallOutput(output=output):
            settle(item, OWN, "output", output, at_s)
        case McpCall():
            _fill_mcp_call(item, reported, at_s, final=final)
        case McpListTools(tools=tools):
            item.offers = len(tools)
        case _:
            item.approve = reported.approve
            settle(item, OWN, "reason", reported.reason, at_s)


def _taken_over(kind: type[Struct]) -> tuple[str, ...]:
    """What items of a class tell of themselves and the tree shows; remembered by class."""
    shown = ("status", "role", "name", "server_label", "call_id", "phase")
    names = _TAKEN_OVER[kind] = tuple(name for name in shown if name in kind.__struct_fields__)
    return names


def settle(item: Item, index: int, kind: str, value: object, at_s: float | None, *, final: bool = True) -> None:
    """Close a stream with its whole value, if there is one."""
    if isinstance(value, str) and (value or (index, kind) in item.streams) and final:
        stream = stream_of(item, index, kind, at_s)
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


def _fill_mcp_call(item: Item, call: McpCall, at_s: float | None, *, final: bool) -> None:
    settle(item, OWN, "arguments", call.arguments, at_s, final=final)
    settle(item, OWN, "output", call.output, at_s)
    if call.error and not any(isinstance(child, Failure) for child in item.children):
        kind = str(type(call.error).__struct_config__.tag)
        code = getattr(call.error, "code", None)
        label = f"{kind} {code}" if code is not None else kind
        item.children.append(Failure(at_s, label, said=call.error.message))
