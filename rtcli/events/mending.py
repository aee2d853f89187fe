"""What is left of a damaged event, so that a session can be followed across it.

Faulty fields are left out. Where one may not be missing, a value stands for it that says nothing: an
empty id of the event, an empty list. Law: every field that is in order is as it came, and nothing is
left of an event of which it cannot be known what it is about, or what it brings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

import msgspec
from msgspec import inspect

from rtcli.events.checks import check_of_schema, likeliest, schema_of
from rtcli.events.event import Event
from rtcli.events.walk import Walk

Mender = Callable[[Any], Any]
"""Gives back what is left of a value, or ``LOST``."""

LOST: Final[Any] = object()
"""Nothing is left."""
_ABSENT: Final[Any] = object()
_TOLD_BY_PLACE: Final = frozenset({"content"})
"""Lists whose entries are told apart by their places: such a list ends where an entry is lost."""
_SUBJECTS: Final = frozenset({"item", "response", "session", "error"})
"""The objects that an event is about."""
_SAYS_WHICH: Final = ("_id", "_index")
_BESIDE_THE_POINT: Final = frozenset({"event_id", "previous_item_id", "output_index"})
"""Fields of such names that say nothing of what the event is about."""
_BESIDE: Final[Mapping[str, Mapping[str, str]]] = {"response.done": {"response_id": "id", "usage": "usage"}}
"""By type of event the fields that some servers put beside the response, and their names in it.

Source: captured sessions of xAI, pydantic-ai (traffic: vendors/xai_*.jsonl).
"""


def rest(body: Any, event_class: type[Event]) -> Event | None:
    """The event that is left of a parsed text; None where too little is. Never raises."""
    if type(body) is not dict or _is_about_nobody(body, event_class):
        return None
    left = _mender_of(event_class)(_gathered(body))
    return None if left is LOST else msgspec.convert(left, event_class)


def _is_about_nobody(body: dict[str, Any], event_class: type[Event]) -> bool:
    """Whether a field is faulty that says which response, item or part it is about, even one that may be missing.

    Without it the event would be about another.
    """
    checks = _which(event_class)
    if any(name in body and not _passes(check, body[name]) for name, check in checks.items()):
        return True
    named = (body[name].get("id") for name in ("item", "response") if isinstance(body.get(name), dict))
    return any(one is not None and not isinstance(one, str) for one in named)


@cache
def _which(event_class: type[Event]) -> dict[str, Any]:
    schema = schema_of(event_class)
    names = {field.encode_name: field.type for field in schema.fields if field.encode_name.endswith(_SAYS_WHICH)}
    return {name: check_of_schema(kind) for name, kind in names.items() if name not in _BESIDE_THE_POINT}


def _passes(check: Any, value: Any) -> bool:
    walk = Walk()
    check(value, (), walk)
    return not walk.faults


def _gathered(body: dict[str, Any]) -> dict[str, Any]:
    """The event with what stands beside its response put into it, where the response does not say it."""
    moved, response = _BESIDE.get(body.get("type") or ""), body.get("response")
    if moved is None or not isinstance(response, dict):
        return body
    missing = {name: body[field] for field, name in moved.items() if body.get(field) and not response.get(name)}
    return {**body, "response": {**response, **missing}} if missing else body


@cache
def _mender_of(event_class: type[Event]) -> Mender:
    schema = schema_of(event_class)
    names = {field.encode_name for field in schema.fields}
    neutral = {field.encode_name: _neutral_of_event(field, names) for field in schema.fields if field.required}
    return _object(schema, neutral)


def _neutral_of_event(field: inspect.Field, names: set[str]) -> Any:
    """What stands for a field of the event itself."""
    name = field.encode_name
    if name == "event_id" or (name in {"call_id", "name"} and "item_id" in names):
        return ""
    if name == "output_index" and "item_id" in names:
        return 0
    is_text = isinstance(field.type, inspect.StrType)
    return LOST if name in _SUBJECTS or is_text else _neutral(name, field.type)


def _neutral(name: str, schema: inspect.Type) -> Any:
    """What stands for a field that may not be missing and says nothing; ``LOST`` where every value says something."""
    match schema:
        case inspect.UnionType(types=arms):
            return None if any(isinstance(arm, inspect.NoneType) for arm in arms) else LOST
        case inspect.StrType():
            return LOST if name == "id" or name.endswith("_id") else ""
        case inspect.IntType() if name == "expires_at":
            return 0
        case inspect.ListType(min_length=None):
            return []
        case inspect.DictType(min_length=None):
            return {}
        case inspect.StructType():
            return _mender(schema)({})
        case inspect.LiteralType(values=(only,)):
            return only
        case inspect.AnyType():
            return None
    return LOST


def _of_session(schema: inspect.StructType) -> dict[str, Any]:
    """What stands for the id of a session, which says the model too: there is no other to take it for."""
    required = {field.encode_name for field in schema.fields if field.required}
    return {"id": ""} if {"id", "model"} <= required else {}


def _mender(schema: inspect.Type, name: str = "") -> Mender:
    match schema:
        case inspect.UnionType():
            return _union(schema, name)
        case inspect.StructType():
            return _struct(schema.cls)
        case inspect.ListType():
            return _list(schema, name in _TOLD_BY_PLACE)
        case inspect.DictType():
            return _dict(schema)
    return _leaf(schema)


def _leaf(schema: inspect.Type) -> Mender:
    check = check_of_schema(schema)

    def mend(value: Any) -> Any:
        walk = Walk()
        seen = check(value, (), walk)
        return LOST if walk.faults else seen

    return mend


@cache
def _struct(kind: type) -> Mender:
    """The mender of a class of objects, made when it is needed: an object may hold its own kind."""
    made: list[Mender] = []

    def mend(value: Any) -> Any:
        if not made:
            schema = schema_of(kind)
            neutral = {
                field.encode_name: _neutral(field.encode_name, field.type) for field in schema.fields if field.required
            }
            made.append(_object(schema, neutral | _of_session(schema)))
        return made[0](value)

    return mend


def _object(schema: inspect.StructType, neutral: Mapping[str, Any]) -> Mender:
    menders = {field.encode_name: _mender(field.type, field.encode_name) for field in schema.fields}
    tag = {schema.tag_field: schema.tag} if schema.tag_field is not None else {}

    def mend(value: Any) -> Any:
        if type(value) is not dict:
            return LOST
        left: dict[str, Any] = dict(tag)
        for name, mender in menders.items():
            seen = mender(value[name]) if name in value else LOST
            if seen is LOST and name in neutral:
                seen = neutral[name]
                if seen is LOST:
                    return LOST
            if seen is not LOST:
                left[name] = seen
        return left

    return mend


def _list(schema: inspect.ListType, told_by_place: bool) -> Mender:
    mender = _mender(schema.item_type)
    low, high = schema.min_length or 0, schema.max_length

    def mend(value: Any) -> Any:
        if type(value) is not list:
            return LOST
        seen = [mender(entry) for entry in value]
        if told_by_place and LOST in seen:
            seen = seen[: seen.index(LOST)]
        left = [entry for entry in seen if entry is not LOST]
        return LOST if len(left) < low or (high is not None and len(left) > high) else left

    return mend


def _dict(schema: inspect.DictType) -> Mender:
    key_mender, value_mender, high = _mender(schema.key_type), _mender(schema.value_type), schema.max_length

    def mend(value: Any) -> Any:
        if type(value) is not dict or (high is not None and len(value) > high):
            return LOST
        seen = {key: value_mender(entry) for key, entry in value.items() if key_mender(key) is not LOST}
        return {key: entry for key, entry in seen.items() if entry is not LOST}

    return mend


def _union(schema: inspect.UnionType, name: str) -> Mender:
    arms = schema.types
    tagged = [arm for arm in arms if isinstance(arm, inspect.StructType) and arm.tag_field is not None]
    told_by_tag = tagged if len(tagged) > 1 else []
    menders = [_mender(arm, name) for arm in schema.types if arm not in told_by_tag]
    if told_by_tag:
        menders.append(_by_tag(told_by_tag))

    def mend(value: Any) -> Any:
        return next((seen for mender in menders if (seen := mender(value)) is not LOST), LOST)

    return mend


def _recognised(value: dict[str, Any], arms: list[inspect.StructType]) -> str:
    """The kind of an object that does not say it, told by its fields; empty where none of them tells."""
    told = any(field.encode_name in value for arm in arms for field in arm.fields)
    return likeliest(value, arms) if told else ""


def _by_tag(arms: list[inspect.StructType]) -> Mender:
    """Follow the kind that an object says it is; one that does not say it is of the likeliest."""
    field = arms[0].tag_field
    assert field is not None
    menders = {arm.tag: _struct(arm.cls) for arm in arms}
    implied = next((arm.tag for arm in arms if getattr(arm.cls, "type_is_implied", False)), None)

    def mend(value: Any) -> Any:
        if type(value) is not dict:
            return LOST
        tag = value[field] if field in value else implied or _recognised(value, arms)
        mender = menders.get(tag) if isinstance(tag, str) else None
        return mender(value) if mender is not None else LOST

    return mend
