"""What every event has, and what a text is when it is no event of the dialect.

``decode`` turns a text into one of three things: an `Event` of a known type, an `Unknown` (an
object whose type the dialect does not have) or a `Malformed` (with every fault it has). None of
them raises, none of them loses a field: what an event carries beyond its schema is in ``extra``.

The annotations of the wire's classes are evaluated where they stand, here and in the modules of realtime:
as strings, which msgspec evaluates class by class, they cost 12 ms whenever the program starts.
"""

import sys
from functools import cached_property
from importlib import import_module
from types import GenericAlias, UnionType
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeVar, Union, dataclass_transform

import msgspec
from msgspec import UNSET, Meta, Struct, StructMeta, UnsetType

Sender = Literal["client", "server"]
T = TypeVar("T")
if TYPE_CHECKING:
    Maybe = Union[T, None, UnsetType]  # noqa: UP007 - a generic alias
else:

    class Maybe:
        """A field that may be absent (``UNSET``) or null (``None``); the two stay apart.

        The same as the alias above, made in a tenth of the time where what may be absent is of a class.
        """

        def __class_getitem__(cls, kind: Any) -> Any:
            """The kind, or null, or nothing."""
            if isinstance(kind, type | GenericAlias | UnionType):
                return kind | None | UnsetType
            return Union[kind, None, UnsetType]  # noqa: UP007 - in one step


MAX_INTEGER: int = 2**53 - 1
"""The largest integer that every reader of JSON takes in exactly. Source: RFC 8259, section 6."""
Whole = Annotated[int, Meta(ge=-MAX_INTEGER, le=MAX_INTEGER)]
Index = Annotated[int, Meta(ge=0, le=MAX_INTEGER)]
"""A zero-based index. Source: crate openai-protocol 1.11.0, which reads it as u32."""
Milliseconds = Annotated[int, Meta(ge=0, le=MAX_INTEGER)]
Count = Annotated[int, Meta(ge=0, le=MAX_INTEGER)]

MAX_CLIENT_EVENT_ID: int = 512
"""Source: the OpenAPI description of 2026-08-21, GA client event schemas (``maxLength``)."""


class _Wire(StructMeta):
    """Makes every class of the wire keyword-only, which a msgspec class does not inherit.

    What is said of the attributes of a class is forgotten, and what of its fields is kept: msgspec evaluates all of it
    anew for each class that extends it.
    """

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> "_Wire":
        options.setdefault("kw_only", True)
        made = super().__new__(cls, name, bases, namespace, **options)
        said = made.__dict__.get("__annotations__")  # noqa: RUF063 - to load inspect takes longer than this saves
        if said:
            for one in said.keys() - made.__struct_fields__:
                del said[one]
        return made


@dataclass_transform(kw_only_default=True, field_specifiers=(msgspec.field,))
class Object(Struct, metaclass=_Wire, gc=False, forbid_unknown_fields=True):
    """A JSON object inside an event. Unknown fields are refused here and kept by ``decode``."""

    type_is_implied: ClassVar[bool] = False
    """Whether an object without a type is of this class, where several are told apart by it."""


class Extra(Struct, frozen=True, gc=False):
    """A field that an event carries and its schema does not have."""

    path: tuple[str | int, ...]
    value: Any


class Call(Struct, frozen=True):
    """A function that the model wants to be run; ``arguments`` is JSON text."""

    call_id: str
    name: str
    """Empty where the event does not tell it, as in early beta; the item of the call does."""
    arguments: str


@dataclass_transform(kw_only_default=True, field_specifiers=(msgspec.field,))
class Event(Struct, metaclass=_Wire, gc=False, forbid_unknown_fields=True, tag_field="type"):
    """An event of a known type, whole and within its limits."""

    sender: ClassVar[Sender]
    extra: ClassVar[tuple[Extra, ...]] = ()
    """Fields beyond the schema; set on the instances that ``decode`` makes for such events."""
    implied: ClassVar[tuple[tuple[str | int, ...], ...]] = ()
    """Where the event left out a type that is implied; set by ``decode``."""
    learned_fields: ClassVar[tuple[tuple[str, tuple[str]], ...]] = ()
    """Attribute and path of the fields that a class has learned, where all of them are the event's own."""
    foreign: ClassVar[str] = ""
    """The dialect that it belongs to, where that is not the one that is spoken; set by ``decode``."""
    reflected: ClassVar[bool] = False
    """Whether events of this type travel both ways; ``sender`` is then the side that begins."""

    @property
    def type(self) -> str:
        """The event's ``type`` on the wire."""
        return type_name(type(self))

    @property
    def is_function_call_done(self) -> bool:
        """Whether a function call's arguments are whole with this event, so that the function can be run."""
        return False

    def function_call(self) -> Call | None:
        """The function call that this event completes, in whichever way its dialect says it."""
        return None


class ServerEvent(Event):
    """An event that the server sends; all but one type carry an ``event_id``."""

    sender: ClassVar[Sender] = "server"
    event_id: str


class ClientEvent(Event):
    """An event that the client sends; its ``event_id`` is optional and comes back in errors."""

    sender: ClassVar[Sender] = "client"
    event_id: Annotated[str, Meta(max_length=MAX_CLIENT_EVENT_ID)] | UnsetType | None = UNSET


class Fault(Struct, frozen=True, gc=False):
    """One thing wrong with one event: where, what was found, what was expected."""

    code: str
    path: str
    message: str
    found: str = ""
    expected: str = ""
    hint: str = ""


class Unknown(Struct, gc=False):
    """A JSON object with a ``type`` that the dialect does not have; kept as it came."""

    type: str
    body: dict[str, Any]
    nearest: str = ""


EventClass = type[Event]


class Malformed(Struct, dict=True):
    """A text that is no event: not JSON, no object, no type, or an event with faults."""

    faults: tuple[Fault, ...]
    type: str = ""
    source: Any = None
    """What it was made from: the parsed text, or an event of a class that lets faults through."""
    extra: tuple[Extra, ...] = ()
    meant: EventClass | None = None
    """The class whose event it would be without its faults, where it is known and ``source`` does not tell it."""

    @cached_property
    def rest(self) -> Event | None:
        """What is left of it where the faulty fields are left out; None where that is too little."""
        kind = self.meant or getattr(type(self.source), "made_for", None)
        if kind is None:
            return None
        rest: Event | None = import_module("rtcli.events.mending").rest(self.body, kind)
        return rest

    @property
    def body(self) -> Any:
        """The text, parsed; None where it is not JSON."""
        return plainly(self.source) if isinstance(self.source, Event) else self.source


def plainly(event: Event) -> Any:
    """The event as it was parsed; what was decoded from further down the stack may be nested too deep for here."""
    try:
        return msgspec.to_builtins(event)
    except RecursionError:
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(2 * limit)
        try:
            return msgspec.to_builtins(event)
        finally:
            sys.setrecursionlimit(limit)


def type_name(event_class: type[Event]) -> str:
    """The wire's name of an event class, such as ``response.done``."""
    tag = event_class.__struct_config__.tag
    assert isinstance(tag, str)
    return tag


def encode(event: Event) -> bytes:
    """The event as JSON, with the fields beyond its schema where they were.

    Absent fields stay absent, nulls stay null; key order is the schema's.
    """
    if not event.extra and not event.implied:
        return msgspec.json.encode(event)
    body = plainly(event)
    for path in event.implied:
        del _holder(body, path)[path[-1]]
    for field in event.extra:
        _holder(body, field.path)[field.path[-1]] = field.value
    return msgspec.json.encode(body)


def _holder(body: Any, path: tuple[str | int, ...]) -> Any:
    for step in path[:-1]:
        body = body[step]
    return body
