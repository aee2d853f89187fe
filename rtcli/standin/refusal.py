"""Errors as the real API words them, made from what the schema says about a client's text.

Source for the codes: captured error events and the codes listed in the API's error reference.
"""

from __future__ import annotations

from typing import Any, Final

from rtcli.events import REALTIME, Event, Malformed, Unknown
from rtcli.events.walk import MISSING, OUT_OF_RANGE, WRONG_TYPE, WRONG_VALUE
from rtcli.events.wording import describe

_CLIENT_TYPES: Final = tuple(name for name, event in REALTIME.types.items() if event.sender == "client")
_SHOWN: Final = 100


class Refused(Exception):
    """The server refuses a client event; it goes on, and tells the client."""

    def __init__(self, code: str, message: str, param: str | None = None) -> None:
        super().__init__(code, message, param)
        self.code = code
        self.message = message
        self.param = param


def refusal_of(event: Event | Unknown | Malformed) -> Refused | None:
    """Why the server refuses what it got; None when it is a client event in order."""
    if isinstance(event, Unknown) or (event.type and event.type not in _CLIENT_TYPES):
        supported = ", ".join(f"'{name}'" for name in _CLIENT_TYPES)
        message = f"Invalid value: '{event.type[:_SHOWN]}'. Supported values are: {supported}."
        return Refused("invalid_value", message, "type")
    if isinstance(event, Malformed):
        return _of_malformed(event)
    if event.extra:
        param = _param(describe(event.extra[0].path))
        return Refused("unknown_parameter", f"Unknown parameter: '{param}'.", param)
    return None


def event_id_of(event: Event | Unknown | Malformed) -> str | None:
    """The client's id for the event, if it gave one."""
    value: Any = (
        event.body.get("event_id") if isinstance(event, Unknown | Malformed) and isinstance(event.body, dict) else None
    )
    if isinstance(event, Event):
        value = getattr(event, "event_id", None)
    return value if isinstance(value, str) else None


def _of_malformed(event: Malformed) -> Refused:
    fault = event.faults[0]
    param = _param(fault.path) or None
    match fault.code:
        case "SCH03":
            return Refused("missing_required_parameter", "Missing required parameter: 'type'.", "type")
        case code if code == MISSING:
            return Refused("missing_required_parameter", f"Missing required parameter: '{param}'.", param)
        case code if code == WRONG_TYPE:
            return Refused("invalid_type", f"Invalid type for '{param}': {fault.message}.", param)
        case code if code == WRONG_VALUE:
            return Refused(
                "invalid_value", f"Invalid value: {fault.found}. Supported values are: {fault.expected}.", param
            )
        case code if code == OUT_OF_RANGE:
            return Refused(
                _range_code(fault.message, fault.found, fault.expected),
                f"Invalid '{param}': {fault.message}, expected {fault.expected}.",
                param,
            )
    return Refused("invalid_json", f"The event is no JSON object: {fault.message}.")


def _range_code(message: str, found: str, expected: str) -> str:
    if "characters" in message:
        return "string_above_max_length"
    kind = "integer" if found.lstrip("-").isdigit() else "decimal"
    above = " to " in expected and float(found) > float(expected.rsplit(maxsplit=1)[-1])
    return f"{kind}_{'above_max' if above else 'below_min'}_value"


def _param(path: str) -> str:
    return path.removeprefix("$").removeprefix(".")
