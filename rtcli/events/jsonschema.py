"""The event types as JSON Schema, for other validators.

Source: JSON Schema 2020-12. Law: an event is valid there when it decodes here. Fields that the
schema does not have are allowed, as they are here: real servers send them. A type that may be left
out is not required; an object that needs none in one place of a schema needs none in all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec
from msgspec import inspect

from rtcli.events.describe import objects_in, prose, says_type
from rtcli.events.dialects import DIALECTS, Dialect
from rtcli.events.event import Event, type_name

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
_REFERENCE: Final = "#/$defs/"
_PACKAGE: Final = "rtcli.events."


def of_dialects(dialects: Iterable[Dialect]) -> dict[str, Any]:
    """A schema that takes each event of these dialects, and has one for each dialect and type in its ``$defs``."""
    named = list(dialects)
    names, shared = _definitions(event for dialect in named for event in dialect.types.values())
    groups = {
        dialect.name: {
            "title": f"Events of the dialect {dialect.name}",
            "description": dialect.spoken_at,
            "anyOf": [_reference(names[event]) for event in dialect.types.values()],
        }
        for dialect in named
    }
    title = f"Events of the Realtime protocol: {', '.join(groups)}"
    return {"$schema": DRAFT, "title": title, "anyOf": [*map(_reference, groups)], "$defs": {**groups, **shared}}


def of_type(event_classes: Iterable[type[Event]]) -> dict[str, Any]:
    """A schema that takes each event of one type, in whatever shapes dialects have it."""
    classes = list(dict.fromkeys(event_classes))
    names, shared = _definitions(classes)
    references = [_reference(names[event]) for event in classes]
    body = references[0] if len(references) == 1 else {"anyOf": references}
    return {"$schema": DRAFT, "title": type_name(classes[0]), **body, "$defs": shared}


def _reference(name: str) -> dict[str, Any]:
    return {"$ref": f"{_REFERENCE}{name}"}


def _definitions(events: Iterable[type[Event]]) -> tuple[dict[type, str], dict[str, Any]]:
    """What each event class is called in the definitions, and the definitions."""
    classes = list(dict.fromkeys(events))
    kinds = _kinds_inside(classes)
    everything: list[type] = [*classes, *kinds]
    references, shared = msgspec.json.schema_components(everything, ref_template=_REFERENCE + "{name}")
    made = {event: schema["$ref"] for event, schema in zip(everything, references, strict=True)}
    called = {made[event]: _called(event) for event in classes}
    names = {ref: called.get(ref) or ref.removeprefix(_REFERENCE).removeprefix(_PACKAGE) for ref in made.values()}
    bodies = {names[_REFERENCE + key]: _tolerant(body, names) for key, body in shared.items()}
    for event in classes:
        bodies[called[made[event]]]["title"] = type_name(event)
    for kind, says in kinds.items():
        if not says:
            _type_may_be_absent(bodies[names[made[kind]]])
    return {event: called[made[event]] for event in classes}, bodies


def _called(event_class: type[Event]) -> str:
    """The event's type behind the first dialect that has it in this shape."""
    name = type_name(event_class)
    dialects = (one.name for one in DIALECTS.values() if one.types.get(name) is event_class)
    return f"{next(dialects)}.{name}"


def _kinds_inside(classes: Iterable[type]) -> dict[type, bool]:
    """The classes of all objects inside these, and whether those that have a type say it wherever they stand."""
    found: dict[type, bool] = {}
    waiting = list(classes)
    while waiting:
        schema = inspect.type_info(waiting.pop())
        assert isinstance(schema, inspect.StructType)
        for field in schema.fields:
            kinds = list(objects_in(field.type))
            waiting += [kind.cls for kind in kinds if kind.cls not in found]
            for kind in kinds:
                found[kind.cls] = found.get(kind.cls, True) and (kind.tag is None or says_type(kind, kinds))
    return found


def _type_may_be_absent(body: dict[str, Any]) -> None:
    body["required"] = [name for name in body["required"] if name != "type"]


def _tolerant(schema: Any, names: dict[str, str]) -> Any:
    """The schema without its refusal of fields that it does not have, and with our names."""
    if isinstance(schema, dict):
        return dict(_kept(schema, names))
    return [_tolerant(entry, names) for entry in schema] if isinstance(schema, list) else schema


def _kept(schema: dict[str, Any], names: dict[str, str]) -> Iterator[tuple[str, Any]]:
    for key, value in schema.items():
        if key == "discriminator" or (key == "additionalProperties" and value is False):
            continue
        if key == "$ref":
            yield key, _REFERENCE + names[value]
        elif key == "description" and isinstance(value, str):
            yield key, prose(value)
        else:
            yield key, _tolerant(value, names)
