"""SES: what the client puts into the conversation, and no message can hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from rtcli.events import Malformed, conversation
from rtcli.events.objects import Message, OutputAudio
from rtcli.formats import Entry
from rtcli.rules.rule import GA, SHOWN, Rule, Verdict
from rtcli.session.config import at
from rtcli.session.ledgers import Ledgers

CONTENT_OF: Final = {
    "system": frozenset({"input_text"}),
    "user": frozenset({"input_text", "input_audio", "input_image"}),
    "assistant": frozenset({"output_text", "output_audio"}),
}
"""Source: openai-python 3.52.0, the three ``realtime_conversation_item_*_message.py``."""


def content_not_of_role(event: Any, _entry: Entry, _ledgers: Ledgers) -> Sequence[Verdict]:
    """A message has content that its role cannot have.

    Users and the system give input, the assistant gives output. A history that is seeded with the wrong
    kind is refused item by item, and the model knows nothing of what was said before.

    Fix: seed the assistant's turns as ``output_text``, the user's as ``input_text``.

    ::

        > conversation.item.create {"item": {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Hi"}]}}
        > conversation.item.create {"item": {"type": "message", "role": "assistant", "content": [{"type": "input_text", "text": "Hi"}]}}     # SES14

    Source: openai-python 3.52.0, ``realtime_conversation_item_assistant_message.py`` and its siblings.
    """
    role, kinds = _role_and_kinds(event)
    allowed = CONTENT_OF.get(role)
    if allowed is None or allowed.issuperset(kinds):
        return ()
    return [
        Verdict(
            f"$.item.content[{index}].type",
            f"a message of the {role} cannot have {kind[:SHOWN]}",
            f"use {' or '.join(sorted(allowed))}",
        )
        for index, kind in enumerate(kinds)
        if kind and kind not in allowed
    ]


def assistant_audio_inserted(event: Any, _entry: Entry, _ledgers: Ledgers) -> Sequence[Verdict]:
    """The client inserts audio as the assistant's.

    What the assistant said can be seeded as text only; its audio is made by the model.

    Fix: seed the assistant's turns as ``output_text``.

    ::

        > conversation.item.create {"item": {"type": "message", "role": "assistant", "content": [{"type": "output_audio", "transcript": "Hi"}]}}
        > conversation.item.create {"item": {"type": "message", "role": "assistant", "content": [{"type": "output_audio", "audio": "AAAA"}]}}     # SES15

    Source: openai-python 3.52.0, ``conversation_item_create_event.py``.
    """
    item = event.item
    if not isinstance(item, Message) or item.role != "assistant":
        return ()
    return [
        Verdict(f"$.item.content[{index}].audio", "the assistant's audio cannot be inserted", "seed it as output_text")
        for index, part in enumerate(item.content)
        if isinstance(part, OutputAudio) and part.audio
    ]


def _role_and_kinds(event: Any) -> tuple[str, Sequence[Any]]:
    """The role and the types of the parts of a message that is sent, of a broken one too; empty of anything else."""
    if isinstance(event, conversation.ItemCreate):
        item: Any = event.item
        if not isinstance(item, Message):
            return "", ()
        return item.role, [type(part).__struct_config__.tag for part in item.content]
    if event.type != "conversation.item.create":
        return "", ()
    item = event.body.get("item")
    parts = at(item, "content")
    kinds = [at(part, "type") for part in parts] if isinstance(parts, list) else []
    return str(at(item, "role")), [kind if isinstance(kind, str) else "" for kind in kinds]


_CREATE: Final = (conversation.ItemCreate,)

RULES: Final[tuple[Rule, ...]] = (
    Rule("SES14", "error", content_not_of_role, (*_CREATE, Malformed), dialects=GA),
    Rule("SES15", "error", assistant_audio_inserted, _CREATE, dialects=GA),
)
