"""A proxy whose neighbours speak TLS: torn, slow, cut off or changed on the way, what was said before arrives."""

from __future__ import annotations

import asyncio
import ctypes
import ctypes.util
import select
import socket
import ssl
import struct
from contextlib import asynccontextmanager, suppress

import pytest
from proxied import KEY, app, frame, passed, proxied, run, silent, upstream
from websockets.utils import accept_key

from rtcli.links import reaching
from rtcli.links.frames import Frames
from rtcli.links.messages import Data
from rtcli.links.tls import made
from rtcli.recording import Binary

pytestmark = pytest.mark.usefixtures("either_loop")

CERTIFICATE = made("far.invalid")
TRUSTING = ssl.create_default_context(cadata=CERTIFICATE.pem.decode())
BINARY = 2
REQUEST = (
    "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\r\n"
).encode()


@pytest.fixture(autouse=True)
def trusted(monkeypatch):
    monkeypatch.setattr(reaching, "trust", lambda: TRUSTING)


class ByHand:
    """TLS spoken by hand: what goes over the wire can be cut, changed and left out."""

    def __init__(self, reader, writer, context, cut):
        self.reader, self.writer, self.cut = reader, writer, cut
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        server_side = context.protocol == ssl.PROTOCOL_TLS_SERVER
        self.tls = context.wrap_bio(
            self.incoming, self.outgoing, server_side=server_side, server_hostname=None if server_side else "localhost"
        )

    async def flush(self):
        data = self.outgoing.read()
        for at in range(0, len(data), self.cut):
            self.writer.write(data[at : at + self.cut])
            await self.writer.drain()
            await asyncio.sleep(0)

    async def do(self, act, *arguments):
        """What `act` gives as soon as enough has come for it."""
        while True:
            try:
                result = act(*arguments)
            except ssl.SSLWantReadError:
                await self.flush()
                data = await self.reader.read(1 << 16)
                self.incoming.write(data) if data else self.incoming.write_eof()
            else:
                await self.flush()
                return result

    async def send(self, data):
        while data:
            data = data[self.tls.write(data) :]
        await self.flush()

    async def read(self, size):
        got = b""
        while len(got) < size:
            got += await self.do(self.tls.read, size - len(got))
        return got

    async def head(self):
        got = b""
        while not got.endswith(b"\r\n\r\n"):
            got += await self.read(1)
        return got


@asynccontextmanager
async def app_by_hand(proxy, cut=1 << 20):
    """An app whose TLS is spoken by hand, its handshakes done."""
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    wire = ByHand(reader, writer, TRUSTING, cut)
    await wire.do(wire.tls.do_handshake)
    await wire.send(REQUEST)
    assert b" 101 " in await wire.head()
    try:
        yield wire
    finally:
        writer.close()


async def echo(wire):
    """Send back what comes, frame by frame."""
    frames = Frames(masked=True)
    while data := await wire.reader.read(1 << 16):
        for one in frames.feed(data):
            if isinstance(one, Data):
                await wire.send(frame(BINARY, one.data))


@pytest.mark.parametrize("cut", [1, 3, 5, 1000])
def test_records_that_are_torn_are_put_together(tmp_path, cut):
    sizes = (0, 1, 125, 700) if cut < 10 else (0, 1, 16_383, 16_384, 16_385, 70_000)

    async def hold():
        async with upstream(echo, tls=CERTIFICATE.context) as origin:
            async with proxied(origin, tmp_path, tls=CERTIFICATE.context) as proxy, app_by_hand(proxy, cut) as wire:
                for size in sizes:
                    await wire.send(frame(BINARY, b"x" * size, mask=True))
                    answer = frame(BINARY, b"x" * size)
                    assert await wire.read(len(answer)) == answer

    run(hold())
    assert [len(record.data) for record in passed(tmp_path) if isinstance(record, Binary)] == [
        size for size in sizes for _ in "><"
    ]


def test_who_reads_slowly_slows_the_other_end_and_gets_all_of_it(tmp_path):
    large, count = frame(BINARY, bytes(range(256)) * 4000), 30

    async def hold():
        sent = []

        async def talk(wire):
            for _ in range(count):
                await wire.send(large)
                sent.append(1)

        async with upstream(talk, tls=CERTIFICATE.context) as origin:
            async with proxied(origin, tmp_path, tls=CERTIFICATE.context) as proxy:
                async with app(proxy, ssl=TRUSTING) as wire:
                    before = -1
                    while before < len(sent):
                        before = len(sent)
                        await asyncio.sleep(0.15)
                    stuck = len(sent) < count
                    got = await wire.read(count * len(large))
                return stuck, got == large * count

    assert run(hold()) == (True, True)


def reset(wire):
    """Hang up in a way that takes along what is on its way."""
    raw = wire.writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    wire.writer.transport.abort()


@pytest.mark.parametrize("fault", ["changed", "nonsense", "half a record", "reset"])
def test_what_an_app_said_before_something_went_wrong_arrives_and_is_recorded(tmp_path, fault):
    heard = []

    async def hold():
        came = asyncio.Event()

        async def talk(wire):
            heard.append(await wire.read(len(frame(BINARY, b"good", mask=True))))
            came.set()
            heard.append(await wire.rest())

        async with upstream(talk, tls=CERTIFICATE.context) as origin:
            async with proxied(origin, tmp_path, tls=CERTIFICATE.context) as proxy, app_by_hand(proxy) as wire:
                wire.tls.write(frame(BINARY, b"good", mask=True))
                good = wire.outgoing.read()
                wire.tls.write(frame(BINARY, b"bad", mask=True))
                bad = bytearray(wire.outgoing.read())
                bad[-1] ^= 1
                wire.writer.write(good + {"changed": bad, "nonsense": b"no record\r\n" * 9}.get(fault, bad[:20]))
                await came.wait()
                reset(wire) if fault == "reset" else None
                wire.writer.close()
                await proxy.finish()

    run(hold())
    assert Frames(masked=True).feed(b"".join(heard)) == [Data(b"good")]
    assert [record.data for record in passed(tmp_path) if isinstance(record, Binary)] == [b"good"]


def key_in(head):
    return next(line.split(": ")[1] for line in head.decode().split("\r\n") if line.startswith("Sec-WebSocket-Key"))


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_what_an_upstream_sends_with_its_goodbye_arrives_though_it_never_hangs_up(tmp_path, version):
    async def hold():
        async def talk(reader, writer):
            wire = ByHand(reader, writer, CERTIFICATE.context, 1 << 20)
            with suppress(ConnectionError):
                await wire.do(wire.tls.do_handshake)
                accept = accept_key(key_in(await wire.head())).encode()
                wire.tls.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n")
                wire.tls.write(b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n" + frame(BINARY, b"last words"))
                with suppress(ssl.SSLWantReadError):
                    wire.tls.unwrap()
                await wire.flush()
                await reader.read()
            writer.close()

        TRUSTING.maximum_version = version
        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        origin = f"wss://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server, proxied(origin, tmp_path) as proxy:
            async with app(proxy) as wire:
                got = await wire.rest()
            await proxy.finish()
            return got

    try:
        assert run(hold()) == frame(BINARY, b"last words")
    finally:
        TRUSTING.maximum_version = ssl.TLSVersion.MAXIMUM_SUPPORTED


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_an_upstream_with_tls_is_reached_through_a_proxy_on_the_way(tmp_path, monkeypatch, scheme):
    asked, certificate = [], tmp_path / "certificate.pem"
    certificate.write_bytes(CERTIFICATE.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    async def tunnel(origin, reader, writer):
        asked.append((await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[0])
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        inner = await asyncio.open_connection("127.0.0.1", int(origin.rpartition(":")[2]))
        await asyncio.gather(pump(reader, inner[1]), pump(inner[0], writer))

    async def pump(reader, writer):
        with suppress(ConnectionError):
            while data := await reader.read(1 << 16):
                writer.write(data)
        writer.close()

    async def hold():
        tls = CERTIFICATE.context if scheme == "https" else None
        async with upstream(echo, tls=CERTIFICATE.context) as origin:
            server = await asyncio.start_server(lambda *ends: tunnel(origin, *ends), "127.0.0.1", 0, ssl=tls)
            monkeypatch.setenv("https_proxy", f"{scheme}://localhost:{server.sockets[0].getsockname()[1]}")
            async with server, proxied("wss://far.invalid", tmp_path) as proxy:
                async with app(proxy) as wire:
                    await wire.send(frame(BINARY, b"x" * 100_000, mask=True))
                    got = await wire.read(100_000)
                    wire.end()
                    await proxy.finish()
                return got

    assert run(hold()).endswith(b"x" * 99_000)
    assert asked == [b"CONNECT far.invalid:443 HTTP/1.1"]


def test_an_app_that_leaves_while_tls_is_agreed_on_leaves_nothing_behind(tmp_path):
    async def hold():
        async with upstream(silent) as origin, proxied(origin, tmp_path, tls=CERTIFICATE.context) as proxy:
            for sent in (b"", b"\x16\x03\x01\x02\x00"):
                _, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
                writer.write(sent)
                await writer.drain()
                writer.close()
            while proxy.proxies._tasks:  # noqa: ASYNC110 - which tell nobody
                await asyncio.sleep(0.01)
            return proxy.said

    assert "failed" not in run(hold())


class Flooding:
    """OpenSSL as it is, which can be made to ask for new keys without end; Python's own module cannot."""

    def __init__(self, wire):
        name = ctypes.util.find_library("ssl")
        if name is None:
            pytest.skip("OpenSSL's library is not found")
        self.library, self.wire = ctypes.CDLL(name), wire
        for function in ("TLS_client_method", "SSL_CTX_new", "SSL_new", "BIO_s_mem", "BIO_new"):
            getattr(self.library, function).restype = ctypes.c_void_p
        context = self.call("SSL_CTX_new", self.pointer("TLS_client_method"))
        self.ssl = self.pointer("SSL_new", ctypes.c_void_p(context))
        self.incoming, self.outgoing = (self.pointer("BIO_new", self.pointer("BIO_s_mem")) for _ in range(2))
        self.call("SSL_set_bio", self.ssl, self.incoming, self.outgoing)

    def call(self, function, *arguments):
        return getattr(self.library, function)(*arguments)

    def pointer(self, function, *arguments):
        return ctypes.c_void_p(self.call(function, *arguments))

    def connect(self):
        while self.call("SSL_connect", self.ssl) != 1:
            self.wire.sendall(self.said())
            self.hear(self.wire.recv(1 << 16))
        self.wire.sendall(self.said())

    def said(self):
        """What is to go over the wire."""
        buffer = ctypes.create_string_buffer(1 << 22)
        size = max(0, self.call("BIO_read", self.outgoing, buffer, len(buffer)))
        return buffer.raw[:size]

    def hear(self, data):
        assert data
        self.call("BIO_write", self.incoming, data, len(data))

    def send(self, data):
        self.call("SSL_write", self.ssl, data, len(data))
        self.wire.sendall(self.said())

    def read(self, size):
        got, buffer = b"", ctypes.create_string_buffer(size)
        while len(got) < size:
            count = self.call("SSL_read", self.ssl, buffer, size - len(got))
            if count > 0:
                got += buffer.raw[:count]
            else:
                self.hear(self.wire.recv(1 << 16))
        return got

    def wishes(self, count):
        """The bytes that ask for new keys so many times."""
        for _ in range(count):
            self.call("SSL_key_update", self.ssl, 1)
            assert self.call("SSL_do_handshake", self.ssl) == 1
        return self.said()


def sent_before_it_is_stuck(wire, data):
    """How much is taken of it as long as nothing is read."""
    sent = 0
    while sent < len(data) and select.select([], [wire], [], 0.3)[1]:
        sent += wire.send(data[sent : sent + 65_536])
    return sent


def test_who_asks_for_new_keys_without_end_and_takes_none_has_to_wait(tmp_path):
    question, answer = frame(BINARY, b"still there?", mask=True), frame(BINARY, b"still there?")

    def talk(wire):
        flooding = Flooding(wire)
        flooding.connect()
        flooding.send(REQUEST)
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += flooding.read(1)
        wishes = flooding.wishes(2_000)
        wire.setblocking(False)
        sent = sent_before_it_is_stuck(wire, wishes)
        left = wishes[sent:]
        while left:
            readable, writable, _ = select.select([wire], [wire], [], 10)
            if readable:
                flooding.hear(wire.recv(1 << 16))
            if writable:
                left = left[wire.send(left[:65_536]) :]
        wire.setblocking(True)
        flooding.send(question)
        return sent < len(wishes), flooding.read(len(answer))

    def visit(port):
        with socket.socket() as wire:
            for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
                wire.setsockopt(socket.SOL_SOCKET, option, 4096)
            # Segments larger than a buffer would wait for timers of TCP.
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
            wire.connect(("127.0.0.1", port))
            return talk(wire)

    async def hold():
        async with upstream(echo) as origin, proxied(origin, tmp_path, tls=CERTIFICATE.context) as proxy:
            for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
                proxy.proxies.server.sockets[0].setsockopt(socket.SOL_SOCKET, option, 4096)
            return await asyncio.to_thread(visit, proxy.port)

    assert run(hold()) == (True, answer)
