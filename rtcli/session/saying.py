"""One thing that was said, written, called or answered in a call, and what of it was heard."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Who = Literal["user", "model", "system", "tool"]
Kind = Literal["speech", "text", "call"]


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
