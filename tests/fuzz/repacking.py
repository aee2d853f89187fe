"""The proxy's unpacking of compressed frames: no bytes raise but with a word on them, and frames stay what they were."""

from __future__ import annotations

from collections.abc import Iterator

from fuzz.laws import is_clear
from fuzz.target import Target
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Frame, Opcode

from rtcli.links import inflating
from rtcli.links.inflating import Repacking

inflating.LIMIT_BYTES = 1 << 20  # type: ignore[misc]


def check(data: bytes) -> None:
    """The first byte says which side sends, the second how the rest is cut."""
    if len(data) < 2:
        return
    to_server, size = bool(data[0] & 1), data[1] % 64 + 1
    ways = []
    for step in (size, len(data)):
        repacking = Repacking([_deflating()], to_server=to_server)
        out = b""
        try:
            for start in range(2, len(data), step):
                for frame in repacking.feed(data[start : start + step]):
                    out += frame
        except ValueError as error:
            is_clear(error)
            out += b"refused"
        ways.append(out if not to_server else len(out))
    if not to_server and not ways[1].endswith(b"refused"):
        assert ways[0] == ways[1]


def _deflating() -> PerMessageDeflate:
    return PerMessageDeflate(
        remote_no_context_takeover=False,
        local_no_context_takeover=False,
        remote_max_window_bits=15,
        local_max_window_bits=15,
    )


def seeds() -> Iterator[bytes]:
    from random import Random

    chance = Random(11)
    for number in range(40):
        to_server = number % 2
        deflating = _deflating()
        stream = b""
        for _ in range(chance.randrange(1, 5)):
            kind = chance.choice((Opcode.TEXT, Opcode.BINARY, Opcode.PING, Opcode.CLOSE))
            payload = chance.choice((b"", b"\x03\xe8", b"abc" * 40, b"\x00" * 4000, b'{"type":"x"}'))
            frame = Frame(kind, payload[: 100 if kind.value >= 8 else None])
            stream += frame.serialize(mask=bool(to_server), extensions=[] if to_server else [deflating])
        yield bytes([to_server, number]) + stream


TARGET = Target(check, seeds, ("links.inflating",), max_bytes=4096, mutates_json=False)
