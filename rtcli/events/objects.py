"""Objects that several event families share: items, content parts, responses, errors.

Shapes follow openai-python 3.52.0 (``openai.types.realtime``). What real servers add is part of
the shapes here, each with its evidence. Where the official type leaves ``type`` optional on an
object that is told apart by it (a content part, an audio format, a tool), it is required here:
every captured session has it, and the server refuses the object without it.
"""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta

from rtcli.events.billed import Usage
from rtcli.events.event import MAX_INTEGER, Maybe, Object, Whole

ItemStatus = Literal["completed", "incomplete", "in_progress"]
Modality = Literal["text", "audio"]
MaxOutputTokens = Annotated[int, Meta(ge=1, le=MAX_INTEGER)] | Literal["inf"]
Metadata = Annotated[
    dict[Annotated[str, Meta(max_length=64)], Annotated[str, Meta(max_length=512)]], Meta(max_length=16)
]
"""Source: openai-python 3.52.0, ``types/shared/metadata.py``: 16 pairs, keys to 64, values to 512 characters."""


class InputText(Object, tag_field="type", tag="input_text"):
    """Text of a system or user message."""

    text: Maybe[str] = UNSET


class InputAudio(Object, tag_field="type", tag="input_audio"):
    """Audio of a user message; the server leaves the bytes out and fills the transcript later."""

    audio: Maybe[str] = UNSET
    transcript: Maybe[str] = UNSET


class InputImage(Object, tag_field="type", tag="input_image"):
    """An image of a user message, as a data URL."""

    image_url: Maybe[str] = UNSET
    detail: Maybe[Literal["auto", "low", "high"]] = UNSET


class OutputText(Object, tag_field="type", tag="output_text"):
    """Text of an assistant message."""

    text: Maybe[str] = UNSET


class OutputAudio(Object, tag_field="type", tag="output_audio"):
    """Speech of an assistant message; the bytes travel in ``response.output_audio.delta``."""

    audio: Maybe[str] = UNSET
    transcript: Maybe[str] = UNSET


ContentPart = InputText | InputAudio | InputImage | OutputText | OutputAudio


class StreamedPart(Object):
    """The part of ``response.content_part.*``; its type is ``text`` or ``audio`` in every dialect."""

    type: Maybe[Modality] = UNSET
    text: Maybe[str] = UNSET
    audio: Maybe[str] = UNSET
    transcript: Maybe[str] = UNSET


class Message(Object, tag_field="type", tag="message"):
    """A message of the system, the user or the assistant."""

    id: Maybe[str] = UNSET
    object: Maybe[Literal["realtime.item"]] = UNSET
    status: Maybe[ItemStatus] = UNSET
    role: Literal["system", "user", "assistant"]
    content: list[ContentPart]
    phase: Maybe[str] = UNSET
    """Source: gpt-realtime-2 sessions, captured by pydantic-ai: ``commentary`` or ``final_answer``."""


class FunctionCall(Object, tag_field="type", tag="function_call"):
    """The model asks the client to run a function."""

    id: Maybe[str] = UNSET
    object: Maybe[Literal["realtime.item"]] = UNSET
    status: Maybe[ItemStatus] = UNSET
    name: str
    call_id: Maybe[str] = UNSET
    arguments: str
    phase: Maybe[str] = UNSET


class FunctionCallOutput(Object, tag_field="type", tag="function_call_output"):
    """What the client's function gave back."""

    id: Maybe[str] = UNSET
    object: Maybe[Literal["realtime.item"]] = UNSET
    status: Maybe[ItemStatus] = UNSET
    call_id: str
    output: str


class McpProtocolError(Object, tag_field="type", tag="protocol_error"):
    """The MCP server broke the MCP protocol."""

    code: Whole
    message: str


class McpToolExecutionError(Object, tag_field="type", tag="tool_execution_error"):
    """The MCP tool ran and failed."""

    message: str


class McpHttpError(Object, tag_field="type", tag="http_error"):
    """The MCP server answered with an HTTP error."""

    code: Whole
    message: str


class McpCall(Object, tag_field="type", tag="mcp_call"):
    """A tool call that the server itself makes at an MCP server."""

    id: str
    server_label: str
    name: str
    arguments: str
    approval_request_id: Maybe[str] = UNSET
    output: Maybe[str] = UNSET
    error: Maybe[McpProtocolError | McpToolExecutionError | McpHttpError] = UNSET


class McpTool(Object):
    """A tool that an MCP server offers."""

    name: str
    input_schema: Any
    description: Maybe[str] = UNSET
    annotations: Any = UNSET


class McpListTools(Object, tag_field="type", tag="mcp_list_tools"):
    """The tools that an MCP server offers."""

    id: Maybe[str] = UNSET
    server_label: str
    tools: list[McpTool]


class McpApprovalRequest(Object, tag_field="type", tag="mcp_approval_request"):
    """The server asks whether it may make an MCP call."""

    id: str
    server_label: str
    name: str
    arguments: str


class McpApprovalResponse(Object, tag_field="type", tag="mcp_approval_response"):
    """The client allows an MCP call, or does not."""

    id: str
    approval_request_id: str
    approve: bool
    reason: Maybe[str] = UNSET


class ItemReference(Object, tag_field="type", tag="item_reference"):
    """An item of the conversation, named in the input of ``response.create``."""

    id: str


Item = Message | FunctionCall | FunctionCallOutput | McpCall | McpListTools | McpApprovalRequest | McpApprovalResponse


class AudioPcm(Object, tag_field="type", tag="audio/pcm"):
    """16-bit little-endian mono PCM at 24 kHz."""

    rate: Maybe[Literal[24000]] = UNSET


class AudioPcmu(Object, tag_field="type", tag="audio/pcmu"):
    """G.711 µ-law at 8 kHz."""


class AudioPcma(Object, tag_field="type", tag="audio/pcma"):
    """G.711 A-law at 8 kHz."""


AudioFormat = AudioPcm | AudioPcmu | AudioPcma


class VoiceId(Object):
    """A custom voice, named by its id."""

    id: str


class ResponseAudioOutput(Object):
    """Format and voice of one response's audio."""

    format: Maybe[AudioFormat] = UNSET
    voice: Maybe[str | VoiceId] = UNSET


class ResponseAudio(Object):
    """The audio part of a response."""

    output: Maybe[ResponseAudioOutput] = UNSET


class StatusError(Object):
    """Why a response failed."""

    type: Maybe[str] = UNSET
    code: Maybe[str] = UNSET
    message: Maybe[str] = UNSET


class StatusDetails(Object):
    """Why a response ended as it did."""

    type: Maybe[Literal["completed", "cancelled", "incomplete", "failed"]] = UNSET
    reason: Maybe[Literal["turn_detected", "client_cancelled", "max_output_tokens", "content_filter"]] = UNSET
    error: Maybe[StatusError] = UNSET


class Response(Object):
    """A response as the server reports it when it begins and when it is done."""

    id: Maybe[str] = UNSET
    object: Maybe[Literal["realtime.response"]] = UNSET
    status: Maybe[Literal["in_progress", "completed", "cancelled", "failed", "incomplete"]] = UNSET
    status_details: Maybe[StatusDetails] = UNSET
    output: Maybe[list[Item]] = UNSET
    conversation_id: Maybe[str] = UNSET
    output_modalities: Maybe[list[Modality]] = UNSET
    max_output_tokens: Maybe[MaxOutputTokens] = UNSET
    audio: Maybe[ResponseAudio] = UNSET
    usage: Maybe[Usage] = UNSET
    metadata: Maybe[Metadata] = UNSET


class Conversation(Object):
    """A conversation's id."""

    id: Maybe[str] = UNSET
    object: Maybe[Literal["realtime.conversation"]] = UNSET


class LogProb(Object):
    """A transcribed token, its bytes and how sure the model was."""

    token: str
    logprob: float
    bytes: list[Annotated[int, Meta(ge=0, le=255)]]


class Language(Object):
    """A language heard in the audio."""

    code: str


class TranscriptionError(Object):
    """Why a transcription failed."""

    type: Maybe[str] = UNSET
    code: Maybe[str] = UNSET
    message: Maybe[str] = UNSET
    param: Maybe[str] = UNSET


class ErrorDetails(Object):
    """What the server says went wrong; ``event_id`` is the client's event that caused it."""

    type: str
    code: Maybe[str] = UNSET
    message: str
    param: Maybe[str] = UNSET
    event_id: Maybe[str] = UNSET


class RateLimit(Object):
    """One limit and what is left of it; ``reset_seconds`` until it is full again."""

    name: Maybe[Literal["requests", "tokens"]] = UNSET
    limit: Maybe[Whole] = UNSET
    remaining: Maybe[Whole] = UNSET
    reset_seconds: Maybe[float] = UNSET
