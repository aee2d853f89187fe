"""A WAV file of any bytes: samples of the protocol, or a clear refusal, and no more of them than the file can hold."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from tempfile import gettempdir

from fuzz.laws import is_clear
from fuzz.target import Target

from rtcli.errors import RtcliError
from rtcli.formats.wav import header, read_speech

_FAST = Path("/dev/shm")
_MOST = 48
"""How many bytes one byte can become: a sample of PCM at the lowest rate that is read, at that of the protocol."""


def check(data: bytes) -> None:
    path = (_FAST if _FAST.is_dir() else Path(gettempdir())) / f"rtcli-fuzz-{os.getpid()}.wav"
    path.write_bytes(data)
    try:
        sound = read_speech(path)
    except RtcliError as refusal:
        is_clear(refusal)
    else:
        assert sound.audio_format in {"audio/pcm", "audio/pcmu", "audio/pcma"}
        assert len(sound.data) <= _MOST * len(data)
        assert sound.audio_format != "audio/pcm" or len(sound.data) % 2 == 0
    finally:
        path.unlink()


def seeds() -> Iterator[bytes]:
    for audio_format in ("audio/pcm", "audio/pcmu", "audio/pcma"):
        for rate in (8000, 16000, 24000, 44100):
            for channels in (1, 2):
                yield header(audio_format, 40, rate_hz=rate, channels=channels) + bytes(range(40))
    extended = (
        struct.pack("<HHIIHHHHIH", 0xFFFE, 1, 8000, 8000, 1, 8, 22, 8, 0, 7)
        + b"\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x008\x9bq"
    )
    yield (
        b"RIFF"
        + struct.pack("<I", 80)
        + b"WAVEfmt "
        + struct.pack("<I", len(extended))
        + extended
        + b"data\x04\0\0\0abcd"
    )


TARGET = Target(check, seeds, ("formats.wav",), max_bytes=1024, mutates_json=False)
