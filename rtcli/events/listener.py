"""One who listens to a connection: finds out what is spoken, decodes it, and learns what keeps coming.

Law: what a text is decoded to depends on it and on those before it only, and learning changes how
fast that is and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final, Union

import msgspec

from rtcli.events.detection import Detector
from rtcli.events.dialects import DIALECTS, Dialect
from rtcli.events.event import Event, Malformed, Sender, Unknown
from rtcli.events.learning import Lessons, learned, lessons_of

_REFUSALS: Final = (msgspec.DecodeError, UnicodeError, RecursionError)
_LEARNED_AFTER: Final = 4
"""How often an event type must need a closer look before its class is widened."""
_LESSONS_AT_MOST: Final = 64
"""How often classes are widened on one connection; a hostile peer can invent any number of names."""


@cache
def _judge() -> Callable[[Any, Dialect], Event | Unknown | Malformed]:
    """The slow path, loaded when it is needed for the first time."""
    from rtcli.events.faults import judge  # noqa: PLC0415 - few recordings need it for more than their first line

    return judge


class Listener:
    """Decodes the texts of one connection, in the dialect that is asked for or the one that is heard."""

    def __init__(self, dialect: Dialect | None = None) -> None:
        self._asked_for = dialect
        self.detector = Detector()
        self._spoken = self.dialect
        self._closer_looks: dict[str, int] = {}
        self._lessons: dict[str, Lessons] = {}
        self._widened: dict[str, type[Event]] = {}
        self._taught = 0
        self._union: Any = None
        self._decoder: msgspec.json.Decoder[Event] = self._spoken.decoder

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
                return self._decoder.decode(text)
            except _REFUSALS:
                pass
        return self.look_closer(text, line, sender)

    def look_closer(self, text: str | bytes, line: int, sender: Sender | None) -> Event | Unknown | Malformed:
        """The same for a text that the fast decoder refused, or that may tell what is spoken."""
        from rtcli.events.faults import parse  # noqa: PLC0415 - few texts need it

        return self.judge(parse(text), line, sender)

    def judge(self, body: Any, line: int, sender: Sender | None = None) -> Event | Unknown | Malformed:
        """The same for a text that has been parsed."""
        if self.detector.listens_to(body):
            self.detector.hear(body, line, sender)
            self._respell()
        result = _judge()(body, self._spoken)
        if isinstance(result, Event) and (result.extra or result.foreign):
            name = result.type
            looks = self._closer_looks[name] = self._closer_looks.get(name, 0) + 1
            if looks % _LEARNED_AFTER == 0 and self._taught < _LESSONS_AT_MOST:
                self._learn(name, result)
        return result

    def _respell(self) -> None:
        """What was learned of one dialect says nothing of another."""
        if self.dialect is not self._spoken:
            self._spoken = self.dialect
            self._closer_looks, self._lessons, self._widened = {}, {}, {}
            self._union = None
            self._decoder = self._spoken.decoder

    def _learn(self, name: str, event: Event) -> None:
        self._taught += 1
        lessons = self._lessons.setdefault(name, {})
        for kind, names in lessons_of(event).items():
            lessons.setdefault(kind, set()).update(names)
        home = DIALECTS[event.foreign] if event.foreign else self._spoken
        self._widened[name] = learned(home.types[name], lessons, event.foreign)
        self._union = Union[tuple((self._spoken.types | self._widened).values())]  # noqa: UP007 - built from data
        self._decoder = msgspec.json.Decoder(self._union)
