"""Masks the words that people said: what is left tells how long each was, and which were the same.

Law: the mask of a text is the mask of its pieces, one behind the other; each character is as long as before
in UTF-8; white space and punctuation stay, and words that were equal, whatever their case, are.

Each letter is put through an alphabet that follows from the letters before it in its word, and from a key.
The key is made of the recording itself, so that who has only the masked one cannot make it.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from typing import Final

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_STEPS: Final = (1, 3, 5, 7, 9, 11, 15, 17, 19, 21, 23, 25)
"""What has no divisor in common with the number of letters, so that no two letters become one."""
_DIGIT_STEPS: Final = (1, 3, 7, 9)
_NUMBER_STEPS: Final = (1, 2, 4, 5, 7, 8)
"""The same for ten digits, and for nine."""
_CYRILLIC: Final = "абвгдежзиклмнопрстуфхцчшщэюя"
_LATIN: Final = tuple(chr(code) for code in range(0x1E01, 0x1E96, 2))
_MATHEMATICAL: Final = tuple(chr(code) for code in range(0x1D68A, 0x1D6A4))
_LONGEST_PREFIX: Final = 64
ELIDED: Final = frozenset({"[Object]", "[Array]"})
"""What loggers put for what they do not write; nobody said it."""
_LITERALS: Final = ("true", "false", "null")
_ESCAPED: Final = frozenset('"\\/bfnrtu')
_HEX: Final = frozenset("0123456789abcdefABCDEF")
"""What may stand behind a backslash in JSON, and behind its u. A backslash before anything else is none."""


class Mask:
    """Makes the masks of one recording."""

    def __init__(self, key: bytes) -> None:
        self._key = key[:64]
        self._alphabet = lru_cache(1 << 16)(self._made)

    def words(self, text: str) -> str:
        """The mask of a whole text."""
        return text if text in ELIDED else Words(self).take(text)

    def json(self, text: str) -> str:
        """The mask of the values in JSON text, which stays as valid as it was."""
        return text if text in ELIDED else Values(self).take(text)

    def letter(self, prefix: str, letter: str) -> str:
        """What stands for a letter or a digit behind the others of its word."""
        start, step = self._alphabet(prefix[-_LONGEST_PREFIX:])
        if letter.isdecimal() and letter.isascii():
            return str((int(letter) * _DIGIT_STEPS[step // 2 % 4] + start) % 10)
        turned = ord(letter.lower()[0]) * step + start
        code = ord(letter)
        if code < 0x80:
            masked = _LETTERS[turned % 26]
            return masked.upper() if letter.isupper() else masked
        table = _CYRILLIC if code < 0x800 else _LATIN if code < 0x10000 else _MATHEMATICAL
        return table[turned % len(table)]

    def first_digit(self, digit: str) -> str:
        """What stands for the first digit of a number, which is no zero unless it was one."""
        start, step = self._alphabet("number")
        return "0" if digit == "0" else str(((int(digit) - 1) * _NUMBER_STEPS[step // 2 % 6] + start) % 9 + 1)

    def _made(self, prefix: str) -> tuple[int, int]:
        digest = blake2b(prefix.encode("utf-8", "surrogatepass"), key=self._key, digest_size=8).digest()
        return int.from_bytes(digest[:4]), _STEPS[digest[4] % len(_STEPS)]


class Words:
    """Masks a text that comes in pieces."""

    def __init__(self, mask: Mask) -> None:
        self._mask = mask
        self._prefix = ""

    def take(self, piece: str) -> str:
        """The mask of the next piece."""
        return "".join(map(self._one, piece))

    def _one(self, character: str) -> str:
        if character.isspace():
            self._prefix = ""
        if not character.isalnum():
            return character
        masked = self._mask.letter(self._prefix, character)
        self._prefix += character.lower()
        return masked


class Values:
    """Masks the strings and numbers in JSON that comes in pieces; the names of fields stay."""

    def __init__(self, mask: Mask) -> None:
        self._mask = mask
        self._words = Words(mask)
        self._objects: list[bool] = []
        self._is_name = False
        self._in_string = False
        self._escape = ""
        self._bare = ""
        """What stands outside of strings so far: a number, a word, or garbage."""

    def take(self, piece: str) -> str:
        """The mask of the next piece."""
        return "".join(map(self._one, piece))

    def _one(self, character: str) -> str:
        if self._in_string:
            return self._inside(character)
        if character == '"':
            self._in_string, self._words = True, Words(self._mask)
        elif character in "{[":
            self._objects.append(character == "{")
            self._is_name = character == "{"
        elif character in "}]":
            self._is_name = False
            del self._objects[-1:]
        elif character == ":":
            self._is_name = False
        elif character == ",":
            self._is_name = bool(self._objects) and self._objects[-1]
        elif not character.isspace():
            return self._outside(character)
        self._bare = ""
        return character

    def _inside(self, character: str) -> str:
        if self._escape:
            return self._escaped(character)
        if character == '"':
            self._in_string = False
        elif character == "\\":
            self._escape = character
        elif not self._is_name:
            return self._words.take(character)
        return character

    def _escaped(self, character: str) -> str:
        place = len(self._escape) - 1
        if character not in (_HEX if place else _ESCAPED):
            self._escape = ""
            return self._inside(character)
        self._escape += character
        if self._escape[1] != "u":
            self._escape = ""
            self._words = Words(self._mask)
            return character
        if place >= 4:
            self._escape = ""
        if self._is_name or not place:
            return character
        return "0079"[place - 1]

    def _outside(self, character: str) -> str:
        """A number becomes one that is as long, a literal stays, and of garbage the words are masked."""
        before, self._bare = self._bare, self._bare + character
        if any(literal.startswith(self._bare) for literal in _LITERALS):
            return character
        if character.isdigit() and character.isascii():
            is_first = not before.strip("-")
            return self._mask.first_digit(character) if is_first else self._mask.letter(before, character)
        is_number = before[-1:].isdigit() and character in "eE"
        return character if is_number else self._words.take(character)
