"""Receives what a server floods it with, and tells the CPU time an event took: bare, or recorded.

Started as a program by :mod:`benchmarks.recorder`: URL, and where to record to, if anywhere.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from websockets.asyncio.client import connect

from rtcli.formats.writer import Writer
from rtcli.links.tap import Tap


async def received(url: str, tap: Tap | None) -> tuple[float, int]:
    """Seconds of CPU, and how many events came."""
    count = 0
    async with connect(url, compression=None, max_size=None, ping_interval=None) as client:
        began = time.process_time()
        async for message in client:
            count += 1
            if tap is not None:
                tap.frame("server", message)
        return time.process_time() - began, count


def main(url: str, *record_to: str) -> None:
    """Receive until the server closes."""
    tap = None
    if record_to:
        tap = Tap(lambda _: None)
        tap.record_to(Writer(Path(record_to[0])), url, "benchmark")
    took, count = asyncio.run(received(url, tap))
    print(took / count * 1e6)


if __name__ == "__main__":
    main(*sys.argv[1:])
