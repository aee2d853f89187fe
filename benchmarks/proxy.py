"""What a proxy in between costs: ``rtcli proxy`` while it records, beside a plain pump of websockets.

    python benchmarks/proxy.py [--trips 2000] [--frames 100000] [--rounds 3] [--json FILE]

The server and the client speak from prepared bytes, so that what is measured is what stands between
them, a process of its own; rounds are interleaved. A trip is an event of 200 bytes there and one back;
the flood is as many events as fit, of 200 bytes and of 3 kB (audio), from the server to the client.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.frames import Frame, Opcode
from websockets.utils import accept_key

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
BATCH = 200


def event(size_bytes: int, *, mask: bool) -> bytes:
    """A frame that holds an event of about that size."""
    text = '{"type":"response.output_audio.delta","event_id":"event_1","response_id":"resp_1","item_id":"item_1",'
    text += '"output_index":0,"content_index":0,"delta":"'
    text += "A" * ((size_bytes - len(text) - 2) // 4 * 4) + '"}'
    return Frame(Opcode.TEXT, text.encode()).serialize(mask=mask)


QUESTION, ANSWER = event(200, mask=True), event(200, mask=False)


async def upstream(announce_to: Path) -> None:
    """A server that answers what is asked of it by its path: ``/trip`` or ``/flood/SIZE/COUNT``."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        key = next(line.split(": ")[1] for line in head.split("\r\n") if line.lower().startswith("sec-websocket-key"))
        writer.write(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {accept_key(key)}\r\n\r\n".encode()
        )
        kind, *numbers = head.split(" ")[1].strip("/").split("/")
        try:
            if kind == "trip":
                while await reader.readexactly(len(QUESTION)):
                    writer.write(ANSWER)
            batch = event(int(numbers[0]), mask=False) * BATCH
            for _ in range(int(numbers[1]) // BATCH):
                writer.write(batch)
                await writer.drain()
            await reader.read()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    announce_to.write_text(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}\n")  # noqa: ASYNC240 - once
    await server.serve_forever()


async def pump(origin: str) -> None:
    """A proxy of plain websockets connections, which records nothing."""

    async def one(client: ServerConnection) -> None:
        assert client.request is not None
        async with connect(origin + client.request.path, compression=None, max_size=None, ping_interval=None) as inner:

            async def back() -> None:
                async for message in inner:
                    await client.send(message)

            task = asyncio.create_task(back())
            async for message in client:
                await inner.send(message)
            task.cancel()

    async with serve(one, "127.0.0.1", 0, compression=None, max_size=None, ping_interval=None) as server:
        print(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
        await asyncio.Event().wait()


async def opened(url: str, path: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A client's connection, its handshake done."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
    writer.write(
        f"GET {path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    await reader.readuntil(b"\r\n\r\n")
    return reader, writer


async def trip_us(url: str, trips: int) -> float:
    """The median round trip in microseconds."""
    reader, writer = await opened(url, "/trip")
    times = []
    for _ in range(trips):
        began = time.perf_counter()
        writer.write(QUESTION)
        await reader.readexactly(len(ANSWER))
        times.append(time.perf_counter() - began)
    writer.close()
    return statistics.median(times) * 1e6


async def frames_a_second(url: str, size_bytes: int, frames: int) -> float:
    """How many frames a second get through."""
    frames = frames // BATCH * BATCH
    reader, writer = await opened(url, f"/flood/{size_bytes}/{frames}")
    left, began = len(event(size_bytes, mask=False)) * frames, time.perf_counter()
    while left:
        left -= len(await reader.read(1 << 18))
    took = time.perf_counter() - began
    writer.close()
    return frames / took


@contextmanager
def running(*command: str) -> Iterator[str]:
    """A process that says its URL on its first line."""
    process = subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate()


@contextmanager
def served() -> Iterator[str]:
    """The server, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "url"
        process = subprocess.Popen([sys.executable, __file__, "--upstream", str(file)])
        try:
            while not (file.exists() and file.read_text().endswith("\n")):
                time.sleep(0.01)
            yield file.read_text().strip()
        finally:
            process.kill()
            process.wait()


def measure(trips: int, frames: int, rounds: int) -> dict[str, dict[str, float]]:
    """The best of each round: round trips in microseconds, frames a second of both sizes."""
    found: dict[str, dict[str, list[float]]] = {}
    with ExitStack() as stack:
        folder, origin = stack.enter_context(tempfile.TemporaryDirectory()), stack.enter_context(served())
        pumped = stack.enter_context(running(__file__, "--pump", origin))
        proxied = stack.enter_context(running("-m", "rtcli", "proxy", origin, "--listen", "127.0.0.1:0", "-o", folder))
        for _ in range(rounds):
            for name, url in {"direct": origin, "rtcli proxy": proxied, "websockets pump": pumped}.items():
                got = found.setdefault(name, {})
                got.setdefault("trip_us", []).append(asyncio.run(trip_us(url, trips)))
                for size_bytes, count in ((200, frames), (3000, frames // 5)):
                    rate = asyncio.run(frames_a_second(url, size_bytes, count))
                    got.setdefault(f"frames_a_second_{size_bytes}", []).append(rate)
            for path in Path(folder).iterdir():
                path.unlink()
    return {
        name: {what: (min if what == "trip_us" else max)(values) for what, values in got.items()}
        for name, got in found.items()
    }


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--trips", type=int, default=2000)
    parser.add_argument("--frames", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--upstream", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--pump", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.upstream or given.pump:
        asyncio.run(upstream(given.upstream) if given.upstream else pump(given.pump))
        return
    result = measure(given.trips, given.frames, given.rounds)
    direct_us = result["direct"]["trip_us"]
    print("                    round trip        added   200 B frames/s   3 kB frames/s")
    for name, got in result.items():
        small, large = got["frames_a_second_200"], got["frames_a_second_3000"]
        added_us = got["trip_us"] - direct_us
        print(f"{name:16}  {got['trip_us']:9.0f} µs  {added_us:8.0f} µs  {small:14,.0f}  {large:14,.0f}")
    if given.json:
        given.json.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
