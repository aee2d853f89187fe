"""A function call's arguments, made to fit the tool's JSON Schema.

What is made: the required properties (all, where none is required), from the user's words where
they offer a name or a number. What is understood of JSON Schema: ``const``, ``enum``, ``default``,
``type`` (also as a list), ``properties``, ``items`` with ``minItems``, the bounds of numbers and of
strings' lengths, the first of ``anyOf``/``oneOf``/``allOf``, and ``$ref`` inside the schema.
"""

from __future__ import annotations

import math
import re
from typing import Any, Final

from rtcli.units import number_in

_DEEPEST: Final = 12
"""A schema may contain itself."""
_LONGEST: Final = 1000
"""What a schema may ask of the length of a string or an array."""
_MOST: Final = 10_000
"""How many values it may ask for: arrays in arrays, or one that refers to itself twice, would have no end."""
_NUMBER: Final = re.compile(r"\d{1,9}")
_NAME: Final = re.compile(r"(?<=\s)[A-Z][a-z]+")


def fitting(schema: Any, said: str) -> dict[str, Any]:
    """Arguments for a function with these parameters, after what the user said."""
    made = _Maker(schema, said).properties(schema, 0)
    return made if isinstance(made, dict) else {}


class _Maker:
    """Makes values from one schema and one sentence."""

    def __init__(self, root: Any, said: str) -> None:
        self._root = root
        self._left = _MOST
        number = _NUMBER.search(said)
        self._number = int(number.group()) if number else 1
        names = _NAME.findall(said)
        self._name: str | None = names[-1] if names else None

    def properties(self, schema: Any, depth: int) -> dict[str, Any]:
        schema = self._resolved(schema)
        known = schema.get("properties")
        known = known if isinstance(known, dict) else {}
        required = schema.get("required")
        names = [name for name in required if isinstance(name, str)] if isinstance(required, list) else []
        return {name: self._value(known.get(name), name, depth + 1) for name in names or list(known)}

    def _value(self, schema: Any, name: str, depth: int) -> Any:
        schema = self._resolved(schema)
        self._left -= 1
        if depth > _DEEPEST or self._left < 0:
            return None
        if "const" in schema:
            return schema["const"]
        if isinstance(schema.get("enum"), list) and schema["enum"]:
            return schema["enum"][0]
        if "default" in schema:
            return schema["default"]
        kind = schema.get("type")
        match kind[0] if isinstance(kind, list) and kind else kind:
            case "integer" | "number":
                return self._within(schema, integer=kind == "integer")
            case "boolean":
                return True
            case "array":
                count = min(_whole(schema.get("minItems"), 0), self._left)
                return [self._value(schema.get("items"), name, depth + 1) for _ in range(count)]
            case "object":
                return self.properties(schema, depth)
            case "null":
                return None
        return self.properties(schema, depth) if "properties" in schema else self._text(schema, name)

    def _within(self, schema: dict[str, Any], *, integer: bool) -> float:
        low = _number(schema.get("minimum"), _number(schema.get("exclusiveMinimum"), None, 1))
        high = _number(schema.get("maximum"), _number(schema.get("exclusiveMaximum"), None, -1))
        value: float = self._number
        if low is not None and value < low:
            value = low
        if high is not None and value > high:
            value = high
        return math.ceil(value) if integer else value

    def _text(self, schema: dict[str, Any], name: str) -> str:
        text = self._name or name
        text = text.ljust(_whole(schema.get("minLength"), 0), ".")
        return text[: _whole(schema.get("maxLength"), len(text))]

    def _resolved(self, schema: Any) -> dict[str, Any]:
        """The schema behind references and choices."""
        for _ in range(_DEEPEST):
            if not isinstance(schema, dict):
                return {}
            choices: list[Any] = next(
                (schema[key] for key in ("anyOf", "oneOf", "allOf") if isinstance(schema.get(key), list)), []
            )
            if isinstance(schema.get("$ref"), str):
                schema = self._referred(schema["$ref"])
            elif choices:
                schema = choices[0]
            else:
                return schema
        return {}

    def _referred(self, reference: str) -> Any:
        place = self._root
        for step in reference.removeprefix("#").strip("/").split("/"):
            place = place.get(step) if isinstance(place, dict) else None
        return place


def _whole(value: Any, otherwise: int) -> int:
    return min(value, _LONGEST) if isinstance(value, int) and value >= 0 else otherwise


def _number(value: Any, otherwise: float | None, step: float = 0) -> float | None:
    return otherwise if number_in(value) is None else value + step
