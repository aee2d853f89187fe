"""The built-in server's conversation: its items in order, and what was said last."""

from __future__ import annotations

import base64
import math
from typing import Any

from msgspec.structs import replace

from rtcli.events import objects
from rtcli.events.objects import FunctionCall, FunctionCallOutput, InputAudio, Item, Message, OutputAudio
from rtcli.standin.refusal import Refused
from rtcli.units import BYTES_PER_MS

_ALLOWED: dict[str, tuple[type, ...]] = {
    "system": (objects.InputText,),
    "user": (objects.InputText, InputAudio, objects.InputImage),
    "assistant": (objects.OutputText, OutputAudio),
}
"""Source: openai-python 3.52.0, the content types of each role; of assistant audio only the transcript can be created."""

_BYTES_A_TOKEN = 100 * BYTES_PER_MS["audio/pcm"]
"""Source: the Realtime guide on costs: a token of input audio is 100 ms."""


class Conversation:
    """Items by id, in the order of the conversation."""

    def __init__(self, conversation_id: str) -> None:
        self.id = conversation_id
        self.items: dict[str, Item] = {}
        self.order: list[str] = []
        self.audio: dict[str, bytes] = {}
        """What the user said, PCM16, by item."""
        self.spoken_ms: dict[str, int] = {}
        """How much audio the assistant's items had, in milliseconds."""
        self.said = ""
        self.output: str | None = None
        """A tool's output that waits for an answer."""
        self.text_tokens = 0
        self.audio_tokens = 0

    def check(self, item: Item) -> None:
        """Refuse an item that cannot be added."""
        name = getattr(item, "id", None)
        if isinstance(name, str) and name in self.items:
            raise Refused("invalid_value", f"An item with the id '{name}' exists already.", "item.id")
        if isinstance(item, FunctionCallOutput) and not any(
            isinstance(call, FunctionCall) and call.call_id == item.call_id for call in self.items.values()
        ):
            raise Refused(
                "invalid_tool_call_id", f"Tool call ID '{item.call_id}' not found in conversation.", "item.call_id"
            )
        if isinstance(item, Message):
            for index, part in enumerate(item.content):
                spoken = isinstance(part, OutputAudio) and part.audio
                if spoken or not isinstance(part, _ALLOWED[item.role]):
                    place = f"item.content[{index}].type"
                    raise Refused("invalid_value", f"This content type is not allowed in a {item.role} message.", place)

    def add(self, item: Item, item_id: str, after: Any = None) -> str | None:
        """Put an item in its place; gives back the id before it."""
        place = len(self.order)
        if after == "root":
            place = 0
        elif isinstance(after, str):
            if after not in self.items:
                raise Refused("invalid_value", f"Previous item '{after}' does not exist.", "previous_item_id")
            place = self.order.index(after) + 1
        self.order.insert(place, item_id)
        self.items[item_id] = item
        self._hear(item)
        return self.order[place - 1] if place else None

    def settled_before(self, item_id: str) -> str | None:
        """What ``conversation.item.done`` of a response's item says of its predecessor: null when that is the first.

        Source: captured sessions of gpt-realtime; an item that a client created names it.
        """
        place = self.order.index(item_id)
        return self.order[place - 1] if place > 1 else None

    def remove(self, item_id: str) -> None:
        """Take an item out."""
        self.known(item_id, "delete")
        del self.items[item_id]
        self.order.remove(item_id)

    def retrieved(self, item_id: str) -> Item:
        """An item with the audio that was stored of it."""
        item = self.known(item_id, "retrieve")
        audio = self.audio.get(item_id)
        if audio and isinstance(item, Message):
            return _with_input(item, audio=base64.b64encode(audio).decode())
        return item

    def heard(self, item_id: str, pcm16: bytes, text: str) -> None:
        """Keep what the user said, which is what the next answer goes by."""
        self.audio[item_id] = pcm16
        self.audio_tokens += len(pcm16) // _BYTES_A_TOKEN
        self.said, self.output = text, None

    def transcribed(self, item_id: str, text: str) -> None:
        """Keep a transcript, if the item is still there."""
        item = self.items.get(item_id)
        if isinstance(item, Message):
            self.items[item_id] = _with_input(item, transcript=text)

    def truncate(self, item_id: str, content_index: int, audio_end_ms: int) -> None:
        """Forget what the user did not hear."""
        item = self.known(item_id, "truncate")
        if not isinstance(item, Message) or item.role != "assistant" or content_index >= len(item.content):
            raise Refused("invalid_value", "Only model output audio messages can be truncated.", "item_id")
        if not isinstance(item.content[content_index], OutputAudio):
            raise Refused("invalid_value", "Only model output audio messages can be truncated.", "content_index")
        length_ms = self.spoken_ms.get(item_id, 0)
        if audio_end_ms > length_ms:
            message = f"Audio content of {length_ms}ms is already shorter than {audio_end_ms}ms"
            raise Refused("invalid_value", message, "audio_end_ms")
        self.spoken_ms[item_id] = audio_end_ms
        content = list(item.content)
        content[content_index] = OutputAudio(transcript=None)
        self.items[item_id] = replace(item, content=content)

    def known(self, item_id: str, action: str) -> Item:
        """The item, or the refusal that the action gives."""
        item = self.items.get(item_id)
        if item is None:
            message = f"Error {action.removesuffix('e')}ing item: the item with id '{item_id}' does not exist."
            raise Refused(f"item_{action}_invalid_item_id", message, "item_id")
        return item

    def _hear(self, item: Item) -> None:
        if isinstance(item, FunctionCallOutput):
            self.output = item.output
        if isinstance(item, Message):
            text = text_of(item)
            self.text_tokens += math.ceil(len(text) / 4)
            if item.role == "user" and text:
                self.said, self.output = text, None


def _with_input(item: Message, **changes: str) -> Message:
    """The message with its audio parts changed."""
    return replace(
        item, content=[replace(part, **changes) if isinstance(part, InputAudio) else part for part in item.content]
    )


def text_of(item: Message) -> str:
    """The text in a message."""
    return " ".join(
        part.text
        for part in item.content
        if isinstance(part, objects.InputText | objects.OutputText) and isinstance(part.text, str)
    )
