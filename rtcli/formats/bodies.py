"""Objects around events: a time, a direction, a body, by the many names that people give them.

What stands for an event keeps its text, word for word, where the log has it as JSON.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import Any, Final

import msgspec
from msgspec import Raw

from rtcli.formats.logged import Logged, Where
from rtcli.formats.moments import moment_of
from rtcli.formats.sides import by_of, senders
from rtcli.recording import Binary, Close

_BODIES: Final = (
    "frames", "frame", "event", "eventdata", "data", "payload", "message", "msg", "body", "content", "raw", "text",
    "json", "meta", "log", "ev", "evt",
)  # fmt: skip
"""Where the event is, what is most certainly one first."""
_VERBATIM: Final = frozenset({"frames", "frame", "raw", "data", "payload"})
"""Where a text is a frame whatever it says, if the log says who sent it."""
_SIDES: Final = (
    "direction", "dir", "eventsender", "sender", "source", "from", "side", "origin", "by", "flow", "role", "who",
    "type", "kind", "event", "action", "op",
)  # fmt: skip
_TIMES: Final = (
    "timestamp", "ts", "time", "at", "t", "datetime", "date", "when", "createdat", "receivedat", "sentat", "elapsed",
    "offset", "rel", "relative",
)  # fmt: skip
_UNITS: Final = ("", "ms", "us", "ns", "s", "seconds", "millis")
_NAMES_OF_TIME: Final = frozenset(name + unit for name in _TIMES for unit in _UNITS)
_NAMES_OF_TYPE: Final = ("type", "event", "eventtype", "eventname", "name")
_CLOSED: Final = frozenset({"close", "closed", "disconnect", "disconnected"})
_BINARY_OPCODE: Final = 2
_NESTED: Final = 4
"""How deep envelopes may lie in envelopes."""
_REFUSALS: Final = (msgspec.DecodeError, UnicodeError, RecursionError)

Shallow = dict[str, Raw] | list[Raw] | str | int | float | bool | None
_shallow: msgspec.json.Decoder[Shallow] = msgspec.json.Decoder(Shallow)


def told(value: Any, where: Where, depth: int = 0) -> Iterator[Logged]:
    """The frames that a value of a log holds: a Raw one, or one of Python's; nothing where it is none.

    A field of the envelope counts for more than `where`, which is what stands before it on the line.
    """
    if depth > _NESTED:
        return
    value = opened(value) if isinstance(value, Raw) else value, value
    match value:
        case dict() as fields, whole:
            yield from _of_fields(fields, whole, where, depth)
        case list() as several, _:
            for one in several:
                yield from told(one, where, depth + 1)
        case str() as text, _ if is_object(text):
            inner = Raw(text.strip().encode("utf-8", "surrogateescape"))
            found = list(told(inner, where, depth + 1))
            yield from found or [Logged(where, text)]


def _of_fields(fields: dict[str, Any], whole: Any, where: Where, depth: int) -> Iterator[Logged]:
    """What an object holds: it is an event, or has one in it."""
    kind = _text(fields.get("type"))
    named = {_plain(name): name for name in reversed(fields)}
    around = _around(fields, named, where)
    body = _body(fields, named, told_by=around.sure)
    if kind and is_type(kind) and not (around is not where and body is not None and _type_of(body) == kind):
        if body is None or around is where or kind not in senders() or _type_of(body):
            yield Logged(where, text_of(whole))
        else:
            yield Logged(around, _typed(kind, body))
    elif closed := _closed(fields, named, kind):
        yield Logged(around, closed)
    elif body is not None:
        yield from _in_body(fields, named, body, around, depth)
    elif kind and where.sure:
        yield Logged(where, text_of(whole))


def _in_body(fields: dict[str, Any], named: dict[str, str], body: Any, around: Where, depth: int) -> Iterator[Logged]:
    if _value(fields, named, "opcode") == _BINARY_OPCODE and isinstance(text := _plainly(body), str):
        try:
            yield Logged(around, Binary(None, None, base64.b64decode(text, validate=True)))
        except (binascii.Error, ValueError):
            yield Logged(around, text)
        return
    found = list(told(body, around, depth + 1))
    if not found and not _type_of(body) and isinstance(_plainly(body), dict):
        names = (_text(_value(fields, named, name)) for name in _NAMES_OF_TYPE)
        kind = next((name for name in names if name in senders()), "")
        found = [Logged(around, _typed(kind, body))] if kind else []
    if not found and around.sure:
        found = [Logged(around, text) for text in _texts(body)]
    yield from found


def _texts(body: Any) -> Iterator[str]:
    """The frames in a body that is known to hold some, whatever they are."""
    value = _plainly(body)
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield text_of(body)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def _around(fields: dict[str, Any], named: dict[str, str], where: Where) -> Where:
    """Where it stands, with the time and the sender that the envelope tells; `where` itself if it tells neither."""
    at = by = None
    for plain, name in named.items():
        if at is None and plain in _NAMES_OF_TIME:
            at = moment_of(_plainly(fields[name]), plain)
    for plain in _SIDES:
        if by := by_of(_value(fields, named, plain)):
            break
    if at is None and not by:
        return where
    return where._replace(at=at or where.at, by=by or where.by, sure=bool(by) or where.sure)


def _body(fields: dict[str, Any], named: dict[str, str], *, told_by: bool) -> Any:
    """What the envelope is around: an event if there is one, or else what may be a frame."""
    bodies = [(plain, fields[named[plain]]) for plain in _BODIES if plain in named]
    ranked = sorted(
        ((_rank(*one, told_by=told_by), at, one[1]) for at, one in enumerate(bodies)), key=lambda one: one[:2]
    )
    if ranked and ranked[0][0] <= _HOLDS_ONE:
        return ranked[0][2]
    elsewhere = next(
        (value for name, value in fields.items() if _is_known(value) and _plain(name) not in _BODIES), None
    )
    if elsewhere is not None:
        return elsewhere
    return ranked[0][2] if ranked and ranked[0][0] < _NO_RANK else None


def _is_known(value: Any) -> bool:
    """Whether a field of a name that says nothing, as a logger's ``ctx``, is an event beyond doubt."""
    inside = _plainly(value)
    if isinstance(inside, str) and is_object(inside):
        inside = opened(Raw(inside.encode("utf-8", "surrogateescape")))
    kind = _text(inside.get("type")) if isinstance(inside, dict) else ""
    return "." in kind and kind in senders()


_HOLDS_ONE: Final = 3
_NO_RANK: Final = 9


def _rank(plain: str, body: Any, *, told_by: bool) -> int:
    """How little a field looks like the body: the lowest is it."""
    value = _plainly(body)
    if isinstance(value, list):
        return 1 if any(_rank("", one, told_by=False) < _NO_RANK for one in value[:8]) else _NO_RANK
    if isinstance(value, str):
        return 1 if is_object(value) else 5 if told_by and plain in _VERBATIM else _NO_RANK
    if not isinstance(value, dict):
        return _NO_RANK
    kind = _text(value.get("type"))
    if kind in senders():
        return 0
    if is_type(kind):
        return 2
    return 3 if _body(value, {_plain(name): name for name in value}, told_by=told_by) is not None else 4


def _closed(fields: dict[str, Any], named: dict[str, str], kind: str) -> Close | None:
    """The end of a connection, where the envelope says so."""
    said = {kind} | {_text(_value(fields, named, name)) for name in ("kind", "event", "op", "action")}
    if not said & _CLOSED:
        return None
    code, reason = _value(fields, named, "code"), _value(fields, named, "reason")
    whole = isinstance(code, int) and not isinstance(code, bool)
    return Close(None, None, code if whole else None, reason if isinstance(reason, str) else "")


def names_a_side(value: Any) -> bool:
    """Whether a value says who sent it, so that it must have been around something."""
    fields = _plainly(value)
    return isinstance(fields, dict) and _around(fields, {_plain(name): name for name in fields}, Where(0)).sure


def is_type(kind: str) -> bool:
    """Whether a text looks like the type of an event."""
    return kind in senders() or ("." in kind and " " not in kind and "/" not in kind and kind.islower())


def is_object(text: str) -> bool:
    """Whether a text looks like a JSON object."""
    return text.lstrip()[:1] == "{" and text.rstrip()[-1:] == "}"


def opened(raw: Raw) -> Any:
    """What is in a JSON text, one level deep; None where it is none."""
    try:
        return _shallow.decode(raw)
    except _REFUSALS:
        return None


def text_of(value: Any) -> str:
    """The frame that a value stands for: its JSON word for word, but on one line."""
    if not isinstance(value, Raw):
        return msgspec.json.encode(value).decode()
    text = bytes(value)
    if b"\n" in text or b"\r" in text:
        text = msgspec.json.format(text, indent=-1)
    return text.decode("utf-8", "surrogateescape")


def _typed(kind: str, body: Any) -> str:
    """The event whose type the log has outside of it."""
    rest = text_of(body).lstrip()[1:].lstrip()
    return f'{{"type":"{kind}"{"" if rest.startswith("}") else ","}{rest}'


def _type_of(body: Any) -> str:
    value = _plainly(body)
    return _text(value.get("type")) if isinstance(value, dict) else ""


def _value(fields: dict[str, Any], named: dict[str, str], plain: str) -> Any:
    return _plainly(fields[named[plain]]) if plain in named else None


def _plainly(value: Any) -> Any:
    return opened(value) if isinstance(value, Raw) else value


def _text(value: Any) -> str:
    value = _plainly(value)
    return value if isinstance(value, str) else ""


def _plain(name: Any) -> str:
    """A field's name without the fashion that it is written in."""
    return str(name).lower().replace("_", "").replace("-", "").replace("@", "").replace(" ", "")
