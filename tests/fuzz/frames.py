"""The proxy's parser of frames: raises nothing, tells the same however it is cut, and what another parser tells."""

from __future__ import annotations

from collections.abc import Iterator

from fuzz.target import Target
from websockets.exceptions import PayloadTooBig, ProtocolError
from websockets.frames import Close, Frame, Opcode
from websockets.streams import StreamReader

from rtcli.links.frames import Frames
from rtcli.links.messages import Closing, Control, Data, Odd, Seen, Text

_LIMIT_BYTES = 600


def check(data: bytes) -> None:
    """The first byte says whose frames they are, the second how the rest is cut."""
    if len(data) < 2:
        return
    masked, size, stream = bool(data[0] & 1), data[1] % 32 + 1, data[2:]
    whole = Frames(masked=masked, limit_bytes=_LIMIT_BYTES)
    seen = whole.feed(stream)
    cut = Frames(masked=masked, limit_bytes=_LIMIT_BYTES)
    pieces: list[Seen] = []
    for start in range(0, len(stream), size):
        pieces += cut.feed(stream[start : start + size])
        assert len(cut._payload) <= _LIMIT_BYTES
        assert len(cut._message) <= _LIMIT_BYTES
        assert len(cut._head) < 14
    assert pieces == seen
    assert (cut.torn, cut.between) == (whole.torn, whole.between)
    valid = _valid(stream, masked=masked)
    told = [one for one in seen[: len(valid)] if not isinstance(one, Odd)]
    assert told[: len(valid)] == valid[: len(told)]
    assert len(told) == len(valid), (told, valid)


def _valid(stream: bytes, *, masked: bool) -> list[Seen]:
    """What the parser of websockets makes of the stream, up to where something is wrong with it."""
    reader, read = StreamReader(), []
    reader.feed_data(stream)
    kind: Opcode | None = None
    message = b""
    while reader.buffer:
        parsing = Frame.parse(reader.read_exact, mask=masked, max_size=_LIMIT_BYTES)
        try:
            next(parsing)
        except StopIteration as done:
            one = done.value
        except (ProtocolError, PayloadTooBig):
            return read
        else:
            return read
        data = bytes(one.data)
        try:
            if one.opcode is Opcode.CLOSE:
                close = Close.parse(data)
                close.check()
                read.append(Closing(close.code if data else None, close.reason))
            elif one.opcode in {Opcode.PING, Opcode.PONG}:
                read.append(Control("ping" if one.opcode is Opcode.PING else "pong", data))
            elif (one.opcode is Opcode.CONT) is (kind is None):
                return read
            else:
                kind, message = (kind, message + data) if one.opcode is Opcode.CONT else (one.opcode, data)
                if len(message) > _LIMIT_BYTES:
                    return read
                if one.fin:
                    read.append(Text(message.decode()) if kind is Opcode.TEXT else Data(message))
                    kind = None
        except (UnicodeDecodeError, ProtocolError):
            return read
    return read


def seeds() -> Iterator[bytes]:
    from random import Random

    chance = Random(7)
    for number in range(60):
        mask = bool(number % 2)
        stream = b""
        for _ in range(chance.randrange(1, 6)):
            kind = chance.choice((Opcode.TEXT, Opcode.BINARY, Opcode.PING, Opcode.PONG, Opcode.CLOSE, Opcode.CONT))
            payload = chance.choice((b"", b"\x03\xe8bye", b"hello \xc3\xa9", bytes(130), b'{"type":"response.create"}'))
            fin = kind.value >= 8 or chance.random() < 0.6
            stream += Frame(kind, payload[: 125 if kind.value >= 8 else None], fin=fin).serialize(mask=mask)
        yield bytes([mask, number]) + stream


TARGET = Target(check, seeds, ("links.frames",), max_bytes=2048, mutates_json=False)
