"""The frames of one recorded connection, as the steps of a script.

Law: the times of the steps never decrease, and those of a recording without times have even spaces.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct, field

from rtcli.events import Sender
from rtcli.formats import Entry
from rtcli.formats.rtcli import record_of
from rtcli.recording import Binary, Close, Frame, Header, Open
from rtcli.recording.pace import paced
from rtcli.session.config import Config
from rtcli.units import BYTES_PER_MS, PCM_RATE_HZ, PCM_SAMPLE_BYTES, base64_bytes

APPENDS: Final = frozenset(
    {"input_audio_buffer.append", "session.input_audio_buffer.append", "session.input_audio.append"}
)
"""The client events that carry the user's audio, in every dialect."""

_BULK: Final = frozenset({"audio", "delta"})
_LONG: Final = 256
_PCM_PER_MS: Final = PCM_RATE_HZ * PCM_SAMPLE_BYTES // 1000
_decoder: Final = msgspec.json.Decoder()


class Step(Struct):
    """One frame, or the close of one side."""

    index: int
    line: int
    t: float
    sender: Sender
    content: str | bytes | Close
    """As it went over the wire."""
    body: dict[str, Any] = field(default_factory=dict)
    """The frame as JSON, but for long audio; empty where it is no object."""
    audio_bytes: int = 0
    """Of an append: how much audio the client had sent with it, all in all."""
    per_ms: int = _PCM_PER_MS
    """Of an append: how many bytes of its audio last a millisecond."""

    @property
    def type(self) -> str:
        """The event's type; empty where it has none."""
        return type_in(self.body)

    @property
    def is_append(self) -> bool:
        """Whether it carries the user's audio."""
        return self.sender == "client" and self.type in APPENDS


def body_of(content: str | bytes) -> dict[str, Any]:
    """A frame as a JSON object; empty where it is none."""
    try:
        value = _decoder.decode(content) if isinstance(content, str) else None
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def type_in(body: Mapping[str, Any]) -> str:
    """An event's type; empty where it has none."""
    return text_in(body, "type")


def audio_in(body: dict[str, Any]) -> int:
    """How many bytes of audio an append carries."""
    audio = body.get("audio")
    return base64_bytes(len(audio), audio[-2:]) if isinstance(audio, str) else 0


def text_in(value: Any, name: str) -> str:
    """A field of an object, where both are as they should be."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""


def steps_of(entries: Iterable[Entry]) -> list[Step]:
    """What the two sides of the first connection in a recording sent each other."""
    steps: list[Step] = []
    config, sent_bytes, opened_s = Config(), 0, None
    for due_s, entry in paced(entries):
        config.apply(entry)
        if isinstance(entry.event, Header | Open) and steps:
            break
        if isinstance(entry.event, Open):
            opened_s = due_s
        content = _content(entry)
        if content is None or entry.sender is None:
            continue
        opened_s = due_s if opened_s is None else opened_s
        step = Step(len(steps), entry.line, due_s - opened_s, entry.sender, content)
        whole = {} if isinstance(content, Close) else body_of(content)
        step.body = {key: value for key, value in whole.items() if key not in _BULK or not _is_long(value)}
        if step.is_append:
            sent_bytes += audio_in(whole)
            step.audio_bytes = sent_bytes
            step.per_ms = BYTES_PER_MS.get(config.input_format or "", _PCM_PER_MS)
        steps.append(step)
    return steps


def _is_long(value: Any) -> bool:
    return isinstance(value, str) and len(value) > _LONG


def _content(entry: Entry) -> str | bytes | Close | None:
    if isinstance(entry.event, Close):
        return entry.event
    if isinstance(entry.event, Binary):
        return entry.event.data
    record = record_of(entry.raw)
    if isinstance(record, Frame):
        return record.text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if record is None and entry.t is None and entry.sender is not None:
        return entry.raw.decode("utf-8", "replace").strip().removeprefix("\ufeff")
    return None
