"""Items, content parts and responses of beta.

They extend those of realtime, so that what is written for one works on the other.
Source: openai-python 3.52.0, ``types/beta/realtime``. The package has one flat class for all kinds of
items in which every field is optional; captured beta servers (traffic: beta/*.jsonl) send the same
fields of each kind as realtime does, and those are required here too.
"""

from __future__ import annotations

from typing import Literal

from msgspec import UNSET

from rtcli.events import objects
from rtcli.events.event import Maybe, Object
from rtcli.events.objects import FunctionCall, FunctionCallOutput, InputAudio, InputText, ItemReference, Modality

FormatName = Literal["pcm16", "g711_ulaw", "g711_alaw"]


class Text(objects.OutputText, tag_field="type", tag="text"):
    """Text of an assistant message; realtime calls it ``output_text``."""


class Audio(objects.OutputAudio, tag_field="type", tag="audio"):
    """Speech of an assistant message; realtime calls it ``output_audio``."""


class Reference(Object, tag_field="type", tag="item_reference"):
    """A part that stands for an earlier item."""

    id: Maybe[str] = UNSET


class Message(objects.Message, tag_field="type", tag="message"):
    """A message of the system, the user or the assistant."""

    content: list[InputText | InputAudio | Text | Audio | Reference]  # type: ignore[assignment]


Item = Message | FunctionCall | FunctionCallOutput
InputItem = Message | FunctionCall | FunctionCallOutput | ItemReference


class Response(objects.Response):
    """A response as a beta server reports it.

    Source for ``status_details`` and the tokens: as in realtime. What realtime names otherwise may
    stand beside it: gateways send both.
    """

    output: Maybe[list[Item]] = UNSET  # type: ignore[assignment]
    modalities: Maybe[list[Modality]] = UNSET
    voice: Maybe[str] = UNSET
    output_audio_format: Maybe[FormatName] = UNSET
    temperature: Maybe[float] = UNSET
