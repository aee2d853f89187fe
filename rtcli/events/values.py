"""The checks of single values: a text, a number, a word of a list, true or false.

What they take is what the fast decoder takes; an integer may besides be written with nothing behind the point.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from msgspec import inspect

from rtcli.events.walk import WRONG_VALUE, Walk
from rtcli.events.wording import Path, choices, nearest, shown

Check = Callable[[Any, Path, Walk], Any]
"""Takes a value, its path, and the walk that gathers faults; gives the value back, or what the schema takes for it."""


def plain(kind_of_value: type, wanted: str) -> Check:
    """The check of what has to be of one type, and may then be anything."""

    def check(value: Any, path: Path, walk: Walk) -> Any:
        if type(value) is not kind_of_value:
            walk.wrong_type(value, wanted, path)
        return value

    return check


def literal(values: tuple[Any, ...]) -> Check:
    """The check of what has to be one of these values."""
    kinds = {type(allowed) for allowed in values}
    allowed = {(type(one), one): one for one in values}

    def check(value: Any, path: Path, walk: Walk) -> Any:
        if type(value) is float and value.is_integer():
            value = int(value)
        if type(value) not in kinds:
            walk.wrong_type(value, choices(values), path)
        elif (type(value), value) not in allowed:
            near = nearest(value, values, cutoff=0.6)
            hint = f'did you mean "{near}"?' if near else ""
            walk.fault(WRONG_VALUE, path, f"{shown(value)} is not allowed here", shown(value), choices(values), hint)
        return value

    return check


def text(schema: inspect.StrType) -> Check:
    """The check of a text and of how long it is."""
    low, high = schema.min_length, schema.max_length

    def check(value: Any, path: Path, walk: Walk) -> Any:
        if type(value) is not str:
            walk.wrong_type(value, "a string", path)
        else:
            walk.length(len(value), low, high, "characters", path)
        return value

    return check


def integer(schema: inspect.IntType) -> Check:
    """The check of an integer and of its limits."""
    low, high = schema.ge, schema.le

    def check(value: Any, path: Path, walk: Walk) -> Any:
        if type(value) is float and value.is_integer():
            value = int(value)
        if type(value) is not int:
            walk.wrong_type(value, "an integer", path)
        elif (low is not None and value < low) or (high is not None and value > high):
            walk.out_of_range(value, _limits(low, high), path)
        return value

    return check


def number(schema: inspect.FloatType) -> Check:
    """The check of a number and of its limits; one that no float can hold is beyond them."""
    low, high = schema.ge, schema.le

    def check(value: Any, path: Path, walk: Walk) -> Any:
        if type(value) is not float and type(value) is not int:
            walk.wrong_type(value, "a number", path)
        elif not abs(value) <= sys.float_info.max:  # nor is what is no number
            walk.out_of_range(value, "a number", path)
        elif (low is not None and value < low) or (high is not None and value > high):
            walk.out_of_range(value, _limits(low, high), path)
        return value

    return check


def _limits(low: float | None, high: float | None) -> str:
    if high is None:
        return f"{low} or more"
    return f"from {low} to {high}" if low is not None else f"{high} or less"
