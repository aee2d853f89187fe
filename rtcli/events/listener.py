"""One who listens to a connection: finds out what is spoken, decodes it, and learns what keeps coming.

Law: what a text is decoded to depends on it and on those before it only, and learning changes how
fast that is and nothing else.
"""

from __future__ import annotations

from collections import deque
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, TypeGuard, Union

import msgspec

from rtcli.events.detection import Detector
from rtcli.events.dialects import DIALECTS, Dialect
from rtcli.events.event import Event, Fault, Malformed, Sender, Unknown, plainly

if TYPE_CHECKING:
    from rtcli.events.learning import Lessons, Watched

_REFUSALS: Final = (msgspec.DecodeError, UnicodeError, RecursionError)
_LEARNED_AFTER: Final = 4
"""How often an event type must need a closer look before its class is widened."""
_CLOSE: Final = 4
"""Where every fourth line is broken, or more, faults come all the time."""
_parsed: Final = msgspec.json.Decoder().decode
_OF_VALUES: Final = frozenset({"SCH06", "SCH07", "SCH08"})
_LESSONS_AT_MOST: Final = 64
"""How often classes are widened on one connection; a hostile peer can invent any number of names."""


@cache
def _faults() -> Any:
    """The slow path, loaded when it is needed for the first time; most recordings never need it."""
    return import_module("rtcli.events.faults")


@cache
def _learning() -> Any:
    """What widens classes, loaded when there is something to learn."""
    return import_module("rtcli.events.learning")


def _can_be_learned(result: Event | Unknown) -> TypeGuard[Event]:
    if not isinstance(result, Event) or not (result.extra or result.foreign) or result.implied:
        return False
    return all(_can_be_a_field(str(extra.path[-1])) for extra in result.extra)


def _can_be_a_field(name: str) -> bool:
    """Whether a class can have a field of this name: msgspec refuses what JSON would have to escape."""
    return name.isprintable() and '"' not in name and "\\" not in name


def _is_wrong_in_its_own_fields(result: Malformed) -> bool:
    """Whether all that is wrong are values of the event's own fields."""
    return bool(result.type) and not result.extra and all(map(_concerns_a_field, result.faults))


def _concerns_a_field(fault: Fault) -> bool:
    return fault.code in _OF_VALUES and fault.path[2:].isidentifier()


class Listener:
    """Decodes the texts of one connection, in the dialect that is asked for or the one that is heard."""

    def __init__(self, dialect: Dialect | None = None) -> None:
        self._asked_for = dialect
        self.detector = Detector()
        self._spoken = self.dialect
        self._taught = 0
        self._forget()
        self._union: Any = None
        self._decoder: msgspec.json.Decoder[Event] | None = None

    def _forget(self) -> None:
        self._closer_looks: dict[str, int] = {}
        self._lessons: dict[str, Lessons] = {}
        self._broken: deque[int] = deque(maxlen=_LEARNED_AFTER)
        self._foreign: dict[str, str] = {}
        self._loose: dict[str, set[str]] = {}
        self._widened: dict[str, type[Event]] = {}
        self.suspects: dict[type, Watched] = {}
        """Classes that let faults through, and what has to be looked at in their events."""

    @property
    def dialect(self) -> Dialect:
        """What is spoken, as far as it is known."""
        return self._asked_for or self.detector.dialect

    @property
    def vocabulary(self) -> Any:
        """The type of all events that may be decoded without a closer look; None while every text needs one."""
        if not self._sure:
            return None
        return self._union if self._union is not None else self.dialect.union

    @property
    def learned(self) -> frozenset[type]:
        """The classes that were made of what was heard; events of any other have nothing beyond the schema."""
        return frozenset(self._widened.values())

    @property
    def _sure(self) -> bool:
        return self._asked_for is not None or self.detector.settled

    def connected_to(self, url: str) -> None:
        """A connection begins, to this address."""
        self.detector.forget()
        self.detector.connected_to(url)
        self._respell()

    def decode(self, text: str | bytes, line: int, sender: Sender | None = None) -> Event | Unknown | Malformed:
        """The event that `text` is, or what it is instead. Never raises, never loses a field."""
        if self._sure:
            try:
                event = (self._decoder or self._made()).decode(text)
            except _REFUSALS:
                pass
            else:
                return self.settled(event, line, sender) if self.suspects else event
        return self.look_closer(text, line, sender)

    def _made(self) -> msgspec.json.Decoder[Event]:
        """The decoder, made when the first text needs it: who reads recordings has one of whole lines."""
        self._decoder = self._spoken.decoder
        return self._decoder

    def look_closer(self, text: str | bytes, line: int, sender: Sender | None) -> Event | Unknown | Malformed:
        """The same for a text that the fast decoder refused, or that may tell what is spoken."""
        try:
            body = _parsed(text)
        except _REFUSALS:
            body = _faults().parse(text)
        return self.judge(body, line, sender)

    def judge(self, body: Any, line: int, sender: Sender | None = None) -> Event | Unknown | Malformed:
        """The same for a text that has been parsed."""
        if self.detector.listens_to(body):
            event = self._taken_at_once(body)
            if event is not None:
                return event
            self.detector.hear(body, line, sender)
            self._respell()
            try:
                return self._converted(body)
            except _REFUSALS:
                pass
        result: Event | Unknown | Malformed = _faults().judge(body, self._spoken)
        if isinstance(result, Malformed):
            if _is_wrong_in_its_own_fields(result) and self._all_the_time(result.type, line):
                self._loose.setdefault(result.type, set()).update(fault.path[2:] for fault in result.faults)
                self._widen(result.type)
        elif _can_be_learned(result) and self._again(result.type):
            self._foreign[result.type] = result.foreign
            lessons = self._lessons.setdefault(result.type, {})
            for kind, names in _learning().lessons_of(result).items():
                lessons.setdefault(kind, set()).update(names)
            self._widen(result.type)
        return result

    def _taken_at_once(self, body: Any) -> Event | None:
        """A parsed text as an event, if the fast decoder takes such a text: then it tells nothing of the dialect.

        It is not heard there either, and what is found may not depend on which of the two was asked.
        """
        if not self._sure:
            return None
        try:
            event: Event = msgspec.convert(body, self._spoken.union if self._union is None else self._union)
        except _REFUSALS:
            return None
        return None if type(event) in self.suspects else event

    def _converted(self, body: Any) -> Event:
        """A parsed text as an event, if it is one without a closer look."""
        if self._union is not None:
            raise msgspec.DecodeError
        event: Event = msgspec.convert(body, self._spoken.union)
        return event

    def settled(self, event: Event, line: int, sender: Sender | None = None) -> Event | Unknown | Malformed:
        """What an event is whose class lets faults through; any other is what it is."""
        watched = self.suspects.get(type(event))
        if watched is None:
            return event
        faults = watched.faults_in(event)
        if faults is None:
            return event
        if not faults:
            return self.judge(plainly(event), line, sender)
        self._broken.append(line)
        return Malformed(tuple(faults), watched.type, event, event.extra)

    def _all_the_time(self, name: str, line: int) -> bool:
        """Whether so much is broken, and this type again, that its class is to let faults through."""
        self._broken.append(line)
        return self._again(name) and line - self._broken[0] < len(self._broken) * _CLOSE

    def _again(self, name: str) -> bool:
        """Whether a type has needed a closer look so often that its class is to be widened."""
        looks = self._closer_looks[name] = self._closer_looks.get(name, 0) + 1
        return looks % _LEARNED_AFTER == 0 and self._taught < _LESSONS_AT_MOST

    def _respell(self) -> None:
        """What was learned of one dialect says nothing of another."""
        if self.dialect is not self._spoken:
            self._spoken = self.dialect
            self._forget()
            self._union = None
            self._decoder = None

    def _widen(self, name: str) -> None:
        """Decode a type with a class of its own from now on."""
        self._taught += 1
        foreign = self._foreign.get(name, "")
        home = DIALECTS[foreign] if foreign else self._spoken
        if name not in home.types:
            return
        loose = frozenset(self._loose.get(name, ()))
        learning = _learning()
        made = learning.learned(home.types[name], self._lessons.get(name, {}), foreign, loose)
        self._widened[name] = made
        if loose:
            self.suspects[made] = learning.Watched(home.types[name], loose)
        self._union = Union[tuple((self._spoken.types | self._widened).values())]  # noqa: UP007 - built from data
        self._decoder = msgspec.json.Decoder(self._union)
