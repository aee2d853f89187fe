"""Tokens as a usage object tells them, by modality; what it does not tell is None."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from msgspec import Struct, structs

from rtcli.session.config import at

_MOST: Final = 1 << 53
"""Beyond it a float does not tell whole numbers apart, and nothing is counted that far."""


class Tokens(Struct, gc=False):
    """What a response or a transcription used.

    The cached ones are a part of the input, the reasoning ones a part of the text that is put out.
    """

    input: int | None = None
    cached: int | None = None
    output: int | None = None
    text_in: int | None = None
    audio_in: int | None = None
    image_in: int | None = None
    text_cached: int | None = None
    audio_cached: int | None = None
    image_cached: int | None = None
    text_out: int | None = None
    audio_out: int | None = None
    reasoning: int | None = None

    @property
    def is_told(self) -> bool:
        """Anything at all is known."""
        return any(value is not None for value in structs.astuple(self))


def tokens_of(usage: Any) -> Tokens | None:
    """The tokens of a usage object; None where it tells of none."""
    taken = at(usage, "input_token_details")
    cached = at(taken, "cached_tokens_details")
    given = at(usage, "output_token_details")
    told = Tokens(
        input=counted(at(usage, "input_tokens")),
        cached=counted(at(taken, "cached_tokens")),
        output=counted(at(usage, "output_tokens")),
        text_in=counted(at(taken, "text_tokens")),
        audio_in=counted(at(taken, "audio_tokens")),
        image_in=counted(at(taken, "image_tokens")),
        text_cached=counted(at(cached, "text_tokens")),
        audio_cached=counted(at(cached, "audio_tokens")),
        image_cached=counted(at(cached, "image_tokens")),
        text_out=counted(at(given, "text_tokens")),
        audio_out=counted(at(given, "audio_tokens")),
        reasoning=counted(at(given, "reasoning_tokens")),
    )
    return told if told.is_told else None


def total(used: Iterable[Tokens]) -> Tokens:
    """The sums; None where nobody told that number."""
    sums: dict[str, int] = {}
    for one in used:
        for name, value in structs.asdict(one).items():
            if value is not None:
                sums[name] = sums.get(name, 0) + value
    return Tokens(**sums)


def counted(value: Any) -> int | None:
    """A whole number that a peer tells; None where it tells none, or one that cannot be true."""
    return value if isinstance(value, int) and -_MOST < value < _MOST else None
