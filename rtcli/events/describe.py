"""What an event type is, as data: its fields and what they may hold."""

from __future__ import annotations

import inspect as python
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from msgspec import inspect

from rtcli.events.dialects import DIALECTS, Dialect
from rtcli.events.event import MAX_INTEGER, Event, type_name
from rtcli.events.example import example


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
    """An object that a field may hold; `tag` is its type where it has one."""

    tag: str
    tag_required: bool
    """Whether it must say its type: the only kind that may stand there need not, nor one that is implied."""
    fields: tuple[Field, ...]


class Page(NamedTuple):
    """What there is to say about an event type."""

    type: str
    dialects: tuple[str, ...]
    """The dialects that have it in this shape."""
    sender: str
    """``client``, ``server`` or ``either``."""
    text: str
    """When it is sent and what follows, in paragraphs of one line each."""
    fields: tuple[Field, ...]
    example: dict[str, Any]


def pages(name: str, dialects: Iterable[Dialect] | None = None) -> list[Page]:
    """The shapes of a type, one for each class; dialects that share a class share the page."""
    found: dict[type[Event], list[str]] = {}
    for dialect in dialects or DIALECTS.values():
        if name in dialect.types:
            found.setdefault(dialect.types[name], []).append(dialect.name)
    return [_page(event_class, names) for event_class, names in found.items()]


def as_data(value: Any) -> Any:
    """A page, or a part of one, as JSON has it: with a name for everything, and without empty lists of variants."""
    if isinstance(value, Page | Field | Variant):
        named = value._asdict().items()
        return {name: as_data(part) for name, part in named if name != "variants" or part}
    return [as_data(part) for part in value] if isinstance(value, tuple) else value


def sender_of(event_class: type[Event]) -> str:
    """Who sends such events."""
    return "either" if event_class.reflected else event_class.sender


def summary(event_class: type[Event]) -> str:
    """The first sentence of what there is to say."""
    return prose(event_class.__doc__).splitlines()[0].rstrip(":.")


def prose(docstring: str | None) -> str:
    """What a class says of itself, a line a paragraph, for whatever width it is shown in."""
    paragraphs = python.cleandoc(docstring or "").replace("``", "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _page(event_class: type[Event], dialects: list[str]) -> Page:
    name = type_name(event_class)
    return Page(
        type=name,
        dialects=tuple(dialects),
        sender=sender_of(event_class),
        text=prose(event_class.__doc__),
        fields=(Field("type", f'"{name}"', required=True, nullable=False), *_fields(inspect.type_info(event_class))),
        example=example(event_class),
    )


def _fields(schema: inspect.Type) -> tuple[Field, ...]:
    assert isinstance(schema, inspect.StructType)
    return tuple(_field(field) for field in schema.fields)


def _field(field: inspect.Field) -> Field:
    arms = _arms(field.type)
    nullable = any(isinstance(arm, inspect.NoneType) for arm in arms)
    return Field(field.encode_name, kind_of(field.type), field.required, nullable, _variants(field.type))


def _arms(schema: inspect.Type) -> tuple[inspect.Type, ...]:
    return schema.types if isinstance(schema, inspect.UnionType) else (schema,)


def _variants(schema: inspect.Type) -> tuple[Variant, ...]:
    """The objects that may stand there, in lists and maps too."""
    kinds = list(objects_in(schema))
    return tuple(Variant(str(kind.tag or ""), says_type(kind, kinds), _fields(kind)) for kind in kinds)


def objects_in(schema: inspect.Type) -> Iterator[inspect.StructType]:
    """The objects of a type, not those inside them."""
    match schema:
        case inspect.UnionType():
            for arm in schema.types:
                yield from objects_in(arm)
        case inspect.ListType():
            yield from objects_in(schema.item_type)
        case inspect.DictType():
            yield from objects_in(schema.value_type)
        case inspect.StructType():
            yield schema


def says_type(kind: inspect.StructType, kinds: list[inspect.StructType]) -> bool:
    """Whether an object of this kind must say its type where these kinds may stand."""
    return kind.tag is not None and len(kinds) > 1 and not getattr(kind.cls, "type_is_implied", False)


_MANY: Final = {"object": "objects", "string": "strings", "integer": "integers", "number": "numbers"}


def kind_of(schema: inspect.Type) -> str:
    """What a type holds, in words, with its limits; whether it may be null is said apart."""
    arms = [arm for arm in _arms(schema) if not isinstance(arm, inspect.NoneType)]
    words, limits = _words(arms[0]) if arms else ("null", "")
    if len(arms) > 1:
        return " or ".join(dict.fromkeys(_phrase(*_words(arm)) for arm in arms))
    return f"{words}, {limits}" if limits else words


def _phrase(words: str, limits: str) -> str:
    """A kind as a part of a longer phrase, where a comma would leave open what is limited."""
    return f"{words} ({limits})" if limits else words


def _words(schema: inspect.Type) -> tuple[str, str]:
    """What a type holds, and its limits."""
    match schema:
        case inspect.StructType() | inspect.DictType(min_length=None, max_length=None, value_type=inspect.AnyType()):
            return "object", ""
        case inspect.ListType():
            return f"list of {_many(schema.item_type)}", _size(schema.min_length, schema.max_length, "entries")
        case inspect.DictType():
            return f"map of {_many(schema.value_type)}", _size(schema.min_length, schema.max_length, "entries")
        case inspect.LiteralType():
            return " or ".join(f'"{value}"' if isinstance(value, str) else str(value) for value in schema.values), ""
        case inspect.StrType():
            return "string", _size(schema.min_length, schema.max_length, "characters")
        case inspect.IntType():
            return "integer", _range(*_own(schema.ge, schema.le))
        case inspect.FloatType():
            return "number", _range(schema.ge, schema.le)
        case inspect.BoolType():
            return "true or false", ""
        case inspect.AnyType():
            return "anything", ""
    raise AssertionError(f"no event has a field of type {schema}")


def _many(schema: inspect.Type) -> str:
    if isinstance(schema, inspect.UnionType):
        return " or ".join(dict.fromkeys(_many(arm) for arm in schema.types))
    words, limits = _words(schema)
    return _phrase(_MANY.get(words, words), limits)


def _size(low: int | None, high: int | None, what: str) -> str:
    if low == 1 and high is None:
        return "not empty"
    return f"{_range(low, high)} {what}" if (low, high) != (None, None) else ""


def _own(low: int | None, high: int | None) -> tuple[int | None, int | None]:
    """The limits of a field, without those that every integer has."""
    return None if low == -MAX_INTEGER else low, None if high == MAX_INTEGER else high


def _range(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"{low} to {high}"
    if high is not None:
        return f"at most {high}"
    return f"{low} or more" if low is not None else ""
