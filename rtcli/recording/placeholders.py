"""What stands in the place of a secret: of the same length, the same for the same secret, and telling nothing of it.

Law: in the stead of a character stands one that is as long in UTF-8 and needs no other escape; line breaks,
quotes, slashes and backslashes stay. A placeholder is never taken for a secret.
"""

from __future__ import annotations

import re
from typing import Final

from rtcli.recording.personal import FILLED

KEPT: Final = frozenset('"\\/ \t\r\n\b\f')
"""What JSON may write in several ways, or with two characters; nobody's secret is made of these."""
MARK: Final = "redacted"
_SHORT: Final = 14
_STAND_INS: Final = ("х", "ẋ", "𝚡")
"""For characters of two, three and four bytes."""
_MARKED: Final = re.compile("".join(rf"[{character}/\"\\\s{''.join(_STAND_INS)}]" for character in MARK[:6]))
_COUNT_SHOWN: Final = 3
_FILLED: Final = re.compile(rf"[xX{''.join(_STAND_INS)}/\"\\\s.:@_-]{{2,}}[0-9a-z]{{0,{_COUNT_SHOWN}}}[/\"\\\s]*")
_ADDRESS: Final = re.compile(r"[^@\"\\/\s]+@[^@\"\\/\s]+")
"""What a pattern of the user's own takes for an address may be none."""
_COUNTED: Final = "0123456789abcdefghijklmnopqrstuvwyz"
"""Without the letter that fills."""


class Placeholders:
    """Gives each secret its placeholder; what it remembers grows with the number of different secrets."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._counts: dict[str, int] = {}

    def of(self, kind: str, secret: str) -> str:
        """The placeholder of a secret."""
        known = self._known.get(secret)
        if known is None:
            number = self._counts[kind] = self._counts.get(kind, 0) + 1
            known = self._known[secret] = _laid_over(secret, kind, number)
        return known


def is_placeholder(value: str) -> bool:
    """Whether a value stands for a secret already."""
    return bool(_MARKED.search(value) or _FILLED.fullmatch(value))


def blank(text: str) -> str:
    """The text with all of it gone that says something, character by character."""
    return "".join(character if character in KEPT else like(character, "x") for character in text)


def like(old: str, new: str) -> str:
    """A character in place of another one: itself in place of ASCII, and else one of the old one's length."""
    code = ord(old)
    if code < 0x80:
        return new
    if 0xD800 <= code < 0xE000:
        return old
    return _STAND_INS[0 if code < 0x800 else 1 if code < 0x10000 else 2]


def number_like(text: str) -> str:
    """A number of JSON in place of another one, as long and of the same kind."""
    filled = re.sub(r"\d", "0", text)
    return re.sub(r"^(-?)0(?=0)", r"\g<1>1", filled)


def _laid_over(secret: str, kind: str, number: int) -> str:
    if kind == "email" and _ADDRESS.fullmatch(secret):
        return _address(secret, number)
    if kind in {"phone number", "card number", "iban", "social security number"}:
        return _digits(secret, number)
    size = len(secret)
    count = _in_letters(number)
    if size < _SHORT:
        shown = count[-min(size - 2, _COUNT_SHOWN) :] if size > 2 else ""
        label = "x" * (size - len(shown)) + shown
    else:
        label = f"{MARK}-{count}-{kind.replace(' ', '').replace('-', '')}".ljust(size, "x")
    return "".join(old if old in KEPT else like(old, new) for old, new in zip(secret, label[:size], strict=True))


def _address(secret: str, number: int) -> str:
    local, _, domain = secret.rpartition("@")
    count = _in_letters(number)
    filled = ("x" * len(local) + count)[len(count) :]
    start = "".join(like(old, new) for old, new in zip(local, filled, strict=True))
    return f"{start}@{''.join(c if c in '.-' else like(c, 'x') for c in domain)}"


def _digits(secret: str, number: int) -> str:
    """Zeros, with the count at the end; what stands between them stays."""
    size = sum(map(str.isdigit, secret))
    room = max(1, size - len(FILLED))
    digits = iter(str(number % 10**room).rjust(size, "0"))
    return "".join(like(c, next(digits)) if c.isdigit() else "X" if c.isascii() and c.isalpha() else c for c in secret)


def _in_letters(number: int) -> str:
    count = ""
    while number:
        number, rest = divmod(number, len(_COUNTED))
        count = _COUNTED[rest] + count
    return count
