"""The text of the parts of items while it comes, and how much of it can have been heard.

How many words of a cut answer were heard is an estimate. Text comes ahead of the audio that says it, so that
a word is heard no sooner than the audio that had come before its text; beyond that the audio is shared out
among the characters.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct, field

_WORD: Final = re.compile(r"\s*\S+")


class Writing(Struct):
    """The text of one part while it comes, and how much audio had come with each piece of it."""

    pieces: list[str] = field(default_factory=list)
    characters: int = 0
    marks: list[tuple[int, float]] = field(default_factory=list)
    """Characters, and the milliseconds of audio that had come before the text went on from there."""
    final: str | None = None
    """All of it, where that was told; the pieces are then let go of."""

    def end(self, text: str) -> None:
        """All of it is told; what was told last holds."""
        self.final = text
        self.pieces.clear()

    def add(self, piece: str, audio_ms: float) -> None:
        """The next piece."""
        if not self.marks or self.marks[-1][1] != audio_ms:
            self.marks.append((self.characters, audio_ms))
        if self.final is None:
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


class Writings(dict[str, dict[int, Writing]]):
    """The parts of all items, by item and content index; an item that is in it has one at least."""

    def part(self, item_id: str, index: int | None) -> Writing:
        """A part, which begins here if nothing of it came before."""
        parts = self.get(item_id)
        if parts is None:
            parts = self[item_id] = {}
        part = parts.get(index or 0)
        if part is None:
            part = parts[index or 0] = Writing()
        return part

    def has(self, item_id: str, index: int | None) -> bool:
        """Whether anything of a part came."""
        return (index or 0) in self.get(item_id, ())

    def rename(self, old: str, new: str) -> None:
        """An item has another name from now on."""
        parts = self.pop(old, None)
        if parts is not None:
            self.setdefault(new, {}).update(parts)
