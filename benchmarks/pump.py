"""A proxy of two plain connections of websockets, which records nothing. Takes the upstream, prints its URL."""

from __future__ import annotations

import asyncio
import sys

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed


async def main(origin: str) -> None:
    """Serve until killed."""

    async def one(client: ServerConnection) -> None:
        assert client.request is not None
        async with connect(origin + client.request.path, compression=None, max_size=None, ping_interval=None) as inner:

            async def back() -> None:
                async for message in inner:
                    await client.send(message)
                await client.close()

            task = asyncio.create_task(back())
            try:
                async for message in client:
                    await inner.send(message)
            except ConnectionClosed:
                pass
            finally:
                task.cancel()

    async with serve(one, "127.0.0.1", 0, compression=None, max_size=None, ping_interval=None) as server:
        print(f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
