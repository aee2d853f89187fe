"""Bytes in and out of files: plain, gzip and zstd, chosen by the name's last ending.

Each line that is written is flushed through the compressor and handed to the system at once.
"""

from __future__ import annotations

import io
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from itertools import chain
from pathlib import Path
from typing import IO, Any, Protocol

from rtcli.errors import UnreadableRecording

BUFFER_BYTES = 1 << 20
"""A larger buffer than the default 8 KiB reads lines of 3 kB 1.2 to 1.9 times faster."""

LINE_AT_MOST_BYTES = 1 << 28
"""The longest line that is held: twice the longest message that is recorded. A few packed bytes can stand for any."""

_CHECKED_BYTES = 1 << 16
COMPRESSED = (".gz", ".zst")
STANDARD_INPUT = Path("-")


Moved = Callable[[int], object]
"""Is told how many bytes of a file, as they are on the disk, were read."""


def read_lines(path: Path, moved: Moved | None = None) -> Iterator[bytes]:
    """The file's lines with their newlines; ``-`` is standard input.

    A compressed file that was cut short gives what can be read of it; its last line is then
    without a newline.

    Raises:
        UnreadableRecording: the file is missing, may not be read, or is not what its name says.

    """
    return chain.from_iterable(_runs(path, moved))


def read_part(path: Path, begin: int, end: int) -> Iterator[bytes]:
    """The lines of an uncompressed file from one byte on, where a line begins, up to another.

    Raises:
        UnreadableRecording: the file is missing, or may not be read.

    """
    return chain.from_iterable(_part(path, begin, end))


def line_ends(path: Path, places: Iterable[int]) -> list[int]:
    """Where the lines end in which these bytes of an uncompressed file stand.

    Raises:
        UnreadableRecording: the file is missing, or may not be read.

    """
    try:
        with io.BufferedReader(_File(path)) as file:
            return [_line_end(file, place) for place in places]
    except OSError as error:
        raise _unreadable(path, error) from error


def _line_end(file: IO[bytes], place: int) -> int:
    file.seek(place)
    file.readline()
    return file.tell()


def _part(path: Path, begin: int, end: int) -> Iterator[Iterable[bytes]]:
    try:
        with io.BufferedReader(_Part(path, begin, end), BUFFER_BYTES) as file:
            yield file
    except OSError as error:
        raise _unreadable(path, error) from error


def _runs(path: Path, moved: Moved | None) -> Iterator[Iterable[bytes]]:
    """The same lines, in runs that need no generator between one line and the next."""
    try:
        with _open(path, moved) as file:
            yield from _patient(file, path)
    except OSError as error:
        raise _unreadable(path, error) from error


def _open(path: Path, moved: Moved | None) -> IO[bytes]:
    file = io.BufferedReader(_File(path, moved), BUFFER_BYTES)
    if path.suffix != ".zst":
        return file
    return io.BufferedReader(_Unpacked(_zstandard().open(file, "rb", closefd=True), path), BUFFER_BYTES)


class _Ruler:
    """Sees that no line is longer than can be held."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._begun_bytes = 0

    def measure(self, read: memoryview) -> None:
        """Take note of what was read.

        Raises:
            UnreadableRecording: a line goes on and on.

        """
        newline = bytes(read[-_CHECKED_BYTES:]).rfind(b"\n")
        behind = min(len(read), _CHECKED_BYTES) - newline - 1
        if newline < 0 and len(read) > _CHECKED_BYTES:
            behind = len(read) - bytes(read).rfind(b"\n") - 1
        self._begun_bytes = behind + (self._begun_bytes if behind == len(read) else 0)
        if self._begun_bytes > LINE_AT_MOST_BYTES:
            why = f"one of its lines is longer than {LINE_AT_MOST_BYTES >> 20} MiB"
            raise UnreadableRecording(str(self._path), why, "is it a recording? what comes before that line was read")


class _Unpacked(io.RawIOBase):
    """What a compressed file holds."""

    def __init__(self, file: IO[bytes], path: Path) -> None:
        self._file = file
        self._ruler = _Ruler(path)

    def readable(self) -> bool:
        """Whether it can be read, which it can."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Read into a buffer, as many bytes as there are."""
        size: int = self._file.readinto(buffer)  # type: ignore[attr-defined]
        self._ruler.measure(memoryview(buffer)[:size])
        return size

    def close(self) -> None:
        """Close the file, too."""
        self._file.close()
        super().close()


class _File(io.FileIO):
    """A file that says of which recording it is when it cannot be read on."""

    def __init__(self, path: Path, moved: Moved | None = None) -> None:
        is_input = path == STANDARD_INPUT
        super().__init__(sys.stdin.fileno() if is_input else path, closefd=not is_input)
        self._path = path
        self._moved = moved
        self._ruler = _Ruler(path)

    def readinto(self, buffer: Any, /) -> int | None:
        """Read into a buffer, as many bytes as there are."""
        try:
            size = super().readinto(buffer)
        except OSError as error:
            raise _unreadable(self._path, error) from error
        if self._moved and size:
            self._moved(size)
        if size:
            self._ruler.measure(memoryview(buffer)[:size])
        return size


class _Part(_File):
    """The bytes of a file from one place to another."""

    def __init__(self, path: Path, begin: int, end: int) -> None:
        super().__init__(path)
        self.seek(begin)
        self._left = end - begin

    def readinto(self, buffer: Any, /) -> int | None:
        """Read into a buffer, no more than is left of the part."""
        size = super().readinto(memoryview(buffer)[: self._left]) if self._left else 0
        self._left -= size or 0
        return size


def _patient(file: IO[bytes], path: Path) -> Iterator[Iterable[bytes]]:
    """The lines of a file that may be compressed and may have been cut short."""
    if path.suffix == ".gz":
        try:
            yield from _split(_inflated(file), _Ruler(path))
        except zlib.error as error:
            raise UnreadableRecording(str(path), "it is not a whole gzip file") from error
    elif path.suffix == ".zst":
        yield _decompressed(file, path)
    else:
        yield file


def _decompressed(file: IO[bytes], path: Path) -> Iterator[bytes]:
    try:
        yield from file
    except _zstandard().ZstdError as error:
        raise UnreadableRecording(str(path), "it is not a whole zstd file") from error


def _inflated(file: IO[bytes]) -> Iterator[bytes]:
    """What a gzip file holds, member after member, as far as it goes; never more than a buffer at once."""
    inflater = zlib.decompressobj(wbits=31)
    while packed := file.read(BUFFER_BYTES):
        while packed:
            before = inflater.copy()
            try:
                yield inflater.decompress(packed, BUFFER_BYTES)
            except zlib.error:
                yield from _as_far_as_it_goes(before, packed)
                raise
            packed = inflater.unconsumed_tail
            if inflater.eof:
                packed = inflater.unused_data
                inflater = zlib.decompressobj(wbits=31)


def _as_far_as_it_goes(inflater: Any, packed: bytes) -> Iterator[bytes]:
    """What lies before the fault in a packed piece, of which an inflater that fails keeps nothing."""
    with suppress(zlib.error):
        for place in range(len(packed)):
            yield inflater.decompress(packed[place : place + 1])
            if inflater.eof:
                return


def _split(pieces: Iterator[bytes], ruler: _Ruler) -> Iterator[list[bytes]]:
    """The lines in a stream of pieces."""
    begun: list[bytes] = []
    for piece in pieces:
        ruler.measure(memoryview(piece))
        first, newline, more = piece.partition(b"\n")
        begun.append(first + newline)
        if not newline:
            continue
        *whole, last = more.split(b"\n")
        yield [b"".join(begun), *[line + b"\n" for line in whole]]
        begun = [last]
    if rest := b"".join(begun):
        yield [rest]


def _unreadable(path: Path, error: OSError) -> UnreadableRecording:
    return UnreadableRecording(str(path), error.strerror or str(error), _remedy(error))


def _remedy(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "is the name right? `rtcli connect demo` makes a recording to try"
    if isinstance(error, IsADirectoryError):
        return "name a file in it; `rtcli info` and `rtcli validate` take a folder"
    return ""


def is_whole(path: Path) -> bool:
    """Whether a compressed file ends where its compressor ended it, so that more can be added."""
    fresh, failure = _decompressor(path)
    begun: Any = None
    try:
        with path.open("rb") as file:
            while packed := file.read(_CHECKED_BYTES):
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
