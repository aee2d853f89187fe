"""What can be configured: sessions, their audio, turn detection, tools, prompts, one response.

Shapes follow openai-python 3.52.0 (``openai.types.realtime``), limits the OpenAPI description of
2026-08-21; what real servers add carries its evidence.
"""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta

from rtcli.events.event import Count, Maybe, Object, Whole
from rtcli.events.objects import (
    AudioFormat,
    Item,
    ItemReference,
    MaxOutputTokens,
    Metadata,
    Modality,
    ResponseAudio,
    VoiceId,
)

Unit = Annotated[float, Meta(ge=0, le=1)]
Include = list[Literal["item.input_audio_transcription.logprobs"]]


class NoiseReduction(Object):
    """Noise reduction before turn detection and the model."""

    type: Maybe[Literal["near_field", "far_field"]] = UNSET
    strength: Maybe[Unit] = UNSET


class Transcription(Object):
    """How the user's speech is transcribed beside the conversation."""

    model: Maybe[str] = UNSET
    language: Maybe[str] = UNSET
    languages: Maybe[Annotated[list[str], Meta(min_length=1)]] = UNSET
    prompt: Maybe[str] = UNSET
    keywords: Maybe[list[str]] = UNSET
    delay: Maybe[Literal["minimal", "low", "medium", "high", "xhigh"]] = UNSET


class ServerVad(Object, tag_field="type", tag="server_vad"):
    """Turns end after a silence. Times in milliseconds."""

    threshold: Maybe[Unit] = UNSET
    prefix_padding_ms: Maybe[Count] = UNSET
    silence_duration_ms: Maybe[Count] = UNSET
    idle_timeout_ms: Maybe[Annotated[int, Meta(ge=5000, le=30000)]] = UNSET
    create_response: Maybe[bool] = UNSET
    interrupt_response: Maybe[bool] = UNSET


class SemanticVad(Object, tag_field="type", tag="semantic_vad"):
    """Turns end when the user seems to have finished."""

    eagerness: Maybe[Literal["low", "medium", "high", "auto"]] = UNSET
    create_response: Maybe[bool] = UNSET
    interrupt_response: Maybe[bool] = UNSET


class AudioInput(Object):
    """How the user's audio comes in and what is done with it."""

    format: Maybe[AudioFormat] = UNSET
    transcription: Maybe[Transcription] = UNSET
    noise_reduction: Maybe[NoiseReduction] = UNSET
    turn_detection: Maybe[ServerVad | SemanticVad] = UNSET


class AudioOutput(Object):
    """How the model's audio goes out."""

    format: Maybe[AudioFormat] = UNSET
    voice: Maybe[str | VoiceId] = UNSET
    speed: Maybe[Annotated[float, Meta(ge=0.25, le=1.5)]] = UNSET


class SessionAudio(Object):
    """Both directions of a realtime session's audio."""

    input: Maybe[AudioInput] = UNSET
    output: Maybe[AudioOutput] = UNSET


class TranscriptionAudio(Object):
    """The audio of a transcription session, which has no output."""

    input: Maybe[AudioInput] = UNSET


class FunctionTool(Object, tag_field="type", tag="function"):
    """A function that the client offers to the model; ``parameters`` is a JSON Schema."""

    name: Maybe[str] = UNSET
    description: Maybe[str] = UNSET
    parameters: Any = UNSET


class McpToolFilter(Object):
    """Which tools of an MCP server are meant."""

    tool_names: Maybe[list[str]] = UNSET
    read_only: Maybe[bool] = UNSET


class McpApprovalFilter(Object):
    """Which tools of an MCP server need approval, and which never do."""

    always: Maybe[McpToolFilter] = UNSET
    never: Maybe[McpToolFilter] = UNSET


class McpServer(Object, tag_field="type", tag="mcp"):
    """An MCP server (or connector) whose tools the model may use by itself."""

    server_label: str
    server_url: Maybe[str] = UNSET
    connector_id: Maybe[
        Literal[
            "connector_dropbox",
            "connector_gmail",
            "connector_googlecalendar",
            "connector_googledrive",
            "connector_microsoftteams",
            "connector_outlookcalendar",
            "connector_outlookemail",
            "connector_sharepoint",
        ]
    ] = UNSET
    tunnel_id: Maybe[str] = UNSET
    server_description: Maybe[str] = UNSET
    authorization: Maybe[str] = UNSET
    headers: Maybe[dict[str, str]] = UNSET
    allowed_tools: Maybe[list[str] | McpToolFilter] = UNSET
    allowed_callers: Maybe[list[Literal["direct", "programmatic"]]] = UNSET
    require_approval: Maybe[Literal["always", "never"] | McpApprovalFilter] = UNSET
    defer_loading: Maybe[bool] = UNSET


Tool = FunctionTool | McpServer


class ToolChoiceFunction(Object, tag_field="type", tag="function"):
    """The model must call this function."""

    name: str


class ToolChoiceMcp(Object, tag_field="type", tag="mcp"):
    """The model must call this MCP server, or this tool of it."""

    server_label: str
    name: Maybe[str] = UNSET


ToolChoice = Literal["none", "auto", "required"] | ToolChoiceFunction | ToolChoiceMcp


class PromptCacheBreakpoint(Object):
    """Where the cache of a prompt's prefix ends."""

    mode: Literal["explicit"]
    ttl: Maybe[Literal["30m", "12h"]] = UNSET


class PromptText(Object, tag_field="type", tag="input_text"):
    """A text that fills a variable of a stored prompt."""

    text: str
    prompt_cache_breakpoint: Maybe[PromptCacheBreakpoint] = UNSET


class PromptImage(Object, tag_field="type", tag="input_image"):
    """An image that fills a variable of a stored prompt."""

    detail: Literal["low", "high", "auto", "original"]
    file_id: Maybe[str] = UNSET
    image_url: Maybe[str] = UNSET
    prompt_cache_breakpoint: Maybe[PromptCacheBreakpoint] = UNSET


class PromptFile(Object, tag_field="type", tag="input_file"):
    """A file that fills a variable of a stored prompt."""

    detail: Maybe[Literal["auto", "low", "high"]] = UNSET
    file_data: Maybe[str] = UNSET
    file_id: Maybe[str] = UNSET
    file_url: Maybe[str] = UNSET
    filename: Maybe[str] = UNSET
    prompt_cache_breakpoint: Maybe[PromptCacheBreakpoint] = UNSET


class Prompt(Object):
    """A stored prompt and the variables to fill in."""

    id: str
    version: Maybe[str] = UNSET
    variables: Maybe[dict[str, str | PromptText | PromptImage | PromptFile]] = UNSET


class Reasoning(Object):
    """How hard a reasoning model thinks before it speaks."""

    effort: Maybe[Literal["minimal", "low", "medium", "high", "xhigh"]] = UNSET


class TracingConfiguration(Object):
    """Names under which the session's trace is filed."""

    workflow_name: Maybe[str] = UNSET
    group_id: Maybe[str] = UNSET
    metadata: Any = UNSET


class TokenLimits(Object):
    """How many tokens of conversation are kept after the instructions."""

    post_instructions: Maybe[Count] = UNSET


class RetentionRatio(Object):
    """Keep this share of the conversation whenever it must be shortened."""

    type: Literal["retention_ratio"]
    retention_ratio: Unit
    token_limits: Maybe[TokenLimits] = UNSET


class RealtimeConfig(Object, tag_field="type", tag="realtime"):
    """What a client may ask of a conversation session."""

    model: Maybe[str] = UNSET
    output_modalities: Maybe[list[Modality]] = UNSET
    instructions: Maybe[str] = UNSET
    audio: Maybe[SessionAudio] = UNSET
    tools: Maybe[list[Tool]] = UNSET
    tool_choice: Maybe[ToolChoice] = UNSET
    parallel_tool_calls: Maybe[bool] = UNSET
    max_output_tokens: Maybe[MaxOutputTokens] = UNSET
    reasoning: Maybe[Reasoning] = UNSET
    include: Maybe[Include] = UNSET
    prompt: Maybe[Prompt] = UNSET
    tracing: Maybe[Literal["auto"] | TracingConfiguration] = UNSET
    truncation: Maybe[Literal["auto", "disabled"] | RetentionRatio] = UNSET


class TranscriptionConfig(Object, tag_field="type", tag="transcription"):
    """What a client may ask of a session that only transcribes."""

    audio: Maybe[TranscriptionAudio] = UNSET
    include: Maybe[Include] = UNSET


class RealtimeSession(RealtimeConfig, tag_field="type", tag="realtime"):
    """A conversation session as the server reports it, defaults filled in.

    Source for the three fields below: every captured ``session.created`` carries them; the OpenAPI
    description of 2026-08-21 types the session with its response model.
    """

    id: Maybe[str] = UNSET
    object: Maybe[str] = UNSET
    expires_at: Maybe[Whole] = UNSET


class TranscriptionSession(TranscriptionConfig, tag_field="type", tag="transcription"):
    """A transcription session as the server reports it."""

    id: Maybe[str] = UNSET
    object: Maybe[str] = UNSET
    expires_at: Maybe[Whole] = UNSET


class ResponseParams(Object):
    """What a client may ask of one response; whatever is absent comes from the session."""

    output_modalities: Maybe[list[Modality]] = UNSET
    instructions: Maybe[str] = UNSET
    audio: Maybe[ResponseAudio] = UNSET
    tools: Maybe[list[Tool]] = UNSET
    tool_choice: Maybe[ToolChoice] = UNSET
    parallel_tool_calls: Maybe[bool] = UNSET
    max_output_tokens: Maybe[MaxOutputTokens] = UNSET
    reasoning: Maybe[Reasoning] = UNSET
    conversation: Maybe[str] = UNSET
    input: Maybe[list[Item | ItemReference]] = UNSET
    metadata: Maybe[Metadata] = UNSET
    prompt: Maybe[Prompt] = UNSET
