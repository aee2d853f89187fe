"""A server that does what the path asks for: ``/trip`` answers each frame, ``/flood/SIZE/COUNT`` sends frames.

Started as a program by :mod:`benchmarks.chain`; prints its URL.
"""

from __future__ import annotations

import asyncio
import contextlib

from benchmarks.frames import END, answering, close, event, path_of

QUESTION, ANSWER = event(200, mask=True), event(200, mask=False)
BATCH = 200


async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One connection, to its end."""
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        head = await reader.readuntil(END)
        writer.write(answering(head))
        kind, *numbers = path_of(head).strip("/").split("/")
        if kind == "trip":
            while await reader.readexactly(len(QUESTION)):
                writer.write(ANSWER)
        await flood(writer, int(numbers[0]), int(numbers[1]))
        writer.write(close(mask=False))
        await reader.read(1)
    writer.close()


async def flood(writer: asyncio.StreamWriter, size_bytes: int, count: int) -> None:
    """As many frames as are asked for, as fast as they are taken."""
    batch = event(size_bytes, mask=False) * BATCH
    for _ in range(count // BATCH):
        writer.write(batch)
        await writer.drain()


async def main() -> None:
    """Serve until killed."""
    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    print(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
