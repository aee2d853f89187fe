"""A small valid example of an event type, made from its class.

Law: an example decodes in its dialect, and has no field that the schema does not have.
"""

from __future__ import annotations

from typing import Any, Final

from msgspec import inspect

from rtcli.events.dialects import DIALECTS
from rtcli.events.event import Event, type_name

_SHOWN: Final = frozenset(
    {"id", "object", "status", "role", "content", "output", "text", "transcript", "name", "call_id", "instructions"}
    | {"tools", "usage", "audio", "input", "format", "total_tokens", "input_tokens", "output_tokens", "model", "voice"}
    | {"type", "message", "language", "limit", "remaining"}
)
"""Optional fields of objects that make an example telling."""

_VALUES: Final[dict[str, Any]] = {
    "event_id": "event_1",
    "item_id": "item_1",
    "previous_item_id": "item_0",
    "response_id": "resp_1",
    "call_id": "call_1",
    "session_id": "sess_1",
    "conversation_id": "conv_1",
    "delegation_id": "deleg_1",
    "audio": "AAAAAAAA",
    "arguments": '{"city":"Rome"}',
    "output": '{"sky":"clear"}',
    "name": "get_weather",
    "delta": "Hello",
    "event": "5",
    "item": {"type": "function_call_output", "call_id": "call_1", "output": '{"sky":"clear"}'},
    "text": "Hello",
    "transcript": "Hello",
    "content": "Hello",
    "language": "es",
    "voice": "marin",
    "instructions": "Be brief.",
    "speaker": "A",
    "key": "5",
    "code": "invalid_value",
    "message": "Something is wrong.",
    "type": "invalid_request_error",
    "audio_start_ms": 640,
    "audio_end_ms": 1280,
    "start_ms": 640,
    "end_ms": 1280,
    "start": 0.64,
    "end": 1.28,
    "limit": 1000,
    "remaining": 999,
    "total_tokens": 100,
    "input_tokens": 60,
    "output_tokens": 40,
    "expires_at": 1790000000,
    "received_at": 1790000000,
    "id": "id_1",
    "image_url": "data:image/png;base64,AAAA",
}
"""What stands in a field; audio is whole samples in every format."""

_IDS: Final = {
    "response": "resp_1",
    "item": "item_1",
    "output": "item_1",
    "session": "sess_1",
    "conversation": "conv_1",
    "delegation": "deleg_1",
}
"""The id of an object, by the field that holds it."""

_DELTAS: Final = {"audio": "AAAAAAAA", "function_call_arguments": '{"city":', "mcp_call_arguments": '{"city":'}
"""What a delta holds, by the word before it in the type; text otherwise."""

_MODELS: Final = {"translation": "gpt-realtime-translate", "live": "gpt-live-1"}
"""Models of the dialects that have their own. Source: captured sessions of both."""

_PREFERRED: Final = ("completed", "realtime", "user", "audio", "input_text", "text", "low", "auto")
_DEPTH: Final = 3


def example(event_class: type[Event]) -> dict[str, Any]:
    """A small event of the class: what it needs, and a few of the fields that say the most."""
    schema = inspect.type_info(event_class)
    assert isinstance(schema, inspect.StructType)
    return {"type": type_name(event_class), **_Sample(event_class).fields(schema, "", 0)}


class _Sample:
    """Makes the values of one example, so that they agree with each other and with the type."""

    def __init__(self, event_class: type[Event]) -> None:
        name = type_name(event_class)
        first = name.partition(".")[0]
        *rest, last = name.split(".")
        dialect = next((one.name for one in DIALECTS.values() if one.types.get(name) is event_class), "")
        answers = first == "response" and event_class.sender == "server"
        self._begins = answers and last in {"created", "added"}
        self._values = _VALUES | {
            "model": _MODELS.get(dialect, "gpt-realtime"),
            "object": f"realtime.{first}",
            "delta": next((made for word, made in _DELTAS.items() if rest and rest[-1].endswith(word)), "Hello"),
        }
        began, spoke = ("in_progress",) if self._begins else (), ("assistant",) if answers else ()
        self._preferred = (*began, *spoke, *_PREFERRED)
        self._parts = ("output_text", "text") if answers else ("input_text",)

    def fields(self, schema: inspect.StructType, holder: str, depth: int) -> dict[str, Any]:
        """The fields of an object that `holder` holds, with its type where it has one."""
        tag = {schema.tag_field: schema.tag} if schema.tag_field and depth else {}
        shown = self._shown({field.encode_name for field in schema.fields}, depth)
        return {
            **tag,
            **{
                field.encode_name: self._value(field.type, field.encode_name, holder, depth)
                for field in schema.fields
                if field.required or field.encode_name in shown
            },
        }

    def _shown(self, names: set[str], depth: int) -> set[str]:
        """The optional fields to show: what an object that begins has not yet, is left out, and what speech has not."""
        if not depth or depth > _DEPTH:
            return names & {"delta", "usage"} if not depth else set()
        absent = {"usage"} if self._begins else set()
        return (names & _SHOWN) - absent - ({"text", "audio"} if "transcript" in names else set())

    def _value(self, schema: inspect.Type, name: str, holder: str, depth: int) -> Any:
        match schema:
            case inspect.UnionType():
                arms = [arm for arm in schema.types if not isinstance(arm, inspect.NoneType)]
                return self._value(self._likeliest(arms), name, holder, depth)
            case inspect.StructType():
                return self.fields(schema, name, depth + 1)
            case inspect.ListType():
                later = self._begins and name in {"output", "content"}
                wanted = schema.min_length or (depth < _DEPTH and not later)
                return [self._value(schema.item_type, name, holder, depth)] if wanted else []
            case inspect.LiteralType():
                return next((word for word in self._preferred if word in schema.values), schema.values[0])
            case inspect.DictType():
                value = self._values.get(name)
                return value if isinstance(value, dict) else {}
            case inspect.StrType():
                value = _IDS.get(holder) if name == "id" else None
                value = value or self._values.get(name)
                return value if isinstance(value, str) else name
        # No event must say whether something is so: what is left are numbers.
        assert isinstance(schema, inspect.IntType | inspect.FloatType)
        value = self._values.get(name)
        fits = isinstance(value, int) or (isinstance(value, float) and isinstance(schema, inspect.FloatType))
        return value if fits else schema.ge or 0

    def _likeliest(self, arms: list[inspect.Type]) -> inspect.Type:
        """A word rather than an object, and the kind of part that such an event has."""
        words = (arm for arm in arms if isinstance(arm, inspect.StrType | inspect.LiteralType))
        parts = (arm for arm in arms if isinstance(arm, inspect.StructType) and arm.tag in self._parts)
        return next(words, None) or next(parts, None) or arms[0]
