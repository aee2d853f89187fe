"""Event classes that have learned fields which their schema does not have, or to let faults through.

A class of the wire refuses unknown fields, which costs nothing until there is one. For a field that
keeps coming, a class is made that takes it, so that such events are decoded as fast as others. For a
field that keeps being wrong, a class is made that takes anything there; who decodes with it has to look.
Law: a learned event has the same fields, the same ``extra`` and the same JSON as one that was
decoded the slow way.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import UNSET, Struct, UnsetType

from rtcli.events.checks import MADE_FOR, field_checks, wire_class
from rtcli.events.event import Event, Extra, Fault, type_name
from rtcli.events.walk import Walk

Lessons = dict[type, set[str]]
"""Which fields each class of an event's tree has to learn."""

_ANYTHING: Final = Union[Any, UnsetType]  # noqa: UP007 - Any is no class


def lessons_of(event: Event) -> Lessons:
    """What the classes of an event's tree would have to learn, to take this event at once."""
    lessons: Lessons = {}
    for extra in event.extra:
        holder: Any = event
        for step in extra.path[:-1]:
            holder = getattr(holder, str(step)) if isinstance(holder, Struct) else holder[step]
        lessons.setdefault(wire_class(type(holder)), set()).add(str(extra.path[-1]))
    return lessons


def learned(
    event_class: type[Event], lessons: Lessons, foreign: str = "", loose: frozenset[str] = frozenset()
) -> type[Event]:
    """The event class with room for what was learned; an instance of it is still the event.

    Its fields in `loose` take anything.
    """
    deep = any(kind is not event_class for kind in lessons)
    fields = (
        () if deep else tuple((f"learned_{n}", (name,)) for n, name in enumerate(sorted(lessons.get(event_class, ()))))
    )
    namespace: dict[str, Any] = {"foreign": foreign, "learned_fields": fields}
    if lessons:
        namespace["extra"] = property(_extra)
    made = _Maker(lessons, loose).widened(event_class, namespace)
    assert issubclass(made, Event)
    return made


class _Maker:
    """Makes one event class and those of the objects inside it, each once."""

    def __init__(self, lessons: Lessons, loose: frozenset[str]) -> None:
        self._lessons = lessons
        self._loose = loose
        self._made: dict[type, type] = {}

    def widened(self, kind: type, namespace: dict[str, Any] | None = None) -> type:
        """The class, or a child of it where it or something inside it has learned."""
        if kind in self._made:
            return self._made[kind]
        self._made[kind] = kind
        annotations: dict[str, Any] = self._rewritten_fields(kind)
        if namespace:
            annotations |= {name: _ANYTHING for name in kind.__struct_fields__ if name in self._loose}  # type: ignore[attr-defined]
        defaults: dict[str, Any] = {}
        for name in annotations:
            defaults |= _default(kind, name)
        for number, name in enumerate(sorted(self._lessons.get(kind, ()))):
            annotations[f"learned_{number}"] = _ANYTHING
            defaults[f"learned_{number}"] = msgspec.field(default=UNSET, name=name)
        if annotations or namespace:
            self._made[kind] = self._make(kind, annotations, defaults, namespace or {})
        return self._made[kind]

    def _rewritten_fields(self, kind: type) -> dict[str, Any]:
        """The fields whose types have other types inside them now; most classes learn nothing so deep."""
        if self._lessons.keys() <= {kind}:
            return {}
        hints = get_type_hints(kind, include_extras=True)
        inner = {name: self._rewritten(hint) for name, hint in hints.items() if name in kind.__struct_fields__}  # type: ignore[attr-defined]
        return {name: hint for name, hint in inner.items() if hint is not hints[name]}

    @staticmethod
    def _make(kind: type, annotations: dict[str, Any], defaults: dict[str, Any], namespace: dict[str, Any]) -> type:
        config = kind.__struct_config__  # type: ignore[attr-defined]
        body = {
            "__module__": kind.__module__,
            "__qualname__": kind.__qualname__,
            "__annotations__": annotations,
            MADE_FOR: kind,
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
        return origin[inner]


def _default(kind: type, name: str) -> dict[str, Any]:
    field = next(one for one in msgspec.structs.fields(kind) if one.name == name)
    return {} if field.default is msgspec.NODEFAULT else {name: field.default}


def _extra(event: Event) -> tuple[Extra, ...]:
    """The fields beyond the schema that a learned event carries, in order.

    A tool may be nested as deep as can be parsed, so that nothing here goes down into itself.
    """
    found: list[Extra] = []
    waiting = [_Place((), event)]
    while waiting:
        place = waiting.pop()
        if place.is_beyond:
            found.append(Extra(place.path, place.value))
        else:
            waiting += reversed(list(_inside(place.value, place.path)))
    return tuple(found)


class _Place(NamedTuple):
    path: tuple[str | int, ...]
    value: Any
    is_beyond: bool = False
    """It is no part of the schema."""


def _inside(value: Any, path: tuple[str | int, ...]) -> Iterator[_Place]:
    if isinstance(value, Struct):
        for attribute, name in zip(value.__struct_fields__, value.__struct_encode_fields__, strict=True):
            inner, is_beyond = getattr(value, attribute), attribute.startswith("learned_")
            if isinstance(inner, Struct | list | dict) or (is_beyond and inner is not UNSET):
                yield _Place((*path, name), inner, is_beyond)
        return
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(inner, Struct | list | dict):
            yield _Place((*path, key), inner)


_CONTAINERS: Final = (dict, list)


class Watched:
    """What has to be looked at in the events of a class that lets faults through."""

    __slots__ = ("_fields", "_walk", "type")

    def __init__(self, event_class: type[Event], loose: Iterable[str]) -> None:
        """Those of the class, where these fields take anything."""
        checks = field_checks(event_class)
        self.type = type_name(event_class)
        self._fields = [(name, (name,), checks[name]) for name in sorted(loose)]
        self._walk = Walk()

    def faults_in(self, event: Event) -> Sequence[Fault] | None:
        """What is wrong in the loose fields, by path; None where the event is in order as it stands.

        Nothing is wrong and it is not in order where a value has yet to become an object or a number.
        """
        walk, plain = self._walk, True
        for attribute, path, check in self._fields:
            value = getattr(event, attribute)
            if value is not UNSET and (check(value, path, walk) is not value or type(value) in _CONTAINERS):
                plain = False
        faults = walk.faults
        if not faults and plain:
            return None
        self._walk = Walk()
        return faults if len(faults) < 2 else sorted(faults, key=_place)


def _place(fault: Fault) -> str:
    return fault.path
