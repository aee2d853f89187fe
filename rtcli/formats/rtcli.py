"""The recording file, format 1: a header line, then one record a line.

Envelope and event are decoded in one stage, and only lines that this refuses are looked at closer.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Any, Final, Generic, Literal, TypeVar

import msgspec
from msgspec import Struct, field

from rtcli.events import Event, Listener, Malformed, Sender
from rtcli.events.event import Fault
from rtcli.formats.closer import REFUSALS, look_closer
from rtcli.formats.closer import record_of as record_of  # noqa: PLC0414 - whoever reads asks here too
from rtcli.formats.entry import Entry
from rtcli.formats.overlong import Skipped, told_of
from rtcli.formats.own import looks_own as looks_own  # noqa: PLC0414 - the same
from rtcli.recording import Torn

E = TypeVar("E")
_Line = tuple[int, bytes]


class _EventLine(Struct, Generic[E], gc=False):
    """The bulk of a recording: an event in its envelope."""

    t: float
    sender: Literal["client", "server"] = field(name="from")
    event: E


_DOUBTFUL: Final = 16
_DOUBT_AT_MOST: Final = 64
"""An odd line raises the doubt by two and a good one lowers it by one: beyond a third of odd lines it grows."""
_NEWLINE: Final = ord("\n")


Take = Callable[[Any, int, float | None, Sender | None], bool]
"""Takes in an event that stands in a line, came at a time, and from a side; gives back False, and has done nothing,
for one that is to be given."""


class Taking:
    """Takes in events where they are read, so that they need not be given."""

    def __init__(self) -> None:
        self.takes: dict[type, Take] = {}
        """What takes in the events of a class."""
        self.events = 0
        """How many were taken in."""
        self.line = 0
        """The last line whose event was taken in."""
        self.t: float | None = None
        """When that came."""

    def note(self, events: int, line: int, t: float | None) -> None:
        """Note that events were taken in, the last of them in this line and at this time."""
        self.events += events
        self.line, self.t = line, t


class InOrder:
    """Takes in the events that need not be given: those that are whole, and have nothing new beyond the schema."""

    def __init__(self) -> None:
        self.events = 0
        """How many there were."""
        self.line = 0
        """The last line that was read; whoever reads on counts from there."""
        self.takes: dict[type[Event], Callable[[Any], bool]] = {}
        """By class that was learned what takes in its events; it gives back False, and has done nothing, for one
        that is to be given."""


def read(
    lines: Iterable[bytes],
    listener: Listener | None = None,
    torn: Callable[[int], object] | None = None,
    taking: InOrder | Taking | None = None,
    numbers: Iterable[int] | None = None,
    skipped: Skipped | None = None,
) -> Iterator[Entry]:
    """Every line as an entry, in order; empty lines count but give nothing.

    `torn` is told of a line without an end, `skipped` of one that was too long to be read.
    The listener decodes the first lines, until it knows what is spoken, and those that are odd.
    Where most lines are odd, they are looked at closely at once. What is taken in by `taking` is not given, which
    takes half of the time where it is all that is in order.
    `numbers` are those of the lines, where they do not stand one behind the other.

    Raises:
        UnreadableRecording: a header says that the format is newer than this program.

    """
    first = taking.line + 1 if isinstance(taking, InOrder) else 1
    numbered = enumerate(lines, first) if numbers is None else zip(numbers, lines, strict=False)
    reader = _Reader(numbered, listener or Listener(), torn, skipped)
    return reader.out_of_order(taking) if isinstance(taking, InOrder) else reader.entries(taking or Taking())


class _Reader:
    """Reads lines, each as fast as those before it allow."""

    def __init__(
        self,
        lines: Iterator[_Line],
        listener: Listener,
        torn: Callable[[int], object] | None,
        skipped: Skipped | None,
    ) -> None:
        self._lines = lines
        self._listener = listener
        self._torn = torn
        self._skipped = skipped
        self._doubt = 0
        self._odd = 0
        """The line that was looked at closely last."""
        self._bare = False
        self._vocabulary = listener.vocabulary
        self._decoder = _line_decoder(self._vocabulary, bare=False)

    def entries(self, taking: Taking) -> Iterator[Entry]:
        """The entries of all lines but those whose events are taken in."""
        decode, bare, suspects = self._ways()
        taker_of, taken = taking.takes.get, 0
        for number, raw in self._lines:
            entry, closely = None, True
            if decode is not None:
                try:
                    line = decode(raw)
                except REFUSALS:
                    pass
                else:
                    if bare or raw[-1] == _NEWLINE:
                        closely = False
                        event, t, sender = (line, None, line.sender) if bare else (line.event, line.t, line.sender)
                        take = taker_of(type(event))
                        if take is not None and type(event) not in suspects and take(event, number, t, sender):
                            taken += 1
                            latest, latest_t = number, t
                            continue
                        if suspects:
                            event = self._listener.settled(event, number, sender)
                        entry = Entry(number, t, sender, event, raw)
            if taken:
                taking.note(taken, latest, latest_t)
                taken = 0
            if closely:
                entry = self._closely(number, raw)
            if entry is not None:
                yield entry
            if closely:
                decode, bare, suspects = self._ways()
        if taken:
            taking.note(taken, latest, latest_t)

    def out_of_order(self, in_order: InOrder) -> Iterator[Entry]:
        """The entries of lines that hold no event in order; the others are counted."""
        self._odd = in_order.line
        while True:
            if self._ways()[0] is None:
                line = next(self._lines, None)
            elif learned := self._listener.learned:
                line = yield from self._beside(learned, in_order)
            else:
                line = self._pass_over(in_order)
            if line is None:
                return
            in_order.line = line[0]
            entry = self._closely(*line)
            if entry is not None:
                yield entry

    def _pass_over(self, in_order: InOrder) -> _Line | None:
        """Count events in order; the first line that is none, or None behind the last."""
        decode = self._decoder
        assert decode is not None
        begin = number = self._odd
        raw, refused = b"\n", 0
        try:
            for number, raw in self._lines:  # noqa: B007 - counted behind the loop
                decode(raw)
            refused = not self._is_whole(raw)
        except REFUSALS:
            refused = 1
        finally:
            in_order.events += number - begin - refused
            in_order.line = number
        return (number, raw) if refused else None

    def _beside(self, learned: frozenset[type], in_order: InOrder) -> Generator[Entry, None, _Line | None]:
        """The same where classes were learned, whose events are given unless they are taken."""
        decode, bare, suspects = self._ways()
        assert decode is not None
        takes = in_order.takes
        begin = number = self._odd
        raw, given = b"\n", 0
        try:
            for number, raw in self._lines:
                line = decode(raw)
                event = line if bare else line.event
                kind = type(event)
                take = takes.get(kind)
                if take is None and kind not in learned:
                    continue
                if raw[-1] != _NEWLINE and not bare:
                    break
                if take is not None and take(event):
                    continue
                if suspects:
                    event = self._listener.settled(event, number, line.sender)
                given += 1
                yield Entry(number, None if bare else line.t, line.sender, event, raw)
            if self._is_whole(raw):
                return None
        except REFUSALS:
            pass
        finally:
            in_order.events += number - begin - given
            in_order.line = number
        in_order.events -= 1
        return number, raw

    def _is_whole(self, line: bytes) -> bool:
        """Whether a line that can be decoded has an end; a bare event may go without."""
        return line[-1] == _NEWLINE or self._bare

    def _ways(self) -> tuple[Callable[[bytes], Any] | None, bool, Any]:
        """How to decode the next lines at once, if at all, whether they are bare, and what may be wrong with them."""
        return self._decoder if self._doubt < _DOUBTFUL else None, self._bare, self._listener.suspects

    def _closely(self, number: int, raw: bytes) -> Entry | None:
        """The entry of a line that cannot be decoded at once; None where nothing stands in it."""
        self._doubt = max(0, self._doubt - (number - self._odd - 1))
        self._odd = number
        if raw.isspace():
            return None
        entry = self._passed_over(number, raw) or look_closer(number, raw, self._listener)
        if isinstance(entry.event, Torn) and self._torn:
            self._torn(number)
        is_event = isinstance(entry.event, Event)
        self._doubt = self._doubt - 1 if is_event and self._doubt else min(self._doubt + 2, _DOUBT_AT_MOST)
        bare = is_event and entry.t is None
        if self._listener.vocabulary is not self._vocabulary or bare != self._bare:
            self._vocabulary, self._bare = self._listener.vocabulary, bare
            self._decoder = _line_decoder(self._vocabulary, bare=bare)
            self._doubt = 0
        return entry

    def _passed_over(self, number: int, raw: bytes) -> Entry | None:
        """A line that was too long to be read, as one that is damaged; an empty line stands for it in copies."""
        if not (why := told_of(raw)):
            return None
        from rtcli.events.walk import NOT_JSON  # noqa: PLC0415 - hardly ever

        if self._skipped:
            self._skipped(number, why)
        return Entry(number, None, None, Malformed((Fault(NOT_JSON, "$", why),)), b"\n")


def _line_decoder(vocabulary: Any, *, bare: bool) -> Callable[[bytes], Any] | None:
    """Decodes a line whose event is of the vocabulary, in its envelope or bare, and refuses every other."""
    if vocabulary is None:
        return None
    decoder = msgspec.json.Decoder(vocabulary if bare else _EventLine[vocabulary])
    return decoder.decode
