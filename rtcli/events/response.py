"""Events whose type begins with ``response``: what the model says and does.

A response has output items, an item has content parts, a part has a stream of deltas; each level
opens with ``added`` and closes with ``done``, and the ``done`` value is the truth.
Source for ``obfuscation`` on text deltas: 271 text, 235 transcript and 114 argument deltas captured.
"""

from typing import Any

from msgspec import UNSET

from rtcli.events.configuration import ResponseParams
from rtcli.events.event import Call, ClientEvent, Index, Maybe, ServerEvent
from rtcli.events.objects import FunctionCall, Item, Response, StreamedPart


class Create(ClientEvent, tag="response.create"):
    """The client asks the model to answer now; ``response.created`` follows, or an error.

    With ``conversation: "none"`` the answer stays outside the conversation.
    """

    response: Maybe[ResponseParams] = UNSET


class Cancel(ClientEvent, tag="response.cancel"):
    """The client stops a response; ``response.done`` with status ``cancelled`` follows."""

    response_id: Maybe[str] = UNSET


class Created(ServerEvent, tag="response.created"):
    """A response began: asked for by the client, or by VAD at the end of a turn."""

    response: Response


class Done(ServerEvent, tag="response.done"):
    """The response is over, whatever its status; the output leaves out the audio bytes."""

    response: Response


class OutputItemAdded(ServerEvent, tag="response.output_item.added"):
    """The response begins an item: a message, a function call, an MCP call."""

    response_id: str
    output_index: Index
    item: Item


class OutputItemDone(ServerEvent, tag="response.output_item.done"):
    """The response's item is final; its status is ``completed`` or ``incomplete``."""

    response_id: str
    output_index: Index
    item: Item

    def function_call(self) -> Call | None:
        """The call that the item is; None when it is another item or was cut short."""
        item = self.item
        if not isinstance(item, FunctionCall) or item.status == "incomplete":
            return None
        return Call(item.call_id or "", item.name, item.arguments)


class ContentPartAdded(ServerEvent, tag="response.content_part.added"):
    """The item begins a part; deltas follow.

    Source for ``content``, a copy of ``part``: 12 events captured at Azure.
    """

    response_id: str
    item_id: str
    output_index: Index
    content_index: Index
    part: StreamedPart
    content: Any = UNSET


class ContentPartDone(ServerEvent, tag="response.content_part.done"):
    """The part is final."""

    response_id: str
    item_id: str
    output_index: Index
    content_index: Index
    part: StreamedPart
    content: Any = UNSET


class OutputTextDelta(ServerEvent, tag="response.output_text.delta"):
    """A piece of the model's text."""

    response_id: str
    item_id: str
    output_index: Index
    content_index: Index
    delta: str
    obfuscation: Maybe[str] = UNSET


class OutputTextDone(ServerEvent, tag="response.output_text.done"):
    """The model's text, whole, or as far as it came before it was interrupted."""

    response_id: str
    item_id: str
    output_index: Index
    content_index: Index
    text: str


class OutputAudioDelta(ServerEvent, tag="response.output_audio.delta"):
    """A piece of the model's speech, base64 in the response's format. Not sent on WebRTC and SIP."""

    response_id: str
    item_id: str
    output_index: Index
    content_index: Index
    delta: str
    obfuscation: Maybe[str] = UNSET


class OutputAudioDone(ServerEvent, tag="response.output_audio.done"):
    """The model's speech is complete, or was interrupted."""

    response_id: str
    item_id: str
    output_index: Index
    content_index: Index


class OutputAudioTranscriptDelta(ServerEvent, tag="response.output_audio_transcript.delta"):
    """A piece of what the model's speech says; independent of the pace of the audio."""

    response_id: str
    item_id: str
    output_index: Index
    content_index: Index
    delta: str
    obfuscation: Maybe[str] = UNSET


class OutputAudioTranscriptDone(ServerEvent, tag="response.output_audio_transcript.done"):
    """What the model's speech says, whole, or as far as it came."""

    response_id: str
    item_id: str
    output_index: Index
    content_index: Index
    transcript: str


class FunctionCallArgumentsDelta(ServerEvent, tag="response.function_call_arguments.delta"):
    """A piece of a function call's arguments: JSON text, not yet whole."""

    response_id: str
    item_id: str
    output_index: Index
    call_id: str
    delta: str
    obfuscation: Maybe[str] = UNSET


class FunctionCallArgumentsDone(ServerEvent, tag="response.function_call_arguments.done"):
    """A function call's arguments, whole; the client may run the function now."""

    response_id: str
    item_id: str
    output_index: Index
    call_id: str
    name: str
    arguments: str

    @property
    def is_function_call_done(self) -> bool:
        """True."""
        return True

    def function_call(self) -> Call | None:
        """The call, with its name where the dialect tells it here."""
        return Call(self.call_id, self.name or "", self.arguments)


class McpCallArgumentsDelta(ServerEvent, tag="response.mcp_call_arguments.delta"):
    """A piece of an MCP call's arguments."""

    response_id: str
    item_id: str
    output_index: Index
    delta: str
    obfuscation: Maybe[str] = UNSET


class McpCallArgumentsDone(ServerEvent, tag="response.mcp_call_arguments.done"):
    """An MCP call's arguments, whole."""

    response_id: str
    item_id: str
    output_index: Index
    arguments: str


class McpCallInProgress(ServerEvent, tag="response.mcp_call.in_progress"):
    """The server calls the MCP tool."""

    item_id: str
    output_index: Index


class McpCallCompleted(ServerEvent, tag="response.mcp_call.completed"):
    """The MCP tool answered; the answer stands in the item."""

    item_id: str
    output_index: Index


class McpCallFailed(ServerEvent, tag="response.mcp_call.failed"):
    """The MCP tool failed; the error stands in the item."""

    item_id: str
    output_index: Index
