"""What one recording tells: its events in their normal form, a run of deltas as one, and its numbers.

Law: what is kept grows with the events that are no deltas and with the words, not with the audio.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from msgspec import Struct, field

from rtcli.events import Event, Malformed, Sender, Unknown
from rtcli.formats import Entry
from rtcli.formats.rtcli import record_of
from rtcli.recording import Binary, Close, Frame, Header, Open
from rtcli.script.normal import Named, body_of, normal
from rtcli.session.measured import Connection
from rtcli.session.prices import PRICES, Prices
from rtcli.units import base64_bytes

APPENDS: Final = frozenset(
    {"input_audio_buffer.append", "session.input_audio.append", "session.input_audio_buffer.append"}
)
_BREAKS: Final[Mapping[str, str]] = {
    "input_audio_buffer.commit": "input_audio_buffer.append",
    "input_audio_buffer.clear": "input_audio_buffer.append",
}
"""What ends a run of appends; nothing else does, since the microphone does not stop for it."""
_ENDINGS: Final = (".done", ".completed", ".failed")
_PLACE: Final = ("response_id", "item_id", "call_id", "output_index", "content_index")
"""What tells one stream of deltas from another."""


class Told(Struct):
    """One event, or a run of deltas, in its normal form."""

    type: str
    sender: Sender | None
    line: int
    """The first of a run."""
    placed: int
    """The line that says in which turn it is: where it stands, or where a run of appends was ended."""
    body: bytes = b""
    ids: tuple[Named, ...] = ()


class _Run(Struct):
    """Deltas of one stream that have not ended yet."""

    told: Told
    place: dict[str, Any]
    pieces: list[str] = field(default_factory=list)
    audio_bytes: int = 0

    def finish(self, known: Mapping[str, str]) -> None:
        """Say what they add up to."""
        sound = self.told.type in APPENDS or self.told.type.endswith("audio.delta")
        amount = {"audio_bytes": self.audio_bytes} if sound else {"text": "".join(self.pieces)}
        self.told.body, self.told.ids = normal(self.told.type, {**self.place, **amount}, known)


class Call:
    """One connection of the recording."""

    def __init__(self, prices: Prices) -> None:
        self.measured = Connection(prices)
        self.connected = False
        """The recording tells of the connection itself; a log of bare events does not."""
        self.told: list[Told] = []
        """In the order in which they began."""
        self._runs: dict[tuple[Any, ...], _Run] = {}
        self._known: dict[str, str] = {}
        """The ids so far, with their kinds."""

    def feed(self, entry: Entry, kind: str) -> None:
        """Take in an event that is to be compared."""
        piece = _piece(entry.event, kind)
        if piece is not None:
            self._delta(entry, kind, piece)
            return
        if kind in _BREAKS:
            self._end((_BREAKS[kind],), entry.line)
        elif kind.endswith(_ENDINGS):
            self._end((kind.rpartition(".")[0] + ".delta", *_place(entry.event).values()))
        body = _garbled(entry) if isinstance(entry.event, Malformed) else body_of(entry.event)
        said = normal(kind, body, self._known, keeps_own=entry.sender == "client")
        self._known.update((one.name, one.kind) for one in said.ids)
        self.told.append(Told(kind, entry.sender, entry.line, entry.line, said.body, said.ids))

    def finish(self) -> None:
        """The end of the connection, and of every run."""
        for run in self._runs.values():
            run.finish(self._known)
        self._runs.clear()

    def _delta(self, entry: Entry, kind: str, piece: str) -> None:
        place = {} if kind in APPENDS else _place(entry.event)
        key = (kind, *place.values())
        run = self._runs.get(key)
        if run is None:
            never = 0 if kind in APPENDS else entry.line
            told = Told(kind, entry.sender, entry.line, never)
            run = self._runs[key] = _Run(told, {name: value for name, value in place.items() if value is not None})
            self.told.append(told)
        if kind in APPENDS or kind.endswith("audio.delta"):
            run.audio_bytes += base64_bytes(len(piece), piece[-2:])
        else:
            run.pieces.append(piece)

    def _end(self, key: tuple[Any, ...], placed: int = 0) -> None:
        run = self._runs.pop(key, None)
        if run is not None:
            run.told.placed = placed or run.told.placed
            run.finish(self._known)


class Account:
    """A recording, connection by connection."""

    def __init__(self, prices: Prices = PRICES, leaves_out: Callable[[str], bool] = lambda _type: False) -> None:
        self._prices = prices
        self._leaves_out = leaves_out
        self._decided: dict[str, bool] = {}
        self.calls: list[Call] = []

    def feed(self, entry: Entry) -> None:
        """Take in the next entry."""
        if not self.calls or self.calls[-1].measured.is_ended_by(entry):
            self.finish()
            self.calls.append(Call(self._prices))
        call = self.calls[-1]
        call.measured.apply(entry)
        call.connected = call.connected or _is_connected(entry.event)
        kind = compared_as(entry)
        if kind and not self._is_left_out(kind):
            call.feed(entry, kind)

    def finish(self) -> None:
        """The end of the recording, or of a connection."""
        if self.calls:
            self.calls[-1].finish()

    @property
    def events(self) -> int:
        """How many events there are to compare, a run of deltas as one."""
        return sum(len(call.told) for call in self.calls)

    def _is_left_out(self, kind: str) -> bool:
        if kind not in self._decided:
            self._decided[kind] = self._leaves_out(kind)
        return self._decided[kind]


def account(
    entries: Iterable[Entry], prices: Prices = PRICES, leaves_out: Callable[[str], bool] = lambda _type: False
) -> Account:
    """What a whole recording tells; events of the types that `leaves_out` names are left out."""
    told = Account(prices, leaves_out)
    for entry in entries:
        told.feed(entry)
    told.finish()
    return told


def _is_connected(event: Any) -> bool:
    return isinstance(event, Open | Close) or (isinstance(event, Header) and event.transport == "websocket")


def compared_as(entry: Entry) -> str:
    """The type of an event, or the kind of a record that has to do with the connection; empty for any other."""
    event = entry.event
    if isinstance(event, Event | Unknown | Malformed):
        return event.type or "no event"
    return str(type(event).__name__.lower()) if isinstance(event, Open | Close | Binary) else ""


def _piece(event: Any, kind: str) -> str | None:
    """The text or the audio of a delta or an append; None where it is none."""
    name = "audio" if kind in APPENDS else "delta" if kind.endswith(".delta") else ""
    value = _field(event, name) if name else None
    return value if isinstance(value, str) else None


def _place(event: Any) -> dict[str, Any]:
    values = {name: _field(event, name) for name in _PLACE}
    return {name: value if isinstance(value, str | int) else None for name, value in values.items()}


def _field(event: Any, name: str) -> Any:
    if isinstance(event, Event):
        return getattr(event, name, None)
    body = event.body if isinstance(event, Unknown | Malformed) else None
    return body.get(name) if isinstance(body, dict) else None


def _garbled(entry: Entry) -> Any:
    """A text that is no event: word for word, where the recording has it."""
    body = body_of(entry.event)
    if body is not None or not entry.raw:
        return body
    record = record_of(entry.raw)
    return record.text if isinstance(record, Frame) else entry.raw.decode("utf-8", "backslashreplace")
