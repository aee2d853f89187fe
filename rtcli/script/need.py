"""What a server event of a recording needs of the client, and what cut a response short."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from rtcli.script.steps import Step, text_in

_CANCELS: Final = ("response.cancel", "output_audio_buffer.clear")


class Need(Struct, frozen=True):
    """What must have come from the client: these events, and so much audio."""

    steps: frozenset[int] = frozenset()
    audio_bytes: int = 0

    def __or__(self, other: Need) -> Need:
        return Need(self.steps | other.steps, max(self.audio_bytes, other.audio_bytes))


NOTHING: Final = Need()


class Cause(Struct, frozen=True):
    """Why the server sent something, and how long after."""

    need: Need
    step: int | None
    """The last client event of those that were needed; None where the connection itself was enough."""
    delay_s: float


class Causes(Struct, frozen=True):
    """The causes of a recording's server events, and what they tell beside."""

    of: dict[int, Cause]
    """By the index of the server's step."""
    named: dict[int, str]
    """By the client's step that created an item without an id: the id that the server gave."""
    asked: dict[str, int]
    """By response the client's step that asked for it."""


def cuts(steps: Sequence[Step]) -> dict[str, int]:
    """By response that was cut off: what did it, an event of the client's or the speech that was told."""
    found: dict[str, int] = {}
    speech = cancel = None
    for step in steps:
        if step.type == "input_audio_buffer.speech_started":
            speech = step.index
        elif step.type in _CANCELS and step.sender == "client":
            cancel = step.index
        elif step.type == "response.done" and isinstance(answer := step.body.get("response"), dict):
            details = answer.get("status_details")
            reason = details.get("reason") if isinstance(details, dict) else None
            by = {"turn_detected": speech, "client_cancelled": cancel}.get(reason or "")
            if by is not None:
                found[text_in(answer, "id")] = by
    return found
