"""What other people's logs hold: events with a time and a sender in the log's own words, and what they come to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Final, NamedTuple

import msgspec
from msgspec import Struct

from rtcli.formats.moments import Clock, Moment
from rtcli.formats.sides import By, senders
from rtcli.recording import Binary, Close, Control, Frame, Open, Record
from rtcli.recording.record import Sender

_LOOKED_AHEAD: Final = 64
"""How many events are looked at to tell what a log's times count in, and where its writer stands."""


class Where(NamedTuple):
    """Where something stands in a log, when it was, and who sent it."""

    line: int
    at: Moment | None = None
    by: By = ""
    sure: bool = False
    """The log says who sent it in a form made for that, so that it counts more than the event's type."""


class Logged(NamedTuple):
    """One frame of a connection, as a log has it: its text, or what else it was."""

    where: Where
    content: str | Binary | Close | Control | Open


class _Typed(Struct):
    type: str = ""


_typed = msgspec.json.Decoder(_Typed)


def records(found: Iterable[Logged]) -> Iterator[tuple[int, Record]]:
    """What a log holds as records, each with its line."""
    coming = iter(found)
    first = list(islice(coming, _LOOKED_AHEAD))
    clock = Clock(one.where.at for one in first)
    sides = _sides(first)
    for one in chain(first, coming):
        t = clock.seconds(one.where.at)
        yield one.where.line, _record(one.content, t, sides[one.where.by], one.where)


def _record(content: str | Binary | Close | Control | Open, t: float | None, told: Sender | None, at: Where) -> Record:
    if isinstance(content, str):
        sender = told if at.sure or told is None else (_sender(content) or told)
        return Frame(t, sender, content)
    if isinstance(content, Open):
        return Open(t, content.status)
    if isinstance(content, Binary):
        return Binary(t, told, content.data)
    if isinstance(content, Close):
        return Close(t, told, content.code, content.reason)
    return Control(t, told, content.kind, content.data)


def _sides(first: list[Logged]) -> dict[By, Sender | None]:
    """Which side each word of the log means: a server's own log has received what the client sent."""
    agree = disagree = 0
    for where, content in first:
        if where.by in {"sent", "received"} and where.sure and isinstance(content, str):
            sender = _sender(content)
            agree += sender == ("client" if where.by == "sent" else "server")
            disagree += sender == ("server" if where.by == "sent" else "client")
    plain: dict[By, Sender | None] = {"client": "client", "server": "server", "": None}
    if disagree and not agree:
        return plain | {"sent": "server", "received": "client"}
    return plain | {"sent": "client", "received": "server"}


def type_of(text: str) -> str:
    """The type of the event that a frame is; empty where it is none."""
    try:
        return _typed.decode(text).type
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return ""


def _sender(text: str) -> Sender | None:
    """Who sends such an event, as far as its type tells."""
    return senders().get(type_of(text))
