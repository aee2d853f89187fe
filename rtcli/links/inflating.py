"""For an upstream that insists on compression: its frames unpacked for the app, the app's packed for it.

Everything else about a frame stays as it was: its kind, its fragments, its place among the others.
Law: what a few bytes stand for is passed on frame by frame, and no more of it than fits into memory.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import Final

from websockets.exceptions import PayloadTooBig, ProtocolError
from websockets.extensions import Extension
from websockets.frames import CloseCode, Frame
from websockets.streams import StreamReader

LIMIT_BYTES: Final = 64 * 1024 * 1024
"""The longest frame that is unpacked, and all of those that come at once; a few bytes can stand for any number."""

_HEAD_AT_MOST_BYTES: Final = 14
"""Source: RFC 6455, section 5.2."""


class Repacking:
    """One direction: frames of one side in, frames for the other out."""

    def __init__(self, extensions: Sequence[Extension], *, to_server: bool) -> None:
        self._extensions = extensions
        self._to_server = to_server
        self._reader = StreamReader()
        self._parser = self._parse()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The frames for the other side, those before a fault as well.

        Raises:
            ValueError: these are no frames, or too long; nothing that follows can be understood.

        """
        self._reader.feed_data(data)
        size = 0
        try:
            while (frame := next(self._parser)) is not None:
                size += len(frame)
                if size > LIMIT_BYTES + _HEAD_AT_MOST_BYTES:
                    raise PayloadTooBig(size, LIMIT_BYTES)  # noqa: TRY301 - it is told as one that the parser finds
                yield frame
        except (ProtocolError, PayloadTooBig, StopIteration) as error:
            raise ValueError(str(error)) from error

    def _parse(self) -> Generator[bytes | None, None, None]:
        before = [] if self._to_server else self._extensions
        after = self._extensions if self._to_server else []
        while True:
            try:
                frame = yield from Frame.parse(
                    self._reader.read_exact, mask=self._to_server, max_size=LIMIT_BYTES, extensions=before
                )
                packed = frame.serialize(mask=self._to_server, extensions=after)
            except AttributeError as error:  # the library lets go of what packs a message when it ends
                message = "a fragment of no message"
                raise ProtocolError(message) from error
            yield packed


def close_code(fault: ValueError) -> CloseCode:
    """What both ends are told of what could not be unpacked. Source: RFC 6455, section 7.4.1."""
    return CloseCode.MESSAGE_TOO_BIG if isinstance(fault.__cause__, PayloadTooBig) else CloseCode.PROTOCOL_ERROR
