"""WAV files as the protocol's audio: what goes in is G.711 or made PCM16, 24 kHz, mono; what comes out is kept."""

from __future__ import annotations

import os
import struct
import wave
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Final, NamedTuple

from rtcli.errors import BadOption, RecordingExists, RecordingFailed
from rtcli.units import G711_RATE_HZ, PCM_RATE_HZ, PCM_SAMPLE_BYTES

_CODECS: Final[dict[str, tuple[int, int, int]]] = {
    "audio/pcm": (1, PCM_RATE_HZ, 16),
    "audio/pcma": (6, G711_RATE_HZ, 8),
    "audio/pcmu": (7, G711_RATE_HZ, 8),
}
"""Format tag, samples a second and bits a sample. Source: RFC 2361, the WAVE codec registry."""
_LAWS: Final = {tag: name for name, (tag, rate, _) in _CODECS.items() if rate == G711_RATE_HZ}
_LAYOUT: Final = struct.Struct("<HHIIHH")
_CHUNK_HEAD: Final = struct.Struct("<4sI")
_FIRST_CHUNK: Final = 12
_EXTENSIBLE: Final = 0xFFFE
_LOWEST_HZ: Final = 1_000
_HIGHEST_HZ: Final = 768_000
"""Rates beyond are nonsense: at one hertz a few bytes would become minutes of speech."""
_SUB_FORMAT_AT: Final = 24
"""Where a layout that is extended names its format. Source: Microsoft's WAVEFORMATEXTENSIBLE."""


class Sound(NamedTuple):
    """Audio as the protocol carries it, and its format by the GA name."""

    audio_format: str
    data: bytes


def read_speech(path: Path) -> Sound:
    """The file's samples as audio of the protocol: G.711 as it stands, everything else as 24 kHz mono PCM16.

    Raises:
        BadOption: it is no WAV file of PCM16 or G.711, or must be resampled and the extra for that is missing.

    """
    try:
        content = path.read_bytes()
        coded = _codes(content, path)
        return Sound("audio/pcm", _pcm16(content, path)) if coded is None else coded
    except OSError as error:
        raise BadOption(str(path), error.strerror or str(error)) from error
    except (wave.Error, EOFError, RuntimeError) as error:  # the last where a chunk is longer than what holds it
        raise BadOption(
            str(path),
            f"it is no WAV file of PCM or G.711 ({str(error) or 'it ends too early'})",
            f"make one: ffmpeg -i {path.name} -ac 1 -ar 24000 out.wav",
        ) from error


def _codes(content: bytes, path: Path) -> Sound | None:
    """The codes of a file that has either law of G.711; None of every other file."""
    layout, at = b"", _FIRST_CHUNK
    while content[:4] == b"RIFF" and len(content) >= at + _CHUNK_HEAD.size:
        name, size = _CHUNK_HEAD.unpack_from(content, at)
        at += _CHUNK_HEAD.size
        if name == b"data":
            law = _law(layout, path)
            return Sound(law, content[at : at + _data_bytes(content, at, size)]) if law else None
        if name == b"fmt ":
            layout = content[at : at + size]
        at += size + size % 2
    return None


def _data_bytes(content: bytes, at: int, size: int) -> int:
    """How long the data is; all there is where the writer never came to put the lengths right."""
    (whole,) = struct.unpack_from("<I", content, 4)
    return len(content) if size == 0 and whole + 8 <= at else size


def _law(layout: bytes, path: Path) -> str | None:
    """The law of G.711 by its GA name; None where the samples are written otherwise."""
    if len(layout) < _LAYOUT.size:
        return None
    tag, channels, rate, _, _, bits = _LAYOUT.unpack_from(layout)
    if tag == _EXTENSIBLE:
        tag = int.from_bytes(layout[_SUB_FORMAT_AT : _SUB_FORMAT_AT + 2], "little")
    law = _LAWS.get(tag)
    if law and (channels, rate, bits) != (1, G711_RATE_HZ, 8):
        shape = f"{rate} Hz with {channels} channel{'s' if channels != 1 else ''} of {bits} bits"
        remedy = f"make one: sox {path.name} -r {G711_RATE_HZ} -c 1 out.wav"
        raise BadOption(str(path), f"it is G.711 at {shape}, and the protocol takes {G711_RATE_HZ} Hz mono", remedy)
    return law


def _pcm16(content: bytes, path: Path) -> bytes:
    with wave.open(BytesIO(content), "rb") as file:
        channels, width, rate = file.getnchannels(), file.getsampwidth(), file.getframerate()
        samples = file.readframes(file.getnframes())
    if width != PCM_SAMPLE_BYTES:
        raise BadOption(
            str(path), f"its samples have {8 * width} bits, not 16", f"make one: sox {path.name} -b 16 out.wav"
        )
    # A file that was cut short may end in the middle of a sample.
    samples = samples[: len(samples) - len(samples) % (channels * width)]
    if (channels, rate) == (1, PCM_RATE_HZ):
        return samples
    if not _LOWEST_HZ <= rate <= _HIGHEST_HZ:
        why = f"its sample rate is said to be {rate} Hz, and speech has {_LOWEST_HZ} to {_HIGHEST_HZ}"
        raise BadOption(str(path), why, f"make one: sox {path.name} -r 24000 -c 1 out.wav")
    return _resampled(samples, channels, rate, path)


def _resampled(samples: bytes, channels: int, rate: int, path: Path) -> bytes:
    if find_spec("soxr") is None or find_spec("numpy") is None:
        shape = f"{rate} Hz with {channels} channel{'s' if channels > 1 else ''}"
        remedy = f"install rtcli[audio] to have it resampled, or make one: sox {path.name} -r 24000 -c 1 out.wav"
        raise BadOption(str(path), f"it is {shape}, and the protocol takes 24000 Hz mono", remedy)
    return _at_24_khz(samples, channels, rate)  # pragma: no cover - needs the extra


def _at_24_khz(samples: bytes, channels: int, rate: int) -> bytes:  # pragma: no cover - needs the extra
    import numpy as np  # noqa: PLC0415 - an extra
    import soxr  # noqa: PLC0415 - an extra

    sound = np.frombuffer(samples, dtype="<i2").reshape(-1, channels).mean(axis=1)
    louder = soxr.resample(sound / 32768, rate, PCM_RATE_HZ)
    resampled: bytes = np.clip(np.round(louder * 32768), -32768, 32767).astype("<i2").tobytes()
    return resampled


MOST_BYTES: Final = 2**32 - 1 - 36
"""The most audio that a WAV file can hold: its lengths have 32 bits."""


def header(audio_format: str | None, size: int, *, rate_hz: int | None = None, channels: int = 1) -> bytes:
    """The beginning of a WAV file with so many bytes of audio, of PCM where the format is not known."""
    tag, usual_hz, bits = _CODECS.get(audio_format or "", _CODECS["audio/pcm"])
    rate, frame_bytes = rate_hz or usual_hz, channels * bits // 8
    layout = _LAYOUT.pack(tag, channels, rate, rate * frame_bytes, frame_bytes, bits)
    return b"".join(
        (
            b"RIFF",
            struct.pack("<I", 36 + size),
            b"WAVEfmt ",
            struct.pack("<I", 16),
            layout,
            b"data",
            struct.pack("<I", size),
        )
    )


class WavWriter:
    """Writes audio as it comes, for its owner only; the file's length is put right when it is closed."""

    def __init__(self, path: Path, audio_format: str | None, rate_hz: int | None = None, *, new: bool = False) -> None:
        """Begin the file, in the format that the session delivers (PCM when it is not known).

        Raises:
            RecordingExists: there is such a file, and it must be `new`.
            RecordingFailed: the file cannot be made, or is a symbolic link.

        """
        self._format, self._rate_hz = audio_format, rate_hz
        self._size = 0
        self.path = path
        flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | (os.O_EXCL if new else os.O_TRUNC)
        try:
            self._file = os.fdopen(os.open(path, flags, 0o600), "wb")
        except FileExistsError as error:
            raise RecordingExists(str(path), "name a folder without it") from error
        except OSError as error:
            raise RecordingFailed(str(path), error.strerror or str(error)) from error
        self._file.write(header(audio_format, 0, rate_hz=rate_hz))

    def write(self, audio: bytes) -> None:
        """Append audio."""
        self._file.write(audio)
        self._size += len(audio)

    def close(self) -> None:
        """Put the length in and close the file."""
        self._file.seek(0)
        self._file.write(header(self._format, self._size, rate_hz=self._rate_hz))
        self._file.close()
