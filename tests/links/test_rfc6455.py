"""What RFC 6455 says of frames, case by case, through the proxy: the same bytes at the other end, and in the file.

The sections are those of the Autobahn test suite. A proxy judges nobody: what is not valid goes on as it came, for
the other end to answer as it must; the file says what was wrong, and that it was.
"""

from __future__ import annotations

import asyncio
import struct
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
from framed import BINARY, CLOSE, CONTINUED, PING, PONG, TEXT, frame
from proxied import app, passed, proxied, recordings, records, upstream
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

from rtcli.recording import Binary, Close, Control, Frame, Note

AT_ONCE = 40


class F(NamedTuple):
    """A frame of a case, before it is known who sends it."""

    opcode: int
    payload: bytes = b""
    options: dict[str, Any] = {}  # noqa: RUF012 - of a tuple, which nobody changes


def text(payload=b"", **options):
    return F(TEXT, payload, options)


def binary(payload=b"", **options):
    return F(BINARY, payload, options)


def more(payload=b"", **options):
    return F(CONTINUED, payload, options)


def ping(payload=b"", **options):
    return F(PING, payload, options)


def pong(payload=b"", **options):
    return F(PONG, payload, options)


def close(code=None, reason=b"", **options):
    return F(CLOSE, (b"" if code is None else struct.pack("!H", code)) + reason, options)


OPEN = {"fin": False}
HI, LO = (
    b"Hello-\xc2\xb5@\xc3\x9f\xc3\xb6\xc3\xa4\xc3\xbc\xc3\xa0\xc3\xa1-UTF-8!!",
    b"\xce\xba\xcf\x8c\xcf\x83\xce\xbc\xce\xb5",
)

# What the file says: ("text", …), ("binary", …), ("ping", …), ("pong", …), ("close", code, reason), ("note", words).
CASES: dict[str, tuple[list[F], list[tuple[Any, ...]]]] = {}


def case(name, frames, *says):
    assert name not in CASES
    CASES[name] = (list(frames), list(says))


# 1 Framing: every form of the length, of texts and of bytes. Source: RFC 6455, section 5.2.
for size in (0, 1, 124, 125, 126, 127, 128, 254, 255, 256, 65534, 65535, 65536, 65537, 200_000):
    case(f"1.1 a text of {size} bytes", [text(b"*" * size)], ("text", "*" * size))
    case(f"1.2 {size} bytes", [binary(b"\xfe" * size)], ("binary", b"\xfe" * size))
# The shortest form must be used; who does not is understood all the same.
case("1.3 a short text with its length in two bytes", [text(b"Hello", length=2)], ("text", "Hello"))
case("1.3 a short text with its length in eight bytes", [text(b"Hello", length=8)], ("text", "Hello"))
case("1.3 nothing with its length in eight bytes", [binary(b"", length=8)], ("binary", b""))

# 2 Pings and pongs. Source: section 5.5.2 and 5.5.3; 125 bytes at most (5.5).
case("2.1 a ping without a payload", [ping()], ("ping", b""))
case("2.2 a ping with a text", [ping(b"Hello")], ("ping", b"Hello"))
case(
    "2.3 a ping with bytes that are no text",
    [ping(b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff")],
    ("ping", b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff"),
)
case("2.4 the longest ping", [ping(b"\xfe" * 125)], ("ping", b"\xfe" * 125))
case(
    "2.5 a ping that is too long",
    [ping(b"\xfe" * 126)],
    ("note", "a control frame of 126 bytes"),
    ("ping", b"\xfe" * 126),
)
case("2.7 a pong that nobody asked for", [pong()], ("pong", b""))
case("2.8 a pong with a payload that nobody asked for", [pong(b"unsolicited")], ("pong", b"unsolicited"))
case("2.9 a pong that nobody asked for, then a ping", [pong(b"a"), ping(b"b")], ("pong", b"a"), ("ping", b"b"))
case("2.10 ten pings", [ping(b"%d" % n) for n in range(10)], *[("ping", b"%d" % n) for n in range(10)])

# 3 Reserved bits, where no extension gave them a meaning. Source: section 5.2: the connection must be failed,
# which is for the end that they reach.
for bits in range(1, 8):
    told = ("note", f"reserved bits set ({bits:03b})")
    case(f"3 reserved bits {bits:03b} of a text", [text(b"x", reserved=bits)], told, ("text", "x"))
case(
    "3.5 reserved bits of bytes",
    [binary(b"\x01", reserved=5)],
    ("note", "reserved bits set (101)"),
    ("binary", b"\x01"),
)
case("3.6 reserved bits of a ping", [ping(b"x", reserved=6)], ("note", "reserved bits set (110)"), ("ping", b"x"))
case(
    "3.7 reserved bits of a close", [close(1000, reserved=7)], ("note", "reserved bits set (111)"), ("close", 1000, "")
)

# 4 Opcodes that are reserved for what is yet to come. Source: section 5.2.
for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15):
    told = ("note", f"reserved kind {opcode:#x}")
    case(f"4 opcode {opcode} alone", [F(opcode)], told, ("binary", b""))
    case(
        f"4 opcode {opcode} between texts",
        [text(b"a"), F(opcode, b"x"), text(b"b")],
        ("text", "a"),
        told,
        ("binary", b"x"),
        ("text", "b"),
    )
    case(
        f"4 opcode {opcode} inside a text",
        [text(b"a", **OPEN), F(opcode, b"x"), more(b"b")],
        told,
        ("binary", b"x"),
        ("text", "ab"),
    )

# 5 Fragments. Source: section 5.4; control frames may come between them and may not be fragments themselves (5.5).
case(
    "5.1 a ping in two fragments",
    [ping(b"a", **OPEN), more(b"b")],
    ("note", "a control frame that is a fragment"),
    ("ping", b"a"),
    ("note", "a continuation of nothing"),
    ("binary", b"b"),
)
case(
    "5.2 a pong in two fragments",
    [pong(b"a", **OPEN), more(b"b")],
    ("note", "a control frame that is a fragment"),
    ("pong", b"a"),
    ("note", "a continuation of nothing"),
    ("binary", b"b"),
)
case("5.3 a text in two fragments", [text(b"frag1", **OPEN), more(b"frag2")], ("text", "frag1frag2"))
case("5.6 a ping between fragments", [text(b"1", **OPEN), ping(b"p"), more(b"2")], ("ping", b"p"), ("text", "12"))
case(
    "5.7 bytes in fragments, each after a ping",
    [binary(b"1", **OPEN), ping(), more(b"2", **OPEN), ping(), more(b"3")],
    ("ping", b""),
    ("ping", b""),
    ("binary", b"123"),
)
case(
    "5.9 a continuation of nothing that is the last",
    [more(b"non"), text(b"Hello")],
    ("note", "a continuation of nothing"),
    ("binary", b"non"),
    ("text", "Hello"),
)
case(
    "5.12 a continuation of nothing that is not the last",
    [more(b"non", **OPEN), text(b"Hello")],
    ("note", "a continuation of nothing"),
    ("binary", b"non"),
    ("text", "Hello"),
)
case(
    "5.15 a continuation after the end",
    [text(b"1", **OPEN), more(b"2"), more(b"3", **OPEN), text(b"4")],
    ("text", "12"),
    ("note", "a continuation of nothing"),
    ("binary", b"3"),
    ("text", "4"),
)
case(
    "5.18 a text inside another",
    [text(b"1", **OPEN), text(b"2")],
    ("note", "a new message before the last one had ended"),
    ("binary", b"1"),
    ("text", "2"),
)
case(
    "5.19 five fragments and two pings",
    [
        text(b"1", **OPEN),
        more(b"2", **OPEN),
        ping(b"a"),
        more(b"3", **OPEN),
        more(b"4", **OPEN),
        ping(b"b"),
        more(b"5"),
    ],
    ("ping", b"a"),
    ("ping", b"b"),
    ("text", "12345"),
)
case("5.20 fragments with nothing in them", [text(b"", **OPEN), more(b"", **OPEN), more(b"")], ("text", ""))
case(
    "5.21 a message in a thousand fragments",
    [text(b"0", **OPEN), *[more(b"1", **OPEN)] * 998, more(b"2")],
    ("text", "0" + "1" * 998 + "2"),
)

# 6 UTF-8. Source: section 8.1: a text that is none fails the connection; section 5.6: a fragment may end in the
# middle of a letter.
VALID = {
    "6.1 nothing": b"",
    "6.2 letters of all lengths": HI,
    "6.5 Greek": LO,
    "6.6 the longest of one byte": b"\x7f",
    "6.7 the first of two bytes": b"\xc2\x80",
    "6.7 the last of two bytes": b"\xdf\xbf",
    "6.8 the first of three bytes": b"\xe0\xa0\x80",
    "6.8 the last before the surrogates": b"\xed\x9f\xbf",
    "6.8 the first after the surrogates": b"\xee\x80\x80",
    "6.9 the last of three bytes": b"\xef\xbf\xbf",
    "6.9 a byte order mark": b"\xef\xbb\xbf",
    "6.9 the first of four bytes": b"\xf0\x90\x80\x80",
    "6.11 the last letter that there is": b"\xf4\x8f\xbf\xbf",
    "6.22 no letter, which may be written": b"\xef\xbf\xbe",
    "6.23 a replacement": b"\xef\xbf\xbd",
    "6.23 a NUL": b"\x00",
}
INVALID = {
    "6.3 a surrogate": b"\xed\xa0\x80",
    "6.3 a pair of surrogates": b"\xed\xa0\x80\xed\xb0\x80",
    "6.3 a letter cut short": LO[:-1],
    "6.12 beyond the last letter": b"\xf4\x90\x80\x80",
    "6.12 five bytes": b"\xf8\x88\x80\x80\x80",
    "6.12 six bytes": b"\xfc\x84\x80\x80\x80\x80",
    "6.14 a continuation alone": b"\x80",
    "6.14 continuations alone": b"\x80\xbf\x80\xbf",
    "6.16 a first byte alone": b"\xc3 ",
    "6.18 FE": b"\xfe",
    "6.18 FF": b"\xff",
    "6.19 a slash in two bytes": b"\xc0\xaf",
    "6.19 a slash in three bytes": b"\xe0\x80\xaf",
    "6.20 a NUL in two bytes": b"\xc0\x80",
}
for name, payload in VALID.items():
    case(name, [text(payload)], ("text", payload.decode()))
    pieces = [payload[at : at + 1] for at in range(len(payload))] or [b""]
    parts = [F(CONTINUED if at else TEXT, piece, {"fin": at == len(pieces) - 1}) for at, piece in enumerate(pieces)]
    case(f"{name}, byte by byte", parts, ("text", payload.decode()))
for name, payload in INVALID.items():
    case(
        name,
        [text(payload), text(b"after")],
        ("note", "a text that is not UTF-8"),
        ("binary", payload),
        ("text", "after"),
    )
    case(
        f"{name}, in fragments",
        [text(payload[:1], **OPEN), more(payload[1:])],
        ("note", "a text that is not UTF-8"),
        ("binary", payload),
    )

# 7 Closing. Source: section 5.5.1 (a code of two bytes, a reason in UTF-8) and 7.4 (which codes may be sent).
case("7.1 a close after a text", [text(b"bye"), close(1000)], ("text", "bye"), ("close", 1000, ""))
case("7.1 two closes", [close(1000), close(1001)], ("close", 1000, ""), ("close", 1001, ""))
case("7.1 a ping after a close", [close(1000), ping(b"late")], ("close", 1000, ""), ("ping", b"late"))
case("7.1 a text after a close", [close(1000), text(b"late")], ("close", 1000, ""), ("text", "late"))
case(
    "7.1 a close between fragments", [text(b"1", **OPEN), close(1000), more(b"2")], ("close", 1000, ""), ("text", "12")
)
case("7.3 a close without a code", [close()], ("close", None, ""))
case(
    "7.3 a close with half a code",
    [close(None, b"\x03")],
    ("note", "a close frame with half a code"),
    ("binary", b"\x03"),
    ("close", None, ""),
)
case("7.3 a close with a reason", [close(1000, "Grüße".encode())], ("close", 1000, "Grüße"))
case("7.3 the longest reason", [close(1000, b"*" * 123)], ("close", 1000, "*" * 123))
case(
    "7.3 a reason that is too long",
    [close(1000, b"*" * 124)],
    ("note", "a control frame of 126 bytes"),
    ("close", 1000, "*" * 124),
)
case(
    "7.5 a reason that is not UTF-8",
    [close(1000, LO + b"\xed\xa0\x80")],
    ("note", "a close reason that is not UTF-8"),
    ("binary", LO + b"\xed\xa0\x80"),
    ("close", 1000, (LO + b"\xed\xa0\x80").decode("utf-8", "replace")),
)
for code in (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999):
    case(f"7.7 close code {code}", [close(code, b"why")], ("close", code, "why"))
for code in (0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535):
    case(
        f"7.9 close code {code}, which may not be sent",
        [close(code)],
        ("note", f"a close code that may not be sent ({code})"),
        ("close", code, ""),
    )

# 9 Limits, small ones: what is long arrives in one piece and in many. (A message of 20 MiB: test_proxy.)
for size in (65536, 262_144, 1_048_576):
    case(f"9.1 a text of {size} bytes", [text(b"\xc3\xa4" * (size // 2))], ("text", "ä" * (size // 2)))
    for piece in (4096, 65536):
        parts = [
            F(CONTINUED if at else BINARY, b"\xfe" * piece, {"fin": at + piece >= size}) for at in range(0, size, piece)
        ]
        case(f"9.3 {size} bytes in fragments of {piece}", parts, ("binary", b"\xfe" * size))
case("9.7 a thousand small texts", [text(b"*" * 16)] * 1000, *[("text", "*" * 16)] * 1000)

# 10 Miscellaneous: fragments that are as long as the buffer between the two ends, less one and more one.
for size in (1300, 65535, 65537):
    parts = [text(b"*" * size, **OPEN), more(b"*" * size, **OPEN), more(b"*" * size)]
    case(f"10.1 a text in three fragments of {size} bytes", parts, ("text", "*" * 3 * size))


# --- through the proxy -------------------------------------------------------------------------


def said_by(seen, sender):
    """What a file says of one side, in the notation of the table."""
    said = []
    for record in seen:
        match record:
            case Note(_, words):
                assert words.startswith(f"the {sender} sent "), words
                said.append(("note", words.removeprefix(f"the {sender} sent ")))
            case Frame(_, who, content):
                assert who == sender
                said.append(("text", content))
            case Binary(_, who, content):
                assert who == sender
                said.append(("binary", content))
            case Control(_, who, kind, content):
                assert who == sender
                said.append((kind, content))
            case Close(_, who, code, reason):
                assert who == sender
                said.append(("close", code, reason))
    return said


def through(folder, streams, sender, pieces):
    """Send streams in pieces from one side, each over a connection of its own; what the other side got of each."""
    got = {}

    async def speak(wire, stream):
        for piece in pieces(stream):
            await wire.send(piece)
            await asyncio.sleep(0)

    async def hold():
        async def talk(wire):
            number = int(wire.head.split()[1][1:])
            if sender == "server":
                await speak(wire, streams[number])
            else:
                got[number] = await wire.read(len(streams[number]))

        async def one(proxy, number):
            async with app(proxy, f"/{number}") as wire:
                if sender == "client":
                    await speak(wire, streams[number])
                    await wire.rest()
                else:
                    got[number] = await wire.rest()
                wire.end()

        async with upstream(talk) as origin, proxied(origin, folder) as proxy:
            for start in range(0, len(streams), AT_ONCE):
                numbers = range(start, min(start + AT_ONCE, len(streams)))
                await asyncio.gather(*(one(proxy, number) for number in numbers))
            await proxy.finish(len(streams))

    asyncio.run(asyncio.wait_for(hold(), 60))
    return [got[number] for number in range(len(streams))]


def recorded(folder):
    """What passed over each connection, by its number."""
    found = {}
    for path in recordings(folder):
        header, _, *rest = records(path)
        found[int(header.url.rpartition("/")[2])] = rest
    return [found[number] for number in sorted(found)]


def whole(stream):
    return [stream]


def torn(stream):
    """Pieces of all lengths; of what is short, byte by byte."""
    if len(stream) < 2000:
        return [stream[at : at + 1] for at in range(len(stream))]
    cuts = [0, 1, 2, 3, 5, 9, 10, 14, 1000, len(stream) // 2, len(stream) - 1, len(stream)]
    return [stream[a:b] for a, b in pairwise(cuts)]


@pytest.mark.parametrize("pieces", [whole, torn], ids=["at once", "in pieces"])
@pytest.mark.parametrize("sender", ["client", "server"])
def test_each_case_arrives_as_it_was_and_is_recorded_as_what_it_was(tmp_path, sender, pieces):
    streams = [
        b"".join(frame(one.opcode, one.payload, masked=sender == "client", **one.options) for one in frames)
        for frames, _ in CASES.values()
    ]
    arrived = through(tmp_path, streams, sender, pieces)
    for name, stream, got in zip(CASES, streams, arrived, strict=True):
        assert got == stream, name
    for (name, (_, expected)), seen in zip(CASES.items(), recorded(tmp_path), strict=True):
        said = said_by(seen, sender)
        assert [one[0] for one in said] == [one[0] for one in expected], name
        for found, due in zip(said, expected, strict=True):
            assert found == due or (due[0] == "note" and due[1] in found[1]), (name, found[:2], due[:2])


@pytest.mark.parametrize(
    ("sender", "word"), [("client", "a frame that is not masked"), ("server", "a frame that is masked")]
)
def test_who_masks_and_who_does_not_is_said_and_passed_on(tmp_path, sender, word):
    stream = frame(TEXT, b"Hello", masked=sender == "server")
    assert through(tmp_path, [stream], sender, whole) == [stream]
    assert said_by(passed(tmp_path), sender) == [("note", word), ("text", "Hello")]


# --- another implementation at the far end -------------------------------------------------------


OTHERS = {"compression": None, "ping_interval": None, "max_size": None, "close_timeout": 5}


def outcome(messages, closed):
    """What one end has got, and how it was closed: the code that it received, and the one that it sent."""
    codes = [one.code if one else None for one in (closed.rcvd, closed.sent)]
    return messages, codes


async def hear(connection):
    messages = []
    try:
        while True:
            messages.append(await connection.recv())
    except ConnectionClosed as closed:
        return outcome(messages, closed)


async def heard_by_a_server(stream, proxied_as):
    """What a server of another implementation made of a stream, and what it sent back."""
    made = asyncio.get_running_loop().create_future()

    async def talk(connection):
        made.set_result(await hear(connection))

    async with serve(talk, "127.0.0.1", 0, **OTHERS) as server:
        origin = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with proxied_as(origin) as place, app(place) as wire:
            await wire.send(stream)
            wire.end()
            back = await wire.rest()
            return await made, back


async def heard_by_a_client(stream, proxied_as):
    """What a client of another implementation made of a stream."""

    async def talk(wire):
        await wire.send(stream)
        wire.end()
        await wire.rest()

    async with upstream(talk) as origin, proxied_as(origin) as place:
        async with connect(f"ws://127.0.0.1:{place.port}/", **OTHERS) as connection:
            return await hear(connection)


class Direct(NamedTuple):
    """A server that is reached without a proxy."""

    port: int


@asynccontextmanager
async def unproxied(origin):
    yield Direct(int(origin.rpartition(":")[2]))


@pytest.mark.parametrize("hearing", [heard_by_a_server, heard_by_a_client])
def test_another_implementation_hears_answers_and_closes_as_it_does_without_the_proxy(tmp_path, hearing):
    masked = hearing is heard_by_a_server

    async def both(frames):
        stream = b"".join(frame(one.opcode, one.payload, masked=masked, **one.options) for one in frames)
        direct = await hearing(stream, unproxied)
        return direct, await hearing(stream, lambda origin: proxied(origin, tmp_path))

    async def all_of_them():
        codes = set()
        for name, (frames, _) in CASES.items():
            direct, through_proxy = await both(frames)
            assert through_proxy == direct, name
            _, (_, sent) = direct[0] if masked else direct
            codes.add(sent)
        return codes

    codes = asyncio.run(asyncio.wait_for(all_of_them(), 120))
    assert {1000, 1002, 1007, 4999} <= codes, "what it was, and what was wrong"
