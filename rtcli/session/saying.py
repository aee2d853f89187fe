"""One thing that was said, written, called or answered in a call, and what of it was heard.

How many words of a cut answer were heard is an estimate. Text comes ahead of the audio that says it, so that
a word is heard no sooner than the audio that had come before its text; beyond that the audio is shared out
among the characters.
"""

from __future__ import annotations

import re
from typing import Final, Literal

from msgspec import Struct, field

Who = Literal["user", "model", "system", "tool"]
Kind = Literal["speech", "text", "call"]
_WORD: Final = re.compile(r"\s*\S+")


class Saying(Struct):
    """What one item says."""

    who: Who
    kind: Kind
    line: int
    """The first line that shows it."""
    item_id: str = ""
    response_id: str = ""
    text: str = ""
    """All of it, heard or not."""
    starts_s: float | None = None
    """When it was heard, in seconds of the call; None where nothing tells it."""
    ends_s: float | None = None
    heard_characters: int | None = None
    """How much of the text was heard, by estimate; None where that is all of it, or cannot be told."""
    heard_ms: float | None = None
    """How much of its audio was heard, where that is not all."""
    audio_ms: float | None = None
    """How much audio came; of the user, how long the speech was."""
    interrupted: bool = False
    """It was not heard to its end."""
    cancelled: bool = False
    """Its response was cancelled."""
    transcribed: bool = True
    """False where there is audio whose words nobody tells."""
    failure: str = ""
    """Why it was not transcribed."""
    out_of_band: bool = False
    name: str = ""
    """Of the function that is called."""
    output: str | None = None
    """What the function gave back; None while it has not."""
    connection: int = 1

    @property
    def heard(self) -> str:
        """The text that was heard."""
        return self.text if self.heard_characters is None else self.text[: self.heard_characters]

    @property
    def unheard(self) -> str:
        """The text that was not."""
        return "" if self.heard_characters is None else self.text[self.heard_characters :]


class Writing(Struct):
    """The text of one part while it comes, and how much audio had come with each piece of it."""

    pieces: list[str] = field(default_factory=list)
    characters: int = 0
    marks: list[tuple[int, float]] = field(default_factory=list)
    """Characters, and the milliseconds of audio that had come before the text went on from there."""
    final: str | None = None

    def add(self, piece: str, audio_ms: float) -> None:
        """The next piece."""
        if not self.marks or self.marks[-1][1] != audio_ms:
            self.marks.append((self.characters, audio_ms))
        self.pieces.append(piece)
        self.characters += len(piece)

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self.pieces) if self.final is None else self.final

    def heard(self, heard_ms: float, audio_ms: float) -> int:
        """How many characters can have been heard in so much of the audio: whole words only."""
        text, heard = self.text, 0
        for word in _WORD.finditer(text):
            share_ms = audio_ms * word.end() / len(text)
            if share_ms > heard_ms or self._came_ms(word.start()) >= heard_ms:
                break
            heard = word.end()
        return heard

    def _came_ms(self, character: int) -> float:
        return max((ms for first, ms in self.marks if first <= character), default=0.0)
