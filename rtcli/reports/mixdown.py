"""The sound of a call as one WAV file: a channel a side, every clip where it was heard.

The model's audio comes ahead of its time, so that the sides are put together in two files of their own that
nobody sees, where what is not written is silence, and then joined in windows. Memory stays flat.
"""

from __future__ import annotations

import os
import tempfile
from array import array
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from rtcli.formats import Entry
from rtcli.session.clip import Clip, Coding, Side
from rtcli.session.g711 import expansion
from rtcli.session.resampling import Resampler, bytes_of, samples_of
from rtcli.session.soundtrack import Piece
from rtcli.session.whole_call import Call, Span

_WINDOW: Final = 1 << 16
_SILENCE: Final = {"audio/pcm": 0x00, "audio/pcmu": 0xFF, "audio/pcma": 0xD5}
"""The byte that is silence. Source: ITU-T G.711."""


class Channel:
    """One side, in a file without a name that is gone when it is closed."""

    def __init__(self, coding: Coding, span: Span, folder: Path | None) -> None:
        self.coding = coding
        self._span = span
        self._size = span.samples(coding.rate_hz) * coding.sample_bytes
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed with the channel
        silence = _SILENCE[coding.name]
        # A hole in a file reads as zeros, which must be what silence is written as.
        self._mask = bytes(byte ^ silence for byte in range(256)) if silence else b""
        self._voices: dict[int, _Voice] = {}

    def put(self, piece: Piece, later_s: float = 0.0) -> None:
        """Put audio where its clip is heard, of a connection that begins so much later than the file."""
        clip = piece.clip
        voice = self._voices.get(id(clip))
        if voice is None:
            at = round((clip.starts_s + later_s - self._span.since_s) * self.coding.rate_hz)
            voice = self._voices[id(clip)] = _Voice(clip, self.coding, at * self.coding.sample_bytes)
        data = piece.data[: max(0, clip.heard_bytes - piece.offset_bytes)]
        self._write(voice, voice.take(data))
        if piece.offset_bytes + len(piece.data) >= clip.heard_bytes:
            self._write(voice, voice.end())

    def end(self) -> None:
        """All audio was put."""
        for voice in self._voices.values():
            self._write(voice, voice.end())

    def windows(self) -> Iterator[bytes]:
        """The whole channel, a window at a time."""
        for at in range(0, self._size, _WINDOW):
            wanted = min(_WINDOW, self._size - at)
            data = os.pread(self._file.fileno(), wanted, at).ljust(wanted, b"\0")
            yield data.translate(self._mask) if self._mask else data

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _write(self, voice: _Voice, data: bytes) -> None:
        at, voice.at = voice.at, voice.at + len(data)
        if at < 0:
            at, data = 0, data[-at:]
        data = data[: max(0, self._size - at)]
        if data:
            os.pwrite(self._file.fileno(), data.translate(self._mask) if self._mask else data, at)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Voice:
    """A clip that is being put, in the channel's coding."""

    def __init__(self, clip: Clip, coding: Coding, at: int) -> None:
        self.at = at
        """Where its next byte belongs."""
        self._levels = expansion(clip.coding.name) if clip.coding.sample_bytes == 1 else None
        self._resampler: Resampler | None = None
        self._is_native = clip.coding.name == coding.name and clip.coding.rate_hz == coding.rate_hz
        if clip.coding.rate_hz != coding.rate_hz:
            self._resampler = Resampler(clip.coding.rate_hz, coding.rate_hz)

    def take(self, data: bytes) -> bytes:
        if self._is_native:
            return data
        samples = array("h", map(self._levels.__getitem__, data)) if self._levels is not None else samples_of(data)
        return bytes_of(self._resampler.take(samples) if self._resampler is not None else samples)

    def end(self) -> bytes:
        resampler, self._resampler = self._resampler, None
        return bytes_of(resampler.end()) if resampler is not None else b""


def mixed(
    call: Call,
    again: Callable[[], Iterable[Entry]],
    wanted: tuple[tuple[Side, ...], Coding, Span],
    folder: Path | None,
) -> Iterator[bytes]:
    """The call as bytes of a WAV file, behind its header; what is put together meanwhile lies in the folder."""
    sides, coding, span = wanted
    with ExitStack() as files:
        channels = {side: files.enter_context(Channel(coding, span, folder)) for side in sides}
        for piece, later_s in call.pieces(again()):
            channel = channels.get(piece.clip.side)
            if channel is not None and call.has(piece.clip):
                channel.put(piece, later_s)
        for channel in channels.values():
            channel.end()
        yield from _joined(*channels.values())


def _joined(first: Channel, second: Channel | None = None) -> Iterator[bytes]:
    """One channel as it is, two sample by sample."""
    if second is None:
        yield from first.windows()
        return
    for one, other in zip(first.windows(), second.windows(), strict=True):
        both = array("h", bytes(2 * len(one)))
        both[::2], both[1::2] = array("h", one), array("h", other)
        yield both.tobytes()
