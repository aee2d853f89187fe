"""The slow path: every fault of one text, each with its JSON path.

The fast decoder stops at the first fault and names no remedy. This module walks the whole object
along the same types, so it is run only for a text that the fast decoder refused. Law: it accepts
exactly what the fast decoder accepts, and besides that, fields that the schema does not have,
integers written as floats with nothing behind the point, and keys repeated until they are right.
"""

from __future__ import annotations

import json
import math
import re
import sys
from difflib import get_close_matches
from functools import cache
from typing import Any, Final

import msgspec
from msgspec import inspect

from rtcli.events.dialects import Dialect
from rtcli.events.event import Event, Extra, Fault, Malformed, Unknown

NOT_JSON: Final = "SCH01"
NOT_AN_OBJECT: Final = "SCH02"
NO_TYPE: Final = "SCH03"
UNKNOWN_TYPE: Final = "SCH04"
MISSING: Final = "SCH05"
WRONG_TYPE: Final = "SCH06"
WRONG_VALUE: Final = "SCH07"
OUT_OF_RANGE: Final = "SCH08"
UNKNOWN_FIELD: Final = "SCH09"

Path = tuple[str | int, ...]
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_SHOWN = 60
_LONGEST_KEY = 128


def examine(text: str | bytes, dialect: Dialect) -> Event | Unknown | Malformed:
    """Everything that can be said about a text that the fast decoder refused. Never raises."""
    body = _parse(text)
    if isinstance(body, Fault):
        return Malformed((body,))
    if not isinstance(body, dict):
        fault = Fault(NOT_AN_OBJECT, "$", "the text is JSON but no object", found=_kind(body), expected="an object")
        return Malformed((fault,), body=body)
    name = body.get("type")
    if not isinstance(name, str):
        if "type" not in body:
            fault = Fault(NO_TYPE, "$.type", "the event has no type", expected="a string", hint=_nearest("type", body))
        else:
            fault = Fault(NO_TYPE, "$.type", "the type is not a string", found=_shown(name), expected="a string")
        return Malformed((fault,), body=body)
    event_class = dialect.types.get(name)
    if event_class is None:
        near = get_close_matches(name, dialect.types, n=1, cutoff=0.75)
        return Unknown(name, body, near[0] if near else "")
    return _judge(body, name, event_class)


def describe(path: Path) -> str:
    """The path as JSONPath: ``$.item.content[0].text``."""
    steps = []
    for step in path:
        if isinstance(step, int):
            steps.append(f"[{step}]")
        elif len(step) > _LONGEST_KEY:
            steps.append(f'[{json.dumps(step[:_LONGEST_KEY])[:-1]}…"]')
        elif _PLAIN_KEY.match(step):
            steps.append(f".{step}")
        else:
            steps.append(f"[{json.dumps(step)}]")
    return "$" + "".join(steps)


def _judge(body: dict[str, Any], name: str, event_class: type[Event]) -> Event | Malformed:
    walk = _Walk()
    clean = walk.value(body, _schema(event_class), ())
    if not walk.faults:
        try:
            event = msgspec.convert(clean, _roomy(event_class) if walk.extra else event_class)
        except msgspec.ValidationError as refusal:
            walk.faults.append(Fault(WRONG_TYPE, "$", str(refusal)))
        else:
            if walk.extra:
                event.extra = tuple(walk.extra)  # type: ignore[misc]
            return event
    return Malformed(tuple(walk.faults), name, body, tuple(walk.extra))


@cache
def _roomy(event_class: type[Event]) -> type[Event]:
    """The event class with room for fields beyond the schema; an instance of it is still the event.

    The plain classes have no room: without a ``__dict__`` and outside the garbage collector's view
    they decode a third faster.
    """
    tag = event_class.__struct_config__.tag
    return type(
        event_class.__name__,
        (event_class,),
        {"__module__": event_class.__module__, "__qualname__": event_class.__qualname__},
        dict=True,
        gc=True,
        kw_only=True,
        tag=tag,
    )


@cache
def _schema(event_class: type[Event]) -> inspect.Type:
    return inspect.type_info(event_class)


def _parse(text: str | bytes) -> Any:
    """The parsed text, or the `Fault` that says why it is no JSON."""
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError as error:
            return Fault(
                NOT_JSON, "$", f"the text is not UTF-8: byte {error.start} is 0x{error.object[error.start]:02x}"
            )
    try:
        body = json.loads(text, parse_constant=_no_constant, parse_float=_finite)
        if "\\u" in text or not text.isascii():
            json.dumps(body, ensure_ascii=False).encode("utf-8")
    except RecursionError:
        return Fault(NOT_JSON, "$", "the JSON is nested too deep to be read")
    except json.JSONDecodeError as error:
        if text.startswith("\ufeff"):
            return Fault(NOT_JSON, "$", "the text begins with a byte order mark")
        if not text.strip():
            return Fault(NOT_JSON, "$", "the text is empty")
        return Fault(NOT_JSON, "$", f"the text is not JSON: {_reason(error)} at character {error.pos}")
    except UnicodeEncodeError:
        return Fault(
            NOT_JSON, "$", "a string holds a lone surrogate (\\ud800 to \\udfff), which stands for no character"
        )
    except ValueError as error:
        return Fault(NOT_JSON, "$", f"the text is not JSON that can be read: {error}")
    return body


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is no JSON value")


def _finite(word: str) -> float:
    number = float(word)
    if math.isinf(number):
        raise ValueError(f"the number {word[:_SHOWN]}{'…' * (len(word) > _SHOWN)} is too large")
    return number


def _reason(error: json.JSONDecodeError) -> str:
    return error.msg[:1].lower() + error.msg[1:]


class _Walk:
    """One walk along a schema. Gathers faults and extra fields, gives back a cleaned copy."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.extra: list[Extra] = []

    def value(self, value: Any, schema: inspect.Type, path: Path) -> Any:
        match schema:
            case inspect.AnyType():
                return value
            case inspect.Metadata():
                return self.value(value, schema.type, path)
            case inspect.UnionType():
                return self._union(value, schema, path)
            case inspect.StructType():
                return self._struct(value, schema, path)
            case inspect.ListType():
                return self._list(value, schema, path)
            case inspect.DictType():
                return self._dict(value, schema, path)
            case inspect.LiteralType():
                return self._literal(value, schema.values, path)
            case inspect.StrType():
                return self._str(value, schema, path)
            case inspect.IntType() | inspect.FloatType():
                return self._number(value, schema, path)
            case inspect.BoolType():
                return self._plain(value, isinstance(value, bool), "true or false", path)
            case inspect.NoneType():
                return self._plain(value, value is None, "null", path)
        raise AssertionError(f"no event has a field of type {schema}")

    def _fault(self, code: str, path: Path, message: str, **more: str) -> None:
        self.faults.append(Fault(code, describe(path), message, **more))

    def _wrong_type(self, value: Any, expected: str, path: Path) -> None:
        self._fault(
            WRONG_TYPE, path, f"expected {expected}, found {_kind(value)}", found=_shown(value), expected=expected
        )

    def _plain(self, value: Any, right: bool, expected: str, path: Path) -> Any:
        if not right:
            self._wrong_type(value, expected, path)
        return value

    def _struct(self, value: Any, schema: inspect.StructType, path: Path) -> Any:
        if not isinstance(value, dict):
            self._wrong_type(value, "an object", path)
            return value
        fields = {field.encode_name: field for field in schema.fields}
        clean: dict[str, Any] = {}
        unknown = [key for key in value if key not in fields and key != schema.tag_field]
        for name, field in fields.items():
            if name in value:
                clean[name] = self.value(value[name], field.type, (*path, name))
            elif field.required:
                near = get_close_matches(name, unknown, n=1, cutoff=0.75)
                hint = f'did you mean "{name}" where it says "{near[0]}"?' if near else ""
                self._fault(
                    MISSING,
                    (*path, name),
                    f'required field "{name}" is missing',
                    expected=_expected(field.type),
                    hint=hint,
                )
        for key in unknown:
            self.extra.append(Extra((*path, key), value[key]))
        if schema.tag_field is not None:
            clean[schema.tag_field] = schema.tag
        return clean

    def _list(self, value: Any, schema: inspect.ListType, path: Path) -> Any:
        if not isinstance(value, list):
            self._wrong_type(value, "an array", path)
            return value
        self._length(len(value), schema.min_length, schema.max_length, "items", path)
        return [self.value(entry, schema.item_type, (*path, index)) for index, entry in enumerate(value)]

    def _dict(self, value: Any, schema: inspect.DictType, path: Path) -> Any:
        if not isinstance(value, dict):
            self._wrong_type(value, "an object", path)
            return value
        self._length(len(value), schema.min_length, schema.max_length, "entries", path)
        for key in value:
            self.value(key, schema.key_type, (*path, key))
        return {key: self.value(entry, schema.value_type, (*path, key)) for key, entry in value.items()}

    def _literal(self, value: Any, values: tuple[Any, ...], path: Path) -> Any:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if any(value == allowed and type(value) is type(allowed) for allowed in values):
            return value
        expected = _choices(values)
        if type(value) not in {type(allowed) for allowed in values}:
            self._wrong_type(value, expected, path)
        else:
            hint = _did_you_mean(value, values)
            self._fault(
                WRONG_VALUE,
                path,
                f"{_shown(value)} is not allowed here",
                found=_shown(value),
                expected=expected,
                hint=hint,
            )
        return value

    def _str(self, value: Any, schema: inspect.StrType, path: Path) -> Any:
        if not isinstance(value, str):
            self._wrong_type(value, "a string", path)
            return value
        self._length(len(value), schema.min_length, schema.max_length, "characters", path)
        return value

    def _number(self, value: Any, schema: inspect.IntType | inspect.FloatType, path: Path) -> Any:
        whole = isinstance(schema, inspect.IntType)
        if isinstance(value, float) and whole and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
            self._wrong_type(value, "an integer" if whole else "a number", path)
            return value
        if not whole and abs(value) > sys.float_info.max:
            self._fault(
                OUT_OF_RANGE, path, f"{_shown(value)} is out of range", found=_shown(value), expected="a number"
            )
            return value
        low, high = schema.ge, schema.le
        if (low is not None and value < low) or (high is not None and value > high):
            limits = f"from {low} to {high}" if high is not None else f"{low} or more"
            self._fault(OUT_OF_RANGE, path, f"{_shown(value)} is out of range", found=_shown(value), expected=limits)
        return value

    def _length(self, length: int, low: int | None, high: int | None, what: str, path: Path) -> None:
        if high is not None and length > high:
            self._fault(
                OUT_OF_RANGE,
                path,
                f"{length} {what} are too many",
                found=str(length),
                expected=f"at most {high} {what}",
            )
        if low is not None and length < low:
            self._fault(
                OUT_OF_RANGE, path, f"{length} {what} are too few", found=str(length), expected=f"at least {low} {what}"
            )

    def _union(self, value: Any, schema: inspect.UnionType, path: Path) -> Any:
        """Follow the arm that the value is meant for, so that its faults are named where they are."""
        kinds = [kind.type if isinstance(kind, inspect.Metadata) else kind for kind in schema.types]
        if value is None and any(isinstance(kind, inspect.NoneType) for kind in kinds):
            return None
        arms = [kind for kind in kinds if not isinstance(kind, inspect.NoneType)]
        fitting = [arm for arm in arms if _fits(value, arm)]
        if not fitting:
            self._wrong_type(value, " or ".join(dict.fromkeys(_expected(arm) for arm in arms)), path)
            return value
        structs = [arm for arm in fitting if isinstance(arm, inspect.StructType)]
        if structs and structs[0].tag_field is not None:
            return self._tagged(value, structs, path)
        return self.value(value, fitting[0], path)

    def _tagged(self, value: dict[str, Any], arms: list[inspect.StructType], path: Path) -> Any:
        field = arms[0].tag_field
        assert field is not None
        tags = tuple(str(arm.tag) for arm in arms)
        if field not in value:
            self._fault(MISSING, (*path, field), f'required field "{field}" is missing', expected=_choices(tags))
            return value
        tag = value[field]
        for arm in arms:
            if isinstance(tag, str) and arm.tag == tag:
                return self._struct(value, arm, path)
        self._literal(tag, tags, (*path, field))
        return value


def _fits(value: Any, schema: inspect.Type) -> bool:
    match schema:
        case inspect.StructType() | inspect.DictType():
            return isinstance(value, dict)
        case inspect.ListType():
            return isinstance(value, list)
        case inspect.StrType():
            return isinstance(value, str)
        case inspect.LiteralType():
            return type(value) in {type(allowed) for allowed in schema.values}
        case inspect.IntType():
            return isinstance(value, int | float) and not isinstance(value, bool)
        case inspect.FloatType():
            return isinstance(value, int | float) and not isinstance(value, bool)
        case inspect.BoolType():
            return isinstance(value, bool)
    return True


def _expected(schema: inspect.Type) -> str:
    match schema:
        case inspect.Metadata():
            return _expected(schema.type)
        case inspect.StructType() | inspect.DictType():
            return "an object"
        case inspect.ListType():
            return "an array"
        case inspect.StrType():
            return "a string"
        case inspect.IntType():
            return "an integer"
        case inspect.FloatType():
            return "a number"
        case inspect.BoolType():
            return "true or false"
        case inspect.LiteralType():
            return _choices(schema.values)
        case inspect.NoneType():
            return "null"
        case inspect.UnionType():
            return " or ".join(dict.fromkeys(_expected(arm) for arm in schema.types))
    return "any value"


def _choices(values: tuple[Any, ...]) -> str:
    return " or ".join(json.dumps(value) for value in sorted(values, key=str))


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    kinds = {str: "a string", int: "an integer", float: "a number", list: "an array", dict: "an object"}
    return kinds[type(value)]


def _shown(value: Any) -> str:
    """The value as short JSON; never more of a peer's text than a line can hold."""
    if isinstance(value, dict):
        return "{…}" if value else "{}"
    if isinstance(value, list):
        return f"[… {len(value)}]" if value else "[]"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _did_you_mean(value: Any, values: tuple[Any, ...]) -> str:
    near = get_close_matches(str(value), [str(allowed) for allowed in values], n=1, cutoff=0.6)
    return f'did you mean "{near[0]}"?' if near else ""


def _nearest(name: str, body: dict[str, Any]) -> str:
    near = get_close_matches(name, [str(key) for key in body], n=1, cutoff=0.7)
    if not near and "event" in body:
        near = ["event"]
    return f'did you mean "{name}" where it says "{near[0]}"?' if near else ""
