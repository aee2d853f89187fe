"""Two recordings beside each other: what one has and the other has not, and what they say differently.

Laws: a recording differs in nothing from itself, whatever its ids, its times and its cuts are; an event that
was dropped or changed is told; exchanging the recordings exchanges the sides of what is told, and no more.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from itertools import zip_longest
from typing import Any, Final, Literal

import msgspec
from msgspec import UNSET, Struct, UnsetType, field

from rtcli.events import Sender
from rtcli.script.account import Account, Call, Told
from rtcli.script.alignment import Key, Pair, align
from rtcli.script.counterparts import Counterparts, Labels
from rtcli.script.normal import written
from rtcli.script.strands import Strand, Turn, turns_of
from rtcli.script.tally import Latency, Used, latencies, used_in_all, used_in_turn
from rtcli.script.words import Words
from rtcli.session.prices import PRICES

Section = Literal["configuration", "events", "transcripts", "tokens"]
_CONFIGURES: Final = ("session.", "transcription_session.")
_CONNECTION: Final = frozenset({"open", "close"})
_DEEPEST: Final = 64
_TURN_KEYS: Final[tuple[Key, ...]] = (
    lambda turn: tuple(strand.content for strand in turn.strands),
    lambda turn: (turn.began, turn.words),
    lambda turn: (turn.began, turn.words.user),
    lambda turn: turn.began,
)
_STRAND_KEYS: Final[tuple[Key, ...]] = (
    lambda strand: strand.content,
    lambda strand: (strand.kind, strand.types),
    lambda strand: strand.kind,
)
_EVENT_KEYS: Final[tuple[Key, ...]] = (lambda told: (told.type, told.body), lambda told: told.type)


class Difference(Struct, frozen=True):
    """One thing that is not the same."""

    section: Section
    what: Literal["changed", "missing", "additional"]
    """``missing`` is what only the first recording has, ``additional`` what only the second has."""
    type: str
    sender: Sender | None
    strand: str
    """What it is a part of: ``response``, ``item``, ``client`` and so on."""
    turn_a: int | None
    turn_b: int | None
    """0 for what belongs to no turn."""
    line_a: int | None
    line_b: int | None
    path: str = "$"
    a: Any = UNSET
    b: Any = UNSET
    """UNSET where there is nothing at the path."""


class TurnPair(Struct):
    """A turn of one recording and the one that stands for it in the other; None where there is none."""

    a: int | None
    b: int | None
    began: str
    line_a: int = 0
    line_b: int = 0
    words_a: Words = field(default_factory=Words)
    words_b: Words = field(default_factory=Words)
    latencies: list[Latency] = field(default_factory=list)
    used_a: Used = field(default_factory=Used)
    used_b: Used = field(default_factory=Used)


class CallPair(Struct):
    """A connection of one recording beside that of the other; both are there, if only empty."""

    turns: list[TurnPair]
    differences: list[Difference]
    used_a: Used
    used_b: Used


class Comparison(Struct):
    """All that there is to say of two recordings."""

    calls: list[CallPair]
    tolerance_ms: float | None = None
    """From how far apart on a latency is a difference; None where none is."""

    @property
    def differences(self) -> list[Difference]:
        """Everything that is not the same, but for the latencies."""
        return [one for call in self.calls for one in call.differences]

    @property
    def slower(self) -> list[tuple[TurnPair, Latency]]:
        """The latencies that are further apart than is tolerated."""
        limit = self.tolerance_ms
        if limit is None:
            return []
        pairs = [(turn, one) for call in self.calls for turn in call.turns for one in turn.latencies]
        return [(turn, one) for turn, one in pairs if one.apart_ms > limit]

    @property
    def same(self) -> bool:
        """Nothing that counts is different."""
        return not self.slower and not any(call.differences for call in self.calls)


def compare(a: Account, b: Account, tolerance_ms: float | None = None) -> Comparison:
    """Two recordings, connection by connection in their order."""
    nothing = Call(PRICES)
    nothing.connected = True
    pairs = zip_longest(a.calls, b.calls, fillvalue=nothing)
    return Comparison([_Calls(*_comparable(one, other)).compared() for one, other in pairs], tolerance_ms)


def _comparable(a: Call, b: Call) -> tuple[Call, Call]:
    """Both without what only one of them can know: a log of bare events tells nothing of the connection."""
    if a.connected == b.connected:
        return a, b
    return _unconnected(a), _unconnected(b)


def _unconnected(call: Call) -> Call:
    left = copy(call)
    left.told = [told for told in call.told if told.type not in _CONNECTION]
    return left


class _Calls:
    """Two connections that are being compared."""

    def __init__(self, a: Call, b: Call) -> None:
        self._a, self._b = a, b
        self._labels_a, self._labels_b = Labels(a.told), Labels(b.told)
        self._counterparts = Counterparts()

    def compared(self) -> CallPair:
        """The pair, with all that differs in it."""
        (none_a, *turns_a), (none_b, *turns_b) = turns_of(self._a), turns_of(self._b)
        pairs: list[Pair[Turn]] = [(none_a, none_b), *align(turns_a, turns_b, _TURN_KEYS)]
        events = [(one, other, list(_events(one, other))) for one, other in pairs]
        self._counterparts.learn(pair for _, _, told in events for _, pair in told)
        differences = [
            difference
            for one, other, told in events
            for strand, pair in told
            for difference in self._different(strand, pair, one, other)
        ]
        return CallPair(
            [_turn(one, other) for one, other in pairs], differences, used_in_all(self._a), used_in_all(self._b)
        )

    def _different(
        self, strand: str, pair: Pair[Told], turn_a: Turn | None, turn_b: Turn | None
    ) -> Iterator[Difference]:
        a, b = pair
        one = a or b
        if one is None:
            return
        place = (
            one.type,
            one.sender,
            strand,
            turn_a.number if turn_a is not None else None,
            turn_b.number if turn_b is not None else None,
            a.line if a is not None else None,
            b.line if b is not None else None,
        )
        if a is None or b is None:
            yield Difference("events", "missing" if a is not None else "additional", *place)
            return
        for path, before, after in self._changes(a, b):
            section = _section(one.type, path, before, after, turn_a, turn_b)
            yield Difference(section, "changed", *place, path, before, after)

    def _changes(self, a: Told, b: Told) -> Iterator[tuple[str, Any, Any]]:
        """Where two events of a type differ, ids by their labels."""
        if a.body != b.body:
            names_a, names_b = self._labels_a.by_path(a), self._labels_b.by_path(b)
            one, other = msgspec.json.decode(a.body), msgspec.json.decode(b.body)
            for path, before, after in _unlike(one, other, "$", 0):
                yield path, self._labels_a.shown(before, path, names_a), self._labels_b.shown(after, path, names_b)
        for name_a, name_b in self._counterparts.mismatches(a, b):
            yield name_a.path, self._labels_a.of(name_a), self._labels_b.of(name_b)


def _events(a: Turn | None, b: Turn | None) -> Iterator[tuple[str, Pair[Told]]]:
    """Each event of two turns with its counterpart, and the kind of its strand."""
    for one, other in align(_strands(a), _strands(b), _STRAND_KEYS):
        kind = (one or other or Strand("")).kind
        for pair in align(one.told if one else [], other.told if other else [], _EVENT_KEYS):
            yield kind, pair


def _strands(turn: Turn | None) -> list[Strand]:
    return turn.strands if turn is not None else []


def _turn(a: Turn | None, b: Turn | None) -> TurnPair:
    one = a or b
    row_a, row_b = (turn.row if turn is not None else None for turn in (a, b))
    return TurnPair(
        a.number if a is not None else None,
        b.number if b is not None else None,
        one.began if one is not None else "",
        a.line if a is not None else 0,
        b.line if b is not None else 0,
        a.words if a is not None else Words(),
        b.words if b is not None else Words(),
        list(latencies(row_a, row_b)),
        used_in_turn(row_a),
        used_in_turn(row_b),
    )


def _unlike(a: Any, b: Any, path: str, depth: int) -> Iterator[tuple[str, Any, Any]]:
    """Where two values differ; lists of different lengths differ as a whole."""
    if type(a) is type(b) is dict and depth < _DEEPEST:
        for name in {**a, **b}:
            yield from _unlike(a.get(name, UNSET), b.get(name, UNSET), f"{path}.{name}", depth + 1)
    elif type(a) is type(b) is list and len(a) == len(b) and depth < _DEEPEST:
        for index, (one, other) in enumerate(zip(a, b, strict=True)):
            yield from _unlike(one, other, f"{path}[{index}]", depth + 1)
    elif _is_absent(a) or _is_absent(b) or written(a) != written(b):
        yield path, a, b


def _is_absent(value: Any) -> bool:
    return isinstance(value, UnsetType)


def _section(kind: str, path: str, a: Any, b: Any, turn_a: Turn | None, turn_b: Turn | None) -> Section:
    """Where a change is told: words with the words of their turn, where those differ too."""
    if kind.startswith(_CONFIGURES) and path.startswith("$.session"):
        return "configuration"
    if ".usage" in path:
        return "tokens"
    if turn_a is not None and turn_b is not None and isinstance(a, str) and isinstance(b, str):
        sides = zip(turn_a.words, turn_b.words, strict=True)
        if any(one != other and a in one and b in other for one, other in sides):
            return "transcripts"
    return "events"


__all__ = ["CallPair", "Comparison", "Difference", "Section", "TurnPair", "compare"]
