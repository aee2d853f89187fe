"""Generated sequences of frames, both ways at once, in pieces of any length: what arrives and what the file says.

Each goes through one proxy, and over a connection without one: the same bytes arrive, to the byte, and the file has the
records that whoever made the sequence knows to be in it. ``SEQUENCES=100000`` sends more than the suite does, and
``SEED`` other ones.
"""

from __future__ import annotations

import asyncio
import os
import random
import struct
import sys
import time
from typing import NamedTuple

from chained import rtcli
from framed import BINARY, CLOSE, CONTINUED, PING, PONG, TEXT, frame
from proxied import Wire, app, recordings, records, upstream

from rtcli.recording import Binary, Close, Control, Frame, Header, Note

SEQUENCES = int(os.environ.get("SEQUENCES", "400"))
SEED = int(os.environ.get("SEED", "1"))
A_CONNECTION = 25
AT_ONCE, A_BATCH = 8, 40
LETTERS = 'abcdefghijklmnopqrstuvwxyz "\\\n\x00\x1b{}[]:,äßµ€…😀\u2028\ufeff'
NO_UTF8 = [b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf4\x90\x80\x80", b"a\x80b"]


class Port(NamedTuple):
    """Where an app connects to."""

    port: int


class Made:
    """What one side says: frames, and what is to be in the file, in order."""

    def __init__(self, chance, sender):
        self._chance = chance
        self._sender = sender
        self.frames = []
        self.records = []

    def sequence(self):
        """One more sequence, at whose end every message is whole."""
        for _ in range(self._chance.randint(1, 4)):
            self._chance.choices([self._text, self._bytes, self._control, self._odd], [10, 4, 4, 2])[0]()

    def _send(self, opcode, payload=b"", **options):
        self.frames.append(frame(opcode, payload, masked=self._sender == "client", **options))

    def _size(self):
        return self._chance.choices(
            [self._chance.randint(0, 8), self._chance.randint(9, 300), self._chance.randint(301, 70_000)], [30, 68, 2]
        )[0]

    def _message(self, opcode, payload):
        """A message in one frame or several, between which there may be others."""
        cuts = sorted(self._chance.randint(0, len(payload)) for _ in range(self._chance.choice([0, 0, 0, 1, 2, 5])))
        pieces = [payload[a:b] for a, b in zip([0, *cuts], [*cuts, len(payload)], strict=True)]
        for number, piece in enumerate(pieces):
            self._send(CONTINUED if number else opcode, piece, fin=number == len(pieces) - 1)
            if number < len(pieces) - 1 and self._chance.random() < 0.3:
                self._control()

    def _text(self):
        text = "".join(self._chance.choices(LETTERS, k=self._chance.randint(1, 40))) * (1 + self._size() // 40)
        text = self._chance.choice([text, '{"type":"response.create"}', '{"type":"x","a":%d}' % self._size(), ""])
        self._message(TEXT, text.encode())
        self.records.append(("text", text))

    def _bytes(self):
        data = self._chance.randbytes(self._size())
        self._message(BINARY, data)
        self.records.append(("binary", data))

    def _control(self):
        opcode, kind = self._chance.choice([(PING, "ping"), (PONG, "pong"), (CLOSE, "close")])
        if opcode == CLOSE:
            code, reason = self._chance.choice([1000, 1001, 1011, 3000, 4999]), self._chance.choice(["", "genug"])
            self._send(CLOSE, struct.pack("!H", code) + reason.encode())
            self.records.append(("close", code, reason))
        else:
            data = self._chance.randbytes(self._chance.randint(0, 125))
            self._send(opcode, data)
            self.records.append((kind, data))

    def _odd(self):
        """Something that may not be sent."""
        data = self._chance.randbytes(self._chance.randint(0, 60))
        match self._chance.randrange(6):
            case 0:
                bits = self._chance.randint(1, 7)
                self._send(BINARY, data, reserved=bits)
                self.records += [("note", f"reserved bits set ({bits:03b})"), ("binary", data)]
            case 1:
                opcode = self._chance.choice([3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
                self._send(opcode, data)
                self.records += [("note", f"reserved kind {opcode:#x}"), ("binary", data)]
            case 2:
                self._send(CONTINUED, data, fin=self._chance.random() < 0.5)
                self.records += [("note", "a continuation of nothing"), ("binary", data)]
            case 3:
                data += self._chance.choice(NO_UTF8) + b"\xff"
                self._message_without_others(data)
                self.records += [("note", "a text that is not UTF-8"), ("binary", data)]
            case 4:
                self._send(BINARY, data, fin=False)
                self._send(TEXT, b"another")
                self.records += [("note", "a new message before"), ("binary", data), ("text", "another")]
            case 5:
                data = self._chance.randbytes(self._chance.randint(126, 400))
                self._send(PING, data)
                self.records += [("note", f"a control frame of {len(data)} bytes"), ("ping", data)]

    def _message_without_others(self, payload):
        at = self._chance.randint(0, len(payload))
        self._send(TEXT, payload[:at], fin=False)
        self._send(CONTINUED, payload[at:])

    def pieces(self, chance):
        """All of it, cut anywhere."""
        stream, at, pieces = b"".join(self.frames), 0, []
        longest = chance.choice([3, 50, 1500, 20_000, 200_000])
        while at < len(stream) and len(pieces) < 400:
            pieces.append(stream[at : at + chance.randint(1, longest)])
            at += len(pieces[-1])
        return [*pieces, stream[at:]] if at < len(stream) else pieces


class Call:
    """One connection: what each side says on it."""

    def __init__(self, number):
        chance = random.Random(f"{SEED}:{number}")
        self.sides = {sender: Made(chance, sender) for sender in ("client", "server")}
        for made in self.sides.values():
            for _ in range(A_CONNECTION // 2 + number % 2):
                made.sequence()
        self.pieces = {sender: made.pieces(chance) for sender, made in self.sides.items()}
        self.streams = {sender: b"".join(made.frames) for sender, made in self.sides.items()}

    async def hold(self, wire, sender):
        """Say all of one side and hear all of the other; gives what was heard."""
        other = "server" if sender == "client" else "client"

        async def say():
            for piece in self.pieces[sender]:
                await wire.send(piece)
                await asyncio.sleep(0)

        saying = asyncio.create_task(say())
        heard = await wire.read(len(self.streams[other]))
        await saying
        if sender == "client":
            wire.end()
        rest = await wire.rest()
        return heard + rest


async def call_of(number, calls, ports, heard):
    """Hold a call with a proxy and one without; keeps what both ends heard."""
    for way, port in ports.items():
        async with app(Port(port), f"/{way}/{number}") as wire:
            heard[way, number, "client"] = await calls[number].hold(wire, "client")


def said_in(path):
    """The number of the call that the file is of, and what the file says of each side."""
    header, _, *rest = records(path)
    assert isinstance(header, Header)
    said = {"client": [], "server": []}
    for record in rest:
        match record:
            case Note(_, text):
                sender = text.split()[1]
                assert text.startswith(f"the {sender} sent "), text
                said[sender].append(("note", text))
            case Frame(_, sender, text):
                said[sender].append(("text", text))
            case Binary(_, sender, data):
                said[sender].append(("binary", data))
            case Control(_, sender, kind, data):
                said[sender].append((kind, data))
            case Close(_, sender, code, reason):
                said[sender].append(("close", code, reason))
    return int(header.url.rpartition("/")[2]), said


def check(path, calls):
    """See that the file says what was said; gives how many records that are."""
    number, said = said_in(path)
    for sender, made in calls[number].sides.items():
        for found, due in zip(said[sender], made.records, strict=True):
            assert found == due or (due[0] == "note" == found[0] and due[1] in found[1]), (SEED, number, due[:2])
    path.unlink()
    return sum(map(len, said.values()))


def test_generated_sequences_arrive_and_are_recorded_as_without_a_proxy(tmp_path):
    connections = max(1, SEQUENCES // A_CONNECTION)
    counted = {"sequences": 0, "frames": 0, "bytes": 0, "records": 0}
    calls, heard = {}, {}

    async def talk(wire: Wire):
        _, way, number = wire.head.split()[1].split("/")
        heard[way, int(number), "server"] = await calls[int(number)].hold(wire, "server")

    async def batch(numbers, ports):
        for number in numbers:
            calls[number] = Call(number)
        for start in range(0, len(numbers), AT_ONCE):
            await asyncio.gather(*(call_of(one, calls, ports, heard) for one in numbers[start : start + AT_ONCE]))

    def compare(numbers):
        for number in numbers:
            call = calls[number]
            for sender, other in (("client", "server"), ("server", "client")):
                direct = heard.pop(("direct", number, other))
                assert direct == call.streams[sender], (SEED, number)
                assert heard.pop(("proxied", number, other)) == direct, (SEED, number)
                counted["frames"] += len(call.sides[sender].frames)
                counted["bytes"] += len(direct)
            counted["sequences"] += A_CONNECTION // 2 * 2 + number % 2 * 2

    async def run():
        async with upstream(talk) as origin:
            with rtcli(tmp_path, "proxy", origin, "--listen", "127.0.0.1:0", "-o", "calls") as (proxy, base):
                ports = {
                    name: int(url.split(":")[2].split("/")[0]) for name, url in (("proxied", base), ("direct", origin))
                }
                for start in range(0, connections, A_BATCH):
                    numbers = range(start, min(start + A_BATCH, connections))
                    await asyncio.wait_for(batch(numbers, ports), 300)
                    compare(numbers)
                    async with asyncio.timeout(60):
                        while proxy.said.count(" ended after ") < numbers[-1] + 1:  # noqa: ASYNC110 - a file
                            await asyncio.sleep(0.05)
                    counted["records"] += sum(check(path, calls) for path in recordings(tmp_path / "calls"))
                    for number in numbers:
                        del calls[number]
                proxy.interrupt()
                code, _ = await asyncio.to_thread(proxy.leaves)
                assert code == 0, proxy.said[-2000:]
                assert "Traceback" not in proxy.said

    began = time.monotonic()
    asyncio.run(run())
    size, seconds = f"{counted['bytes'] / 1e6:,.1f} MB", f"{time.monotonic() - began:.0f} s"
    sys.stderr.write(
        f"\n{counted['sequences']:,} sequences with a proxy and without, {counted['frames']:,} frames, {size}, "
        f"{counted['records']:,} records, in {seconds}\n"
    )
    assert counted["records"] >= counted["sequences"]
