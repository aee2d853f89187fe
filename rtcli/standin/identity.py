"""Ids as the real server makes them: a prefix and 21 random letters and digits."""

from __future__ import annotations

import random
import string

_ALPHABET = string.ascii_letters + string.digits


class Ids:
    """A source of ids; the same seed gives the same ids."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = random.Random(seed)  # noqa: S311 - ids of a demonstration, not secrets

    def new(self, prefix: str) -> str:
        """An id such as ``item_E6U0u6ZFxXUxYesuS1vaT``."""
        return f"{prefix}_{self.noise(21)}"

    def noise(self, length: int) -> str:
        """Random characters, as ``obfuscation`` has them."""
        return "".join(self._random.choices(_ALPHABET, k=length))

    def obfuscation(self, delta: str) -> str:
        """What hides a text delta's length: together they fill 16 characters, or a multiple."""
        return self.noise(16 - len(delta) % 16)
