"""Lines on their way into files: plain, gzip and zstd, chosen by the name's last ending.

Each line that is written is flushed through the compressor and handed to the system at once.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol

_LOOKED_AT_BYTES: Final = 1 << 10
"""So much is unpacked at once: it may stand for 32,000 times as much."""


def is_whole(path: Path) -> bool:
    """Whether a compressed file ends where its compressor ended it, so that more can be added."""
    fresh, failure = _decompressor(path)
    begun: Any = None
    try:
        with path.open("rb") as file:
            while packed := file.read(_LOOKED_AT_BYTES):
                while packed:
                    begun = begun or fresh()
                    begun.decompress(packed)
                    packed, begun = (begun.unused_data, None) if begun.eof else (b"", begun)
    except failure:
        return False
    return begun is None


def _decompressor(path: Path) -> tuple[Callable[[], Any], type[Exception]]:
    """What makes a decompressor for one stream of the file, and what that raises."""
    if path.suffix == ".zst":
        zstandard = _zstandard()
        return zstandard.ZstdDecompressor().decompressobj, zstandard.ZstdError
    return partial(zlib.decompressobj, wbits=31), zlib.error


class Encoder(Protocol):
    """Turns a line into the bytes that go to the file, so that nothing of it stays behind."""

    def encode(self, line: bytes) -> bytes:
        """The bytes of the line."""

    def end(self) -> bytes:
        """The bytes that close the file."""


class _Plain:
    def encode(self, line: bytes) -> bytes:
        return line

    def end(self) -> bytes:
        return b""


class _Gzip:
    def __init__(self) -> None:
        self._compressor = zlib.compressobj(wbits=31)

    def encode(self, line: bytes) -> bytes:
        return self._compressor.compress(line) + self._compressor.flush(zlib.Z_SYNC_FLUSH)

    def end(self) -> bytes:
        return self._compressor.flush()


class _Zstd:
    def __init__(self) -> None:
        self._zstandard = _zstandard()
        self._compressor = self._zstandard.ZstdCompressor().compressobj()

    def encode(self, line: bytes) -> bytes:
        block: bytes = self._compressor.compress(line)
        block += self._compressor.flush(self._zstandard.COMPRESSOBJ_FLUSH_BLOCK)
        return block

    def end(self) -> bytes:
        last: bytes = self._compressor.flush()
        return last


def encoder_for(path: Path) -> Encoder:
    """The encoder that the file's name asks for."""
    return _Gzip() if path.suffix == ".gz" else _Zstd() if path.suffix == ".zst" else _Plain()


def _zstandard() -> Any:
    import zstandard  # noqa: PLC0415 - 15 ms that only .zst files need

    return zstandard
