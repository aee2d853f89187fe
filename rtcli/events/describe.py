"""What an event type is, as data: its fields, what they may hold, and a small valid example."""

from __future__ import annotations

import inspect as python
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from msgspec import inspect

from rtcli.events.dialects import DIALECTS, Dialect
from rtcli.events.event import Event, type_name


class Field(NamedTuple):
    """A field of an event or of an object inside it."""

    name: str
    kind: str
    """What it may hold, in words."""
    required: bool
    nullable: bool
    variants: tuple[Variant, ...] = ()
    """The objects that it may hold."""


class Variant(NamedTuple):
    """An object that a field may hold; `tag` is its type where several kinds are told apart by it."""

    tag: str
    fields: tuple[Field, ...]


class Page(NamedTuple):
    """What there is to say about an event type."""

    type: str
    dialects: tuple[str, ...]
    """The dialects that have it in this shape."""
    sender: str
    text: str
    """When it is sent and what follows, in paragraphs."""
    fields: tuple[Field, ...]
    example: dict[str, Any]


def pages(name: str, dialects: Iterable[Dialect] | None = None) -> list[Page]:
    """The shapes of a type, one for each class; dialects that share a class share the page."""
    found: dict[type[Event], list[str]] = {}
    for dialect in dialects or DIALECTS.values():
        if name in dialect.types:
            found.setdefault(dialect.types[name], []).append(dialect.name)
    return [_page(event_class, names) for event_class, names in found.items()]


def summary(event_class: type[Event]) -> str:
    """The first sentence of what there is to say."""
    return python.cleandoc(event_class.__doc__ or "").splitlines()[0].rstrip(":.")


def _page(event_class: type[Event], dialects: list[str]) -> Page:
    name = type_name(event_class)
    return Page(
        type=name,
        dialects=tuple(dialects),
        sender="either side" if event_class.reflected else f"the {event_class.sender}",
        text=python.cleandoc(event_class.__doc__ or ""),
        fields=(Field("type", f'"{name}"', required=True, nullable=False), *_fields(inspect.type_info(event_class))),
        example=example(event_class),
    )


def _fields(schema: inspect.Type) -> tuple[Field, ...]:
    assert isinstance(schema, inspect.StructType)
    return tuple(_field(field) for field in schema.fields)


def _field(field: inspect.Field) -> Field:
    arms = _arms(field.type)
    kinds = [kind_of(arm) for arm in arms if not isinstance(arm, inspect.NoneType)]
    nullable = any(isinstance(arm, inspect.NoneType) for arm in arms)
    words = " or ".join(dict.fromkeys(kinds))
    return Field(field.encode_name, words, field.required, nullable, tuple(_variants(field.type)))


def _arms(schema: inspect.Type) -> tuple[inspect.Type, ...]:
    return schema.types if isinstance(schema, inspect.UnionType) else (schema,)


def _variants(schema: inspect.Type) -> Iterator[Variant]:
    """The objects inside a type, in lists and maps too."""
    match schema:
        case inspect.Metadata():
            yield from _variants(schema.type)
        case inspect.UnionType():
            for arm in schema.types:
                yield from _variants(arm)
        case inspect.ListType():
            yield from _variants(schema.item_type)
        case inspect.DictType():
            yield from _variants(schema.value_type)
        case inspect.StructType():
            yield Variant(str(schema.tag or ""), _fields(schema))


def kind_of(schema: inspect.Type) -> str:
    """What a type holds, in words, with its limits."""
    match schema:
        case inspect.Metadata():
            return kind_of(schema.type)
        case inspect.UnionType():
            return " or ".join(dict.fromkeys(kind_of(arm) for arm in schema.types))
        case inspect.StructType():
            return "object"
        case inspect.ListType():
            return (
                f"list of {_plural(kind_of(schema.item_type))}{_size(schema.min_length, schema.max_length, 'entries')}"
            )
        case inspect.DictType():
            return (
                f"map of {_plural(kind_of(schema.value_type))}{_size(schema.min_length, schema.max_length, 'entries')}"
            )
        case inspect.LiteralType():
            return " or ".join(f'"{value}"' if isinstance(value, str) else str(value) for value in schema.values)
        case inspect.StrType():
            return f"string{_size(schema.min_length, schema.max_length, 'characters')}"
        case inspect.IntType():
            return f"integer{_range(schema.ge, schema.le)}"
        case inspect.FloatType():
            return f"number{_range(schema.ge, schema.le)}"
        case inspect.BoolType():
            return "true or false"
        case inspect.NoneType():
            return "null"
    return "anything"


def _plural(words: str) -> str:
    one = {"object": "objects", "string": "strings", "integer": "integers", "anything": "anything"}
    return one.get(words, words)


def _size(low: int | None, high: int | None, what: str) -> str:
    if low is not None and high is not None:
        return f", {low} to {high} {what}"
    if high is not None:
        return f", at most {high} {what}"
    return f", at least {low} {what}" if low is not None else ""


def _range(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f", from {low} to {high}"
    if high is not None:
        return f", at most {high}"
    return f", {low} or more" if low is not None else ""


# --- examples ----------------------------------------------------------------------------------

_SHOWN: Final = frozenset(
    {"id", "object", "status", "role", "content", "output", "text", "transcript", "name", "call_id", "instructions"}
    | {"tools", "usage", "audio", "input", "format", "total_tokens", "input_tokens", "output_tokens", "model", "voice"}
)
"""Optional fields that make an example telling."""

_VALUES: Final[dict[str, Any]] = {
    "event_id": "event_1",
    "item_id": "item_1",
    "previous_item_id": "item_0",
    "response_id": "resp_1",
    "call_id": "call_1",
    "session_id": "sess_1",
    "conversation_id": "conv_1",
    "delegation_id": "deleg_1",
    "audio": "AAAA",
    "arguments": '{"city":"Rome"}',
    "output": '{"sky":"clear"}',
    "name": "get_weather",
    "delta": "Hello",
    "text": "Hello",
    "transcript": "Hello",
    "content": "Hello",
    "model": "gpt-realtime",
    "voice": "marin",
    "instructions": "Be brief.",
    "speaker": "A",
    "key": "5",
    "code": "invalid_value",
    "message": "Something is wrong.",
    "audio_start_ms": 640,
    "audio_end_ms": 1280,
    "expires_at": 1790000000,
    "received_at": 1790000000,
    "id": "id_1",
    "image_url": "data:image/png;base64,AAAA",
}
_PREFERRED: Final = ("completed", "realtime", "user", "audio", "text", "low", "auto")
_DEPTH: Final = 3


def example(event_class: type[Event]) -> dict[str, Any]:
    """A small event of the class: what it needs, and a few of the fields that say the most."""
    schema = inspect.type_info(event_class)
    assert isinstance(schema, inspect.StructType)
    return {"type": type_name(event_class), **_sampled(schema, 0)}


def _sampled(schema: inspect.StructType, depth: int) -> dict[str, Any]:
    tag = {schema.tag_field: schema.tag} if schema.tag_field and depth else {}
    return {
        **tag,
        **{
            field.encode_name: _sample(field.type, field.encode_name, depth)
            for field in schema.fields
            if field.required or (depth and depth <= _DEPTH and field.encode_name in _SHOWN)
        },
    }


def _sample(schema: inspect.Type, name: str, depth: int) -> Any:
    match schema:
        case inspect.Metadata():
            return _sample(schema.type, name, depth)
        case inspect.UnionType():
            arms = [arm for arm in schema.types if not isinstance(arm, inspect.NoneType)]
            return _sample(_simplest(arms), name, depth) if arms else None
        case inspect.StructType():
            return _sampled(schema, depth + 1)
        case inspect.ListType():
            return [_sample(schema.item_type, name, depth)] if depth < _DEPTH or schema.min_length else []
        case inspect.DictType():
            return {}
        case inspect.LiteralType():
            return next((word for word in _PREFERRED if word in schema.values), schema.values[0])
        case inspect.StrType():
            value = _VALUES.get(name)
            return value if isinstance(value, str) else name
        case inspect.IntType() | inspect.FloatType():
            value = _VALUES.get(name)
            return value if isinstance(value, int) else schema.ge or 0
        case inspect.BoolType():
            return True
    return {}


def _simplest(arms: list[inspect.Type]) -> inspect.Type:
    """A word rather than an object, where both are allowed."""
    return next((arm for arm in arms if isinstance(arm, inspect.StrType | inspect.LiteralType)), arms[0])
