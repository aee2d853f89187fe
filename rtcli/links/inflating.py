"""For an upstream that insists on compression: its frames unpacked for the app, the app's packed for it.

Everything else about a frame stays as it was: its kind, its fragments, its place among the others.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Final

from websockets.exceptions import PayloadTooBig, ProtocolError
from websockets.extensions import Extension
from websockets.frames import Frame
from websockets.streams import StreamReader

LIMIT_BYTES: Final = 128 * 1024 * 1024
"""The longest frame that is unpacked; a few bytes can stand for any number."""


class Repacking:
    """One direction: frames of one side in, frames for the other out."""

    def __init__(self, extensions: Sequence[Extension], *, to_server: bool) -> None:
        self._extensions = extensions
        self._to_server = to_server
        self._reader = StreamReader()
        self._parser = self._parse()
        self._out = bytearray()

    def feed(self, data: bytes) -> bytes:
        """The bytes for the other side.

        Raises:
            ValueError: these are no frames, or too long; nothing that follows can be understood.

        """
        self._reader.feed_data(data)
        try:
            next(self._parser)
        except (ProtocolError, PayloadTooBig, StopIteration) as error:
            raise ValueError(str(error)) from error
        out = bytes(self._out)
        self._out.clear()
        return out

    def _parse(self) -> Generator[None, None, None]:
        before = [] if self._to_server else self._extensions
        after = self._extensions if self._to_server else []
        while True:
            frame = yield from Frame.parse(
                self._reader.read_exact, mask=self._to_server, max_size=LIMIT_BYTES, extensions=before
            )
            self._out += frame.serialize(mask=self._to_server, extensions=after)
