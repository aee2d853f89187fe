"""How a GPT-Live session hands work to the Responses API: its model, its tools, its choice of them.

Source: openai-python 3.52.0, ``types/live/responses_delegation_config.py``. Of a hosted tool only the
type is told there; further fields are another API's and are kept as unknown ones.
"""

from __future__ import annotations

from typing import Any, Literal

from msgspec import UNSET

from rtcli.events.event import Count, Maybe, Object


class Reasoning(Object):
    """How hard the model thinks, and how its thoughts are summed up."""

    effort: Maybe[Literal["none", "minimal", "low", "medium", "high", "xhigh"]] = UNSET
    summary: Maybe[Literal["concise", "detailed", "auto"]] = UNSET


class Text(Object):
    """How much the model writes."""

    verbosity: Maybe[Literal["low", "medium", "high"]] = UNSET


class Function(Object, tag_field="type", tag="function"):
    """A function that the client offers; ``parameters`` is a JSON Schema."""

    name: str
    description: Maybe[str] = UNSET
    parameters: Maybe[dict[str, Any]] = UNSET
    strict: Maybe[bool] = UNSET


class WebSearch(Object, tag_field="type", tag="web_search"):
    """A search of the web."""


class WebSearchPreview(Object, tag_field="type", tag="web_search_preview"):
    """A search of the web, by its earlier name."""


class FileSearch(Object, tag_field="type", tag="file_search"):
    """A search of files."""


class CodeInterpreter(Object, tag_field="type", tag="code_interpreter"):
    """Code that the server runs."""


class ImageGeneration(Object, tag_field="type", tag="image_generation"):
    """Images that the server makes."""


class Mcp(Object, tag_field="type", tag="mcp"):
    """The tools of an MCP server."""


class Custom(Object, tag_field="type", tag="custom"):
    """A tool that takes any text."""


class Namespace(Object, tag_field="type", tag="namespace"):
    """Tools under one name."""


class ToolSearch(Object, tag_field="type", tag="tool_search"):
    """A search for tools."""


class ProgrammaticToolCalling(Object, tag_field="type", tag="programmatic_tool_calling"):
    """Tools that are called from code."""


class Computer(Object, tag_field="type", tag="computer"):
    """A computer that the model uses."""


class ApplyPatch(Object, tag_field="type", tag="apply_patch"):
    """Patches to files."""


class NetworkDisabled(Object, tag_field="type", tag="disabled"):
    """The shell has no network."""


class NetworkAllowlist(Object, tag_field="type", tag="allowlist"):
    """The shell reaches these domains."""

    allowed_domains: list[str]


class SkillReference(Object, tag_field="type", tag="skill_reference"):
    """A skill that the server keeps."""

    skill_id: str
    version: Maybe[str] = UNSET


class SkillSource(Object):
    """A skill's files, base64."""

    type: Literal["base64"]
    media_type: Literal["application/zip"]
    data: str


class InlineSkill(Object, tag_field="type", tag="inline"):
    """A skill that is sent along."""

    name: str
    description: str
    source: SkillSource


class LocalSkill(Object):
    """A skill on the machine of the shell."""

    name: str
    description: str
    path: str


class ContainerAuto(Object, tag_field="type", tag="container_auto"):
    """A container that the server makes for the shell."""

    file_ids: Maybe[list[str]] = UNSET
    memory_limit: Maybe[Literal["1g", "4g", "16g", "64g"]] = UNSET
    network_policy: Maybe[NetworkDisabled | NetworkAllowlist] = UNSET
    skills: Maybe[list[SkillReference | InlineSkill]] = UNSET


class ContainerReference(Object, tag_field="type", tag="container_reference"):
    """A container that exists."""

    container_id: str


class Local(Object, tag_field="type", tag="local"):
    """A machine of the client."""

    skills: Maybe[list[LocalSkill]] = UNSET


class Shell(Object, tag_field="type", tag="shell"):
    """A shell, and where it runs."""

    environment: Maybe[ContainerAuto | ContainerReference | Local] = UNSET


Tool = (
    Function
    | WebSearch
    | FileSearch
    | CodeInterpreter
    | Shell
    | ImageGeneration
    | Mcp
    | Custom
    | Namespace
    | ToolSearch
    | ProgrammaticToolCalling
    | Computer
    | ApplyPatch
)


class ChosenFunction(Object, tag_field="type", tag="function"):
    """The model must call this function."""

    name: str


class ChosenMcp(Object, tag_field="type", tag="mcp"):
    """The model must call this tool of an MCP server."""

    server_label: str
    name: str


class ChosenCustom(Object, tag_field="type", tag="custom"):
    """The model must call this custom tool."""

    name: str


class ChosenShell(Object, tag_field="type", tag="shell"):
    """The model must use the shell."""


Chosen = (
    ChosenFunction
    | ChosenMcp
    | FileSearch
    | WebSearch
    | WebSearchPreview
    | ImageGeneration
    | Computer
    | CodeInterpreter
    | ProgrammaticToolCalling
    | ChosenShell
    | ChosenCustom
    | ApplyPatch
)


class AllowedTools(Object, tag_field="type", tag="allowed_tools"):
    """The model may choose among these."""

    tools: list[Chosen]
    mode: Maybe[Literal["none", "auto", "required"]] = UNSET


ToolChoice = Literal["auto", "none", "required"] | Chosen | AllowedTools


class Update(Object):
    """What a client may change of the work that is handed on."""

    model: Maybe[str] = UNSET
    instructions: Maybe[str] = UNSET
    max_output_tokens: Maybe[Count] = UNSET
    parallel_tool_calls: Maybe[bool] = UNSET
    reasoning: Maybe[Reasoning] = UNSET
    service_tier: Maybe[Literal["auto", "default", "fast_tier_temp_pilot", "flex", "priority", "ultrafast"]] = UNSET
    text: Maybe[Text] = UNSET
    tool_choice: Maybe[ToolChoice] = UNSET
    tools: Maybe[list[Tool]] = UNSET


class Config(Update):
    """The work that is handed on; it needs a model."""

    model: str
