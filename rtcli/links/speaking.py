"""Speech on its way to the server: pieces of a sound, each in the format that is in force when it is sent."""

from __future__ import annotations

from typing import Final

from rtcli.formats.wav import Sound
from rtcli.session.codec import coding_of, converted, silence

CHUNK_MS: Final = 100


class Speaking:
    """A sound and the silence behind it.

    Law: piece by piece it lasts as long as the sound and the silence, whatever the formats.
    """

    def __init__(self, sound: Sound, silence_ms: float) -> None:
        self._sound = sound
        self._silence_ms = silence_ms
        self._made: dict[str, bytes] = {}

    def is_made(self, audio_format: str | None) -> bool:
        """Whether there is a version in this format."""
        return coding_of(audio_format).name in self._made

    def make(self, audio_format: str | None) -> None:
        """Make the version in this format; of long speech that takes a while."""
        name = coding_of(audio_format).name
        spoken = converted(self._sound.data, self._sound.audio_format, name)
        self._made[name] = spoken + silence(self._silence_ms, name)

    def piece(self, number: int, audio_format: str | None) -> bytes:
        """The piece of that number, in a format that was made; nothing behind the last."""
        coding = coding_of(audio_format)
        step = coding.bytes_of(CHUNK_MS)
        return self._made[coding.name][number * step : (number + 1) * step]
