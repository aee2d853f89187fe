"""The event types as JSON Schema, for other validators.

Source: JSON Schema 2020-12. Fields that the schema does not have are allowed there, as they are here:
real servers send them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from rtcli.events.dialects import Dialect
from rtcli.events.event import Event, type_name

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"


def of_types(event_classes: Iterable[type[Event]], title: str) -> dict[str, Any]:
    """A schema that takes each event of these classes."""
    classes = list(dict.fromkeys(event_classes))
    schemas, shared = msgspec.json.schema_components(classes, ref_template="#/$defs/{name}")
    body = _only(schemas) if len(schemas) == 1 else {"anyOf": list(schemas)}
    whole: dict[str, Any] = _tolerant({"$schema": DRAFT, "title": title, **body, "$defs": shared})
    return whole


def of_dialects(dialects: Iterable[Dialect]) -> dict[str, Any]:
    """A schema that takes each event of these dialects."""
    named = list(dialects)
    classes = [event for dialect in named for event in dialect.types.values()]
    return of_types(classes, f"Events of the Realtime protocol: {', '.join(dialect.name for dialect in named)}")


def of_type(event_classes: list[type[Event]]) -> dict[str, Any]:
    """A schema that takes each event of one type, in whatever shapes dialects have it."""
    return of_types(event_classes, type_name(event_classes[0]))


def _only(schemas: Iterable[dict[str, Any]]) -> dict[str, Any]:
    (schema,) = schemas
    return schema


def _tolerant(schema: Any) -> Any:
    """The schema without its refusal of fields that it does not have."""
    if isinstance(schema, dict):
        return dict(_kept(schema))
    return [_tolerant(entry) for entry in schema] if isinstance(schema, list) else schema


def _kept(schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in schema.items():
        if key == "discriminator" or (key == "additionalProperties" and value is False):
            continue
        yield key, _tolerant(value)
