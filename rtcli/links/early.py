"""What one end of a connection says before it is handed on: parsed as it comes, and what is left is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from typing import TypeVar, cast

from websockets.streams import StreamReader

T = TypeVar("T")


class Early:
    """What came, and what a parser makes of it."""

    def __init__(self) -> None:
        self.reader = StreamReader()
        """Where a parser reads from."""
        self.ended = asyncio.Event()
        """Nothing more comes."""
        self._news = asyncio.Event()

    def feed(self, data: bytes) -> int:
        """Take in what came; gives how much nobody has read yet."""
        if data:
            self.reader.feed_data(data)
        self._news.set()
        return len(self.reader.buffer)

    def end(self) -> None:
        """Nothing more comes."""
        if not self.reader.eof:
            self.reader.feed_eof()
        self.ended.set()
        self._news.set()

    def rest(self) -> bytes:
        """What was read by nobody, once."""
        left = bytes(self.reader.buffer)
        self.reader.buffer.clear()
        return left

    async def take(self, parsing: Generator[None, None, T]) -> T:
        """What a parser makes of what comes; it raises what the parser raises."""
        while True:
            try:
                next(parsing)
            except StopIteration as done:
                return cast("T", done.value)
            await self._news.wait()
            self._news.clear()
