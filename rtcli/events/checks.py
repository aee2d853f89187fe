"""A schema turned into functions that find every fault of a JSON value.

Each function takes a value, its path and the `Walk` that gathers faults, and gives the value back:
the same object where the schema takes it as it is, else a copy that it takes. Law: a value passes
exactly when the fast decoder would take it, but for fields that the schema does not have and for
integers that are written with nothing behind the point.
"""

from __future__ import annotations

import operator
from functools import cache
from typing import Any, Final

from msgspec import inspect

from rtcli.events import values
from rtcli.events.event import MAX_INTEGER, Extra
from rtcli.events.values import Check
from rtcli.events.walk import MISSING, Walk
from rtcli.events.wording import Path, choices, expected, nearest

MADE_FOR: Final = "made_for"
"""Where a learned class says for which class of the wire it was made."""


def wire_class(kind: type) -> type:
    """The class in the schema, for one that was made with room, or with what was learned."""
    made_for: type = getattr(kind, MADE_FOR, kind)
    return made_for.__mro__[1] if made_for.__struct_config__.dict else made_for  # type: ignore[attr-defined]


@cache
def schema_of(kind: type) -> inspect.StructType:
    """The schema of a class of the wire, which takes long to be looked up."""
    schema = inspect.type_info(kind)
    assert isinstance(schema, inspect.StructType)
    return schema


@cache
def check_of(event_class: type) -> Check:
    """The check of a class of the wire."""
    return _check(schema_of(event_class))


def check_of_schema(schema: inspect.Type) -> Check:
    """The check of whatever may stand somewhere."""
    return _check(schema)


@cache
def field_checks(event_class: type) -> dict[str, Check]:
    """The check of each field of a class of the wire, by its name."""
    schema = schema_of(event_class)
    return {field.encode_name: _check(field.type) for field in schema.fields}


def _check(schema: inspect.Type) -> Check:
    match schema:
        case inspect.AnyType():
            return lambda value, _path, _walk: value
        case inspect.UnionType():
            return _union(schema)
        case inspect.StructType():
            return _struct(schema)
        case inspect.ListType():
            return _list(schema)
        case inspect.DictType():
            return _dict(schema)
        case inspect.LiteralType():
            return values.literal(schema.values)
        case inspect.StrType():
            return values.text(schema)
        case inspect.IntType():
            return values.integer(schema)
        case inspect.FloatType():
            return values.number(schema)
        case inspect.BoolType():
            return values.plain(bool, "true or false")
        case inspect.NoneType():
            return values.plain(type(None), "null")
    raise AssertionError(f"no event has a field of type {schema}")


def _passes_at_sight(schema: inspect.Type) -> type | None:
    """The Python type of which every value passes, for int each from 0 to `MAX_INTEGER`; None for all others."""
    match schema:
        case inspect.StrType(min_length=None, max_length=None, pattern=None):
            return str
        case inspect.BoolType():
            return bool
        case inspect.IntType(ge=0, le=high, gt=None, lt=None, multiple_of=None) if high == MAX_INTEGER:
            return int
        case inspect.UnionType():
            seen = [_passes_at_sight(arm) for arm in schema.types]
            return next((one for one in seen if one is not None), None)
    return None


_structs: dict[type, Check] = {}
"""The checks of objects, by class: an object may hold its own kind."""


def _struct(schema: inspect.StructType) -> Check:
    if schema.cls not in _structs:
        _structs[schema.cls] = lambda value, path, walk: _structs[schema.cls](value, path, walk)  # noqa: PLW0108 - later
        _structs[schema.cls] = _struct_check(schema)
    return _structs[schema.cls]


def _struct_check(schema: inspect.StructType) -> Check:
    at_sight: dict[Any, type | None] = {field.encode_name: _passes_at_sight(field.type) for field in schema.fields}
    checks = {field.encode_name: _check(field.type) for field in schema.fields}
    required = {field.encode_name: field.type for field in schema.fields if field.required}
    needed = frozenset(required)
    tag_field, tag = schema.tag_field, schema.tag

    def check(value: Any, path: Path, walk: Walk) -> Any:
        if type(value) is not dict:
            walk.wrong_type(value, "an object", path)
            return value
        changed: dict[str, Any] = {}
        unknown: list[str] = []
        for key, inner in value.items():
            sort = type(inner)
            if sort is at_sight.get(key) and (sort is not int or 0 <= inner <= MAX_INTEGER):
                continue
            look = checks.get(key)
            if look is not None:
                seen = look(inner, (*path, key), walk)
                if seen is not inner:
                    changed[key] = seen
            elif key != tag_field:
                unknown.append(key)
            elif inner != tag:
                values.literal((tag,))(inner, (*path, key), walk)
        if not needed <= value.keys():
            _missing(value, required, unknown, path, walk)
        if not unknown:
            return {**value, **changed} if changed else value
        walk.extra += [Extra((*path, key), value[key]) for key in unknown]
        passed_over = set(unknown)
        return {key: changed.get(key, inner) for key, inner in value.items() if key not in passed_over}

    return check


_COMPARED: Final = 100
"""So many unknown names are looked at for one that was meant otherwise; an event has some, and a bomb has many."""


def _missing(
    value: dict[str, Any], required: dict[str, inspect.Type], unknown: list[str], path: Path, walk: Walk
) -> None:
    for name, schema in required.items():
        if name not in value:
            near = nearest(name, unknown[:_COMPARED])
            hint = f'did you mean "{name}" where it says "{near}"?' if near else ""
            message = f'required field "{name}" is missing'
            walk.fault(MISSING, (*path, name), message, wanted=expected(schema), hint=hint)


def _list(schema: inspect.ListType) -> Check:
    entry_check = _check(schema.item_type)
    low, high = schema.min_length, schema.max_length

    def check(value: Any, path: Path, walk: Walk) -> Any:
        if type(value) is not list:
            walk.wrong_type(value, "an array", path)
            return value
        walk.length(len(value), low, high, "items", path)
        seen = [entry_check(entry, (*path, index), walk) for index, entry in enumerate(value)]
        return value if all(map(operator.is_, seen, value)) else seen

    return check


def _dict(schema: inspect.DictType) -> Check:
    key_check, value_check = _check(schema.key_type), _check(schema.value_type)
    low, high = schema.min_length, schema.max_length

    def check(value: Any, path: Path, walk: Walk) -> Any:
        if type(value) is not dict:
            walk.wrong_type(value, "an object", path)
            return value
        walk.length(len(value), low, high, "entries", path)
        for key in value:
            key_check(key, (*path, key), walk)
        seen = {key: value_check(entry, (*path, key), walk) for key, entry in value.items()}
        return value if all(map(operator.is_, seen.values(), value.values())) else seen

    return check


def _union(schema: inspect.UnionType) -> Check:
    """Follow the arm that the value is meant for, so that its faults are named where they are."""
    arms = schema.types
    by_type: dict[type, Check] = {}
    for arm in arms:
        for python_type in _python_types(arm):
            by_type.setdefault(python_type, _check(arm))
    tagged = [arm for arm in arms if isinstance(arm, inspect.StructType) and arm.tag_field is not None]
    if len(tagged) > 1:
        by_type[dict] = _tagged(tagged)
    wanted = " or ".join(dict.fromkeys(expected(arm) for arm in arms if not isinstance(arm, inspect.NoneType)))

    def check(value: Any, path: Path, walk: Walk) -> Any:
        arm = by_type.get(type(value))
        if arm is None:
            walk.wrong_type(value, wanted, path)
            return value
        return arm(value, path, walk)

    return check


def _tagged(arms: list[inspect.StructType]) -> Check:
    field = arms[0].tag_field
    assert field is not None
    by_tag = {arm.tag: _check(arm) for arm in arms}
    tags = tuple(str(tag) for tag in by_tag)
    wrong_tag = values.literal(tags)
    implied = next((str(arm.tag) for arm in arms if getattr(arm.cls, "type_is_implied", False)), "")

    def check(value: Any, path: Path, walk: Walk) -> Any:
        tag = value.get(field)
        arm = by_tag.get(tag) if isinstance(tag, str) else None
        if arm is not None:
            return arm(value, path, walk)
        if field not in value and implied:
            walk.implied.append((*path, field))
            return by_tag[implied]({**value, field: implied}, path, walk)
        if field in value:
            wrong_tag(tag, (*path, field), walk)
            meant = nearest(tag, tags, cutoff=0.6)
        else:
            near = nearest(field, value)
            hint = f'did you mean "{field}" where it says "{near}"?' if near else ""
            walk.fault(MISSING, (*path, field), f'required field "{field}" is missing', "", choices(tags), hint)
            meant = likeliest(value, arms)
        if meant:
            by_tag[meant]({**value, field: meant}, path, walk)
        return value

    return check


def likeliest(value: dict[str, Any], arms: list[inspect.StructType]) -> str:
    """The type of an object that does not say it: the one with the most of its fields, or the first that needs none.

    Empty where two are as likely.
    """
    shared = sorted(((sum(one.encode_name in value for one in arm.fields), str(arm.tag)) for arm in arms), reverse=True)
    if not shared[0][0]:
        return next((str(arm.tag) for arm in arms if not any(one.required for one in arm.fields)), "")
    return shared[0][1] if len(shared) == 1 or shared[0][0] > shared[1][0] else ""


def _python_types(schema: inspect.Type) -> tuple[type, ...]:
    """The types of the parsed values for which an arm of a union is meant."""
    match schema:
        case inspect.StructType() | inspect.DictType():
            return (dict,)
        case inspect.ListType():
            return (list,)
        case inspect.StrType():
            return (str,)
        case inspect.LiteralType():
            return tuple({type(value) for value in schema.values})
        case inspect.IntType() | inspect.FloatType():
            return (int, float)
        case inspect.BoolType():
            return (bool,)
        case inspect.NoneType():
            return (type(None),)
    raise AssertionError(f"no event has a choice of type {schema}")
