"""Client events of beta, rewritten to realtime.

Law: what comes out is an event of the realtime dialect, or there is a reason why nothing does; an
event that already is one comes out unchanged.
"""

from __future__ import annotations

import copy
from typing import Any, Final, NamedTuple

import msgspec

from rtcli.events.dialects import (
    BETA,
    CONTENT_TYPES,
    DIALECTS,
    FORMATS,
    REALTIME,
    RENAMED_EVENTS,
    RESPONSE_FIELDS,
    SESSION_FIELDS,
    RenamedField,
)
from rtcli.events.event import Malformed, Unknown
from rtcli.events.faults import judge
from rtcli.events.wording import describe

_TRANSCRIPTION_UPDATE: Final = "transcription_session.update"
_TOOL_CHOICES: Final = ("none", "auto", "required")


class Migrated(NamedTuple):
    """A client event as realtime has it."""

    body: dict[str, Any]
    dropped: tuple[str, ...] = ()
    """Fields that realtime does not have and that were left out, as JSONPath."""


class Refused(NamedTuple):
    """An event that cannot be rewritten."""

    reasons: tuple[str, ...]


def migrate(body: dict[str, Any], *, drop: bool = False) -> Migrated | Refused:
    """The realtime event that does what a beta client event did.

    With `drop`, fields that realtime does not have are left out; without, they are a reason to refuse.
    """
    name = body.get("type")
    if not isinstance(name, str):
        return Refused(("$.type: the event has no type",))
    if _sender(name) == "server":
        return Refused((f"$.type: {name} is sent by the server; only client events are rewritten",))
    if name not in REALTIME.types and name not in RENAMED_EVENTS:
        return Refused((f"$.type: realtime has no {name}",))
    move = _Move(msgspec.to_builtins(body))
    if name in ("session.update", _TRANSCRIPTION_UPDATE):
        move.session()
    elif name == "response.create":
        move.response()
    elif name == "conversation.item.create":
        move.content(move.body.get("item"))
    return _checked(move, name, drop=drop)


def _checked(move: _Move, name: str, *, drop: bool) -> Migrated | Refused:
    """Only what realtime takes goes out."""
    result = judge(move.body, REALTIME)
    assert not isinstance(result, Unknown), name
    for extra in result.extra:
        move.leave_out(extra.path)
    if isinstance(result, Malformed):
        move.reasons += [f"{fault.path}: {fault.message}" for fault in result.faults]
    reasons = move.reasons if drop else move.reasons + move.lost
    if reasons:
        return Refused(tuple(reasons))
    return Migrated(move.body, tuple(reason.partition(":")[0] for reason in move.lost))


def _sender(name: str) -> str:
    known = next(
        (dialect.types[name] for dialect in (REALTIME, BETA, *DIALECTS.values()) if name in dialect.types), None
    )
    return known.sender if known else "client"


class _Move:
    """One event on its way; gathers what cannot come along."""

    def __init__(self, body: dict[str, Any]) -> None:
        self.body = body
        self.reasons: list[str] = []
        self.lost: list[str] = []

    def session(self) -> None:
        session = self.body.get("session")
        transcribes = self.body["type"] == _TRANSCRIPTION_UPDATE
        self.body["type"] = "session.update"
        if not isinstance(session, dict):
            return
        self.fields(session, SESSION_FIELDS, "session")
        self.tool_choice(session)
        kind = "transcription" if transcribes else "realtime"
        self.body["session"] = {"type": kind, **session}

    def response(self) -> None:
        response = self.body.get("response")
        if not isinstance(response, dict):
            return
        self.fields(response, RESPONSE_FIELDS, "response")
        self.tool_choice(response)
        inputs = response.get("input")
        for item in inputs if isinstance(inputs, list) else ():
            self.content(item)

    def leave_out(self, path: tuple[str | int, ...]) -> None:
        """Take away a field that realtime does not have at this place."""
        holder: Any = self.body
        for step in path[:-1]:
            holder = holder[step]
        del holder[path[-1]]
        self.lost.append(f"{describe(path)}: realtime does not have it")

    def fields(self, holder: dict[str, Any], table: dict[str, RenamedField], name: str) -> None:
        for old in [key for key in holder if key in table]:
            value, row = holder.pop(old), table[old]
            if row.realtime is None:
                self.lost.append(f"$.{name}.{old}: realtime does not have it; {row.hint}")
            else:
                self.put(holder, row, self.value(old, value, f"$.{name}.{old}"), name)

    def put(self, holder: dict[str, Any], row: RenamedField, value: Any, name: str) -> None:
        """Set a field at its new place, unless something stands there."""
        assert row.realtime is not None
        *way, last = row.realtime.split(".")
        for step in way:
            inner = holder.setdefault(step, {})
            if not isinstance(inner, dict):
                self.reasons.append(f"$.{name}.{row.beta}: {row.realtime} has no place, {step} is no object")
                return
            holder = inner
        if last in holder:
            self.reasons.append(f"$.{name}.{row.beta}: the event has {row.realtime} as well")
        holder[last] = value

    def value(self, field: str, value: Any, path: str) -> Any:
        if field == "modalities" and isinstance(value, list):
            return ["audio"] if "audio" in value else value
        if field.endswith("_audio_format") and isinstance(value, str):
            if value not in FORMATS:
                self.reasons.append(f'{path}: realtime has no audio format for "{value[:40]}"')
            return copy.copy(FORMATS.get(value))
        return value

    def tool_choice(self, holder: dict[str, Any]) -> None:
        choice = holder.get("tool_choice")
        if isinstance(choice, str) and choice not in _TOOL_CHOICES:
            holder["tool_choice"] = {"type": "function", "name": choice}

    def content(self, item: Any) -> None:
        """An assistant's parts have other type names; the parts of others kept theirs."""
        parts = item.get("content") if isinstance(item, dict) and item.get("role") == "assistant" else None
        for part in parts if isinstance(parts, list) else ():
            if isinstance(part, dict) and isinstance(part.get("type"), str):
                part["type"] = CONTENT_TYPES.get(part["type"], part["type"])
