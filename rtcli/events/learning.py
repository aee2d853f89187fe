"""Event classes that have learned fields which their schema does not have.

A class of the wire refuses unknown fields, which costs nothing until there is one. For a field that
keeps coming, a class is made that takes it, so that such events are decoded as fast as others.
Law: a learned event has the same fields, the same ``extra`` and the same JSON as one that was
decoded the slow way.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import UNSET, Struct, UnsetType

from rtcli.events.event import Event, Extra

Lessons = dict[type, set[str]]
"""Which fields each class of an event's tree has to learn."""

_MADE_FOR = "made_for"


def original(kind: type) -> type:
    """The class of the wire that a learned class stands for; any other class itself."""
    return getattr(kind, _MADE_FOR, kind)


def lessons_of(event: Event) -> Lessons:
    """What the classes of an event's tree would have to learn, to take this event at once."""
    lessons: Lessons = {}
    for extra in event.extra:
        holder: Any = event
        for step in extra.path[:-1]:
            holder = getattr(holder, str(step)) if isinstance(holder, Struct) else holder[step]
        if isinstance(holder, Struct):
            kind = _wire_class(type(holder))
            lessons.setdefault(kind, set()).add(str(extra.path[-1]))
    return lessons


def _wire_class(kind: type) -> type:
    """The class in the schema, for one that was made with room."""
    made_for = original(kind)
    return made_for.__mro__[1] if made_for.__struct_config__.dict else made_for  # type: ignore[attr-defined]


def learned(event_class: type[Event], lessons: Lessons, foreign: str = "") -> type[Event]:
    """The event class with room for what was learned; an instance of it is still the event."""
    deep = any(kind is not event_class for kind in lessons)
    fields = (
        () if deep else tuple((f"learned_{n}", (name,)) for n, name in enumerate(sorted(lessons.get(event_class, ()))))
    )
    made = _Maker(lessons).widened(
        event_class, {"foreign": foreign, "extra": property(_extra), "learned_fields": fields}
    )
    assert issubclass(made, Event)
    return made


class _Maker:
    """Makes one event class and those of the objects inside it, each once."""

    def __init__(self, lessons: Lessons) -> None:
        self._lessons = lessons
        self._made: dict[type, type] = {}

    def widened(self, kind: type, namespace: dict[str, Any] | None = None) -> type:
        """The class, or a child of it where it or something inside it has learned."""
        if kind in self._made:
            return self._made[kind]
        self._made[kind] = kind
        annotations: dict[str, Any] = {}
        defaults: dict[str, Any] = {}
        for name, hint in get_type_hints(kind, include_extras=True).items():
            if name in kind.__struct_fields__:  # type: ignore[attr-defined]
                inner = self._rewritten(hint)
                if inner is not hint:
                    annotations[name] = inner
                    defaults |= _default(kind, name)
        for number, name in enumerate(sorted(self._lessons.get(kind, ()))):
            annotations[f"learned_{number}"] = Union[Any, UnsetType]  # noqa: UP007 - Any is no class
            defaults[f"learned_{number}"] = msgspec.field(default=UNSET, name=name)
        if annotations or namespace:
            self._made[kind] = self._make(kind, annotations, defaults, namespace or {})
        return self._made[kind]

    @staticmethod
    def _make(kind: type, annotations: dict[str, Any], defaults: dict[str, Any], namespace: dict[str, Any]) -> type:
        config = kind.__struct_config__  # type: ignore[attr-defined]
        body = {
            "__module__": kind.__module__,
            "__qualname__": kind.__qualname__,
            "__annotations__": annotations,
            _MADE_FOR: kind,
            **defaults,
            **namespace,
        }
        tags = {"tag_field": config.tag_field, "tag": config.tag} if config.tag is not None else {}
        made: type = type(kind)(kind.__name__, (kind,), body, kw_only=True, **tags)
        return made

    def _rewritten(self, hint: Any) -> Any:
        """A type with the classes inside it widened; the same object where nothing was."""
        if isinstance(hint, type) and issubclass(hint, Struct):
            return self.widened(hint)
        parts = get_args(hint)
        inner = tuple(self._rewritten(part) for part in parts)
        if all(new is old for new, old in zip(inner, parts, strict=True)):
            return hint
        origin = get_origin(hint)
        if origin in (Union, types.UnionType):
            return Union[inner]  # noqa: UP007 - built from data
        if origin is Annotated:
            return Annotated[inner]
        return origin[inner]


def _default(kind: type, name: str) -> dict[str, Any]:
    field = next(one for one in msgspec.structs.fields(kind) if one.name == name)
    return {} if field.default is msgspec.NODEFAULT else {name: field.default}


def _extra(event: Event) -> tuple[Extra, ...]:
    """The fields beyond the schema that a learned event carries."""
    return tuple(_found(event, ()))


def _found(value: Any, path: tuple[str | int, ...]) -> Iterator[Extra]:
    if isinstance(value, Struct):
        names = zip(value.__struct_fields__, value.__struct_encode_fields__, strict=True)
        for attribute, name in names:
            inner = getattr(value, attribute)
            if attribute.startswith("learned_"):
                if inner is not UNSET:
                    yield Extra((*path, name), inner)
            elif isinstance(inner, Struct | list | dict):
                yield from _found(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _found(inner, (*path, index))
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _found(inner, (*path, key))
