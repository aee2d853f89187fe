"""The slow path: every fault of one text, each with its JSON path.

The fast decoder stops at the first fault and names no remedy. This module looks at the whole object,
so it is run only for a text that the fast decoder refused. Law: it accepts exactly what the fast
decoder accepts, and besides that, fields that the schema does not have, integers written as floats
with nothing behind the point, and keys repeated until they are right.
"""

from __future__ import annotations

import json
import math
from functools import cache, lru_cache
from typing import Any, Final

import msgspec
from msgspec import inspect

from rtcli.events.checks import check_of, schema_of, wire_class
from rtcli.events.dialects import DIALECTS, NEAR_MISSES, Dialect
from rtcli.events.event import Event, Fault, Malformed, Unknown, plainly
from rtcli.events.walk import NO_TYPE, NOT_AN_OBJECT, NOT_JSON, Walk
from rtcli.events.wording import Path, kind, nearest, shown

_SHOWN: Final = 60


def examine(text: str | bytes, dialect: Dialect) -> Event | Unknown | Malformed:
    """Everything that can be said about a text that the fast decoder refused. Never raises."""
    return judge(parse(text), dialect)


def judge(body: Any, dialect: Dialect) -> Event | Unknown | Malformed:
    """Everything that can be said about a parsed text. Never raises."""
    if isinstance(body, Fault):
        return Malformed((body,))
    if not isinstance(body, dict):
        fault = Fault(NOT_AN_OBJECT, "$", "the text is JSON but no object", found=kind(body), expected="an object")
        return Malformed((fault,), source=body)
    name = body.get("type")
    if not isinstance(name, str):
        if "type" not in body:
            fault = Fault(NO_TYPE, "$.type", "the event has no type", expected="a string", hint=_where_it_says(body))
        else:
            fault = Fault(NO_TYPE, "$.type", "the type is not a string", found=shown(name), expected="a string")
        return Malformed((fault,), source=body)
    event_class = dialect.types.get(name)
    if event_class is not None:
        return _judge(body, name, event_class)
    home = next((other for other in DIALECTS.values() if name in other.types), None)
    if home is not None:
        return _judge(body, name, home.types[name], home.name)
    return Unknown(name, body, _nearest_type(name, dialect))


@lru_cache(1000)
def _nearest_type(name: str, dialect: Dialect) -> str:
    near = NEAR_MISSES.get(name) or nearest(name, dialect.types)
    return near if near in dialect.types else ""


def nearest_field(event: Event | Malformed, path: Path) -> str:
    """The field of the schema whose name is most like that of an unknown one; empty where none is."""
    event_class = wire_class(type(event)) if isinstance(event, Event) else _class_of(event.type)
    fields = _fields_beside(schema_of(event_class), path) if event_class else ()
    present = _holder(event.body if isinstance(event, Malformed) else plainly(event), path)
    return nearest(path[-1], [field for field in fields if field != path[-1] and field not in present])


def _holder(body: Any, path: Path) -> Any:
    """The object that has the field at the end of the path, as far as it can be found."""
    for step in path[:-1]:
        try:
            body = body[step]
        except (LookupError, TypeError):
            return ()
    return body if isinstance(body, dict) else ()


def _class_of(name: str) -> type[Event] | None:
    return next((dialect.types[name] for dialect in DIALECTS.values() if name in dialect.types), None)


def _fields_beside(schema: inspect.Type, path: Path) -> list[str]:
    """The names of the fields that the schema has where a path ends."""
    found: list[str] = []
    for struct in _structs(schema):
        if len(path) == 1:
            found += [field.encode_name for field in struct.fields]
        for field in struct.fields:
            if len(path) > 1 and field.encode_name == path[0]:
                rest = path[1:]
                while rest and isinstance(rest[0], int):
                    rest = rest[1:]
                found += _fields_beside(field.type, rest)
    return found


def _structs(schema: inspect.Type) -> list[inspect.StructType]:
    """The objects that can stand somewhere, in lists and behind choices too."""
    match schema:
        case inspect.StructType():
            return [schema]
        case inspect.ListType():
            return _structs(schema.item_type)
        case inspect.UnionType():
            return [found for arm in schema.types for found in _structs(arm)]
    return []


def _judge(body: dict[str, Any], name: str, event_class: type[Event], foreign: str = "") -> Event | Malformed:
    walk = Walk()
    clean = check_of(event_class)(body, (), walk)
    if walk.faults:
        return Malformed(tuple(sorted(walk.faults, key=_place)), name, body, tuple(walk.extra), event_class)
    special = walk.extra or walk.implied or foreign
    event = msgspec.convert(clean, _roomy(event_class, foreign) if special else event_class)
    if walk.extra:
        event.extra = tuple(walk.extra)  # type: ignore[misc]
    if walk.implied:
        event.implied = tuple(walk.implied)  # type: ignore[misc]
    return event


def _place(fault: Fault) -> str:
    return fault.path


@cache
def _roomy(event_class: type[Event], foreign: str) -> type[Event]:
    """The event class with room for what it is not made for; an instance of it is still the event.

    The plain classes have no room: without a ``__dict__`` and outside the garbage collector's view
    they decode a third faster.
    """
    tag = event_class.__struct_config__.tag
    return type(
        event_class.__name__,
        (event_class,),
        {"__module__": event_class.__module__, "__qualname__": event_class.__qualname__, "foreign": foreign},
        dict=True,
        gc=True,
        kw_only=True,
        tag=tag,
    )


def parse(text: str | bytes) -> Any:
    """The parsed text, or the `Fault` that says why it is no JSON."""
    try:
        return _decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return _explained(text)


_decode = msgspec.json.Decoder().decode


def _explained(text: str | bytes) -> Fault:
    """Why the fast parser refused a text: the slow one says where, or takes it, as only it takes lone surrogates."""
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError as error:
            return Fault(
                NOT_JSON, "$", f"the text is not UTF-8: byte {error.start} is 0x{error.object[error.start]:02x}"
            )
    try:
        json.loads(text, parse_constant=_no_constant, parse_float=_finite)
    except RecursionError:
        return Fault(NOT_JSON, "$", "the JSON is nested too deep to be read")
    except json.JSONDecodeError as error:
        if text.startswith("\ufeff"):
            return Fault(NOT_JSON, "$", "the text begins with a byte order mark")
        if not text.strip():
            return Fault(NOT_JSON, "$", "the text is empty")
        return Fault(NOT_JSON, "$", f"the text is not JSON: {_reason(error)} at character {error.pos}")
    except ValueError as error:
        return Fault(NOT_JSON, "$", f"the text is not JSON that can be read: {error}")
    return Fault(NOT_JSON, "$", "a string holds a lone surrogate (\\ud800 to \\udfff), which stands for no character")


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is no JSON value")


def _finite(word: str) -> float:
    number = float(word)
    if math.isinf(number):
        raise ValueError(f"the number {word[:_SHOWN]}{'…' * (len(word) > _SHOWN)} is too large")
    return number


def _reason(error: json.JSONDecodeError) -> str:
    return error.msg[:1].lower() + error.msg[1:]


def _where_it_says(body: dict[str, Any]) -> str:
    """The key that was probably meant to be the type."""
    near = nearest("type", body, cutoff=0.7) or ("event" if "event" in body else "")
    return f'did you mean "type" where it says "{near}"?' if near else ""
