"""What the Decision API inside a GPT-Live session works on: items, and questions about them.

Source: openai-python 3.52.0, ``types/live/decision_*.py``, where a message may leave out its ``type``.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from msgspec import UNSET

from rtcli.events.event import Maybe, Object

ItemStatus = Literal["in_progress", "completed", "incomplete"]


class InputText(Object, tag_field="type", tag="input_text"):
    """A text."""

    text: str


class InputImage(Object, tag_field="type", tag="input_image"):
    """An image, by its address or as a data URL."""

    image_url: str
    detail: Maybe[Literal["low", "high", "auto", "original"]] = UNSET


class InputJson(Object, tag_field="type", tag="input_json"):
    """JSON objects to decide about."""

    data: list[dict[str, Any]] | dict[str, Any]


class OutputText(Object, tag_field="type", tag="output_text"):
    """What the assistant said."""

    text: str


class Refusal(Object, tag_field="type", tag="refusal"):
    """What the assistant said when it refused."""

    refusal: str


Part = InputText | InputImage | InputJson
AnyPart = InputText | InputImage | InputJson | OutputText | Refusal


class Message(Object, tag_field="type", tag="message"):
    """A message; an assistant's has what was said, all others have inputs."""

    type_is_implied: ClassVar[bool] = True

    role: Literal["user", "developer", "system", "assistant"]
    content: str | list[AnyPart]
    id: Maybe[str] = UNSET
    phase: Maybe[Literal["commentary", "final_answer"]] = UNSET


class FunctionCall(Object, tag_field="type", tag="function_call"):
    """A call of a function."""

    call_id: str
    name: str
    arguments: str
    id: Maybe[str] = UNSET
    namespace: Maybe[str] = UNSET
    status: Maybe[ItemStatus] = UNSET


class FunctionCallOutput(Object, tag_field="type", tag="function_call_output"):
    """What the function gave back."""

    call_id: str
    output: str | list[InputText | InputImage]
    id: Maybe[str] = UNSET
    status: Maybe[ItemStatus] = UNSET


class CustomToolCall(Object, tag_field="type", tag="custom_tool_call"):
    """A call of a tool that takes any text."""

    call_id: str
    name: str
    input: str
    id: Maybe[str] = UNSET
    namespace: Maybe[str] = UNSET
    status: Maybe[ItemStatus] = UNSET


class CustomToolCallOutput(Object, tag_field="type", tag="custom_tool_call_output"):
    """What such a tool gave back."""

    call_id: str
    output: str | list[InputText | InputImage]
    id: Maybe[str] = UNSET
    status: Maybe[ItemStatus] = UNSET


Item = Message | FunctionCall | FunctionCallOutput | CustomToolCall | CustomToolCallOutput


class StoredMessage(Message, tag_field="type", tag="message"):
    """A message that the server keeps; it has an id."""

    id: str


class StoredFunctionCall(FunctionCall, tag_field="type", tag="function_call"):
    """A call that the server keeps."""

    id: str


class StoredFunctionCallOutput(FunctionCallOutput, tag_field="type", tag="function_call_output"):
    """An output that the server keeps."""

    id: str


class StoredCustomToolCall(CustomToolCall, tag_field="type", tag="custom_tool_call"):
    """A call of a custom tool that the server keeps."""

    id: str


class StoredCustomToolCallOutput(CustomToolCallOutput, tag_field="type", tag="custom_tool_call_output"):
    """An output of a custom tool that the server keeps."""

    id: str


StoredItem = (
    StoredMessage | StoredFunctionCall | StoredFunctionCallOutput | StoredCustomToolCall | StoredCustomToolCallOutput
)


class ChoiceOption(Object):
    """One of the answers to choose from."""

    value: str | bool
    description: Maybe[str] = UNSET


class ScoreLevel(Object):
    """One of the levels of a score."""

    label: str
    description: Maybe[str] = UNSET


class Choice(Object, tag_field="type", tag="choice"):
    """Which of several answers holds."""

    instructions: str | list[Part]
    choices: list[ChoiceOption]
    name: Maybe[str] = UNSET


class Predicate(Object, tag_field="type", tag="predicate"):
    """Whether something holds."""

    instructions: str | list[Part]
    name: Maybe[str] = UNSET


class Score(Object, tag_field="type", tag="score"):
    """To which degree something holds."""

    instructions: str | list[Part]
    levels: list[ScoreLevel]
    name: Maybe[str] = UNSET


Question = Choice | Predicate | Score


class Completed(Object):
    """The answers; ``decision`` is an object of the Decision API, kept as it came.

    Source: openai-python 3.52.0, ``types/decision.py``.
    """

    type: Literal["decision.completed"]
    decision: dict[str, Any]
