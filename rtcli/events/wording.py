"""How a fault is put into words: paths, values, what was expected."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from msgspec import inspect

Path = tuple[str | int, ...]

_SHOWN: Final = 60
_LARGE: Final = 10**18
_LONGEST_KEY: Final = 128
_KINDS: Final = {
    type(None): "null",
    bool: "false",
    str: "a string",
    int: "an integer",
    float: "a number",
    list: "an array",
    dict: "an object",
}


@lru_cache(4096)
def describe(path: Path) -> str:
    """The path as JSONPath: ``$.item.content[0].text``."""
    return "$" + "".join(map(_step, path))


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    if len(step) > _LONGEST_KEY:
        return f'[{_written(step[:_LONGEST_KEY])[:-1]}…"]'
    return f".{step}" if step.isascii() and step.isidentifier() else f"[{_written(step)}]"


def _written(value: Any) -> str:
    from json import dumps  # noqa: PLC0415 - most recordings have nothing odd

    return dumps(value)


def kind(value: Any) -> str:
    """What sort of JSON value it is."""
    if value is True:
        return "true"
    return _KINDS[type(value)]


def shown(value: Any) -> str:
    """The value as short JSON; never more of a peer's text than a line can hold."""
    if type(value) is int and -_LARGE < value < _LARGE:
        return str(value)
    if isinstance(value, dict):
        return "{…}" if value else "{}"
    if isinstance(value, list):
        return f"[… {len(value)}]" if value else "[]"
    if isinstance(value, str):
        from json.encoder import encode_basestring  # noqa: PLC0415 - the same

        text = encode_basestring(value[: _SHOWN + 1])
    else:
        text = _written(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def choices(values: Iterable[Any]) -> str:
    """The values of which one must stand there."""
    return " or ".join(_written(value) for value in sorted(values, key=str))


def expected(schema: inspect.Type) -> str:
    """What a schema asks for, in words."""
    match schema:
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
            return choices(schema.values)
        case inspect.NoneType():
            return "null"
        case inspect.UnionType():
            return " or ".join(dict.fromkeys(expected(arm) for arm in schema.types))
    return "any value"


def nearest(word: object, words: Iterable[object], cutoff: float = 0.75) -> str:
    """The word that was probably meant; empty where none is near."""
    from difflib import get_close_matches  # noqa: PLC0415 - loaded when something is misspelt

    return next(iter(get_close_matches(str(word), [str(one) for one in words], n=1, cutoff=cutoff)), "")
