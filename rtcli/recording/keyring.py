"""Keys that were recognised in one place, so that they are found where nothing tells of them.

A key stands in a header, and once more in the middle of a word, or cut out of its field by whoever wrote the log.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from rtcli.recording.assigned import ASSIGNED
from rtcli.recording.named import name_of
from rtcli.recording.nested import Path
from rtcli.recording.shapes import KEYS

OF_A_FIELD: Final = "secret field"
"""The kind of what is a secret by the name of its field."""
_KINDS: Final = frozenset({OF_A_FIELD, *(shape.kind for shape in (*KEYS, *ASSIGNED))} - {"sip address"})
_KEPT: Final = 256
_KEY: Final = re.compile(r"(?=\D*\d)(?=[^A-Za-z]*[A-Za-z])\S{16,512}")
"""Long, and with a digit: a password that is a word is a word in other places."""
_PLACES: Final = re.compile(r"(?:.*_)?ids?|type|object|from")
"""Names of fields that hold a recording together, whatever somebody called a key."""


class Keyring:
    """The keys that were met; as many as fit, so that each text is searched for them in bounded time."""

    def __init__(self) -> None:
        self._kinds: dict[str, str] = {}
        """The longest first: one that another begins with is not to be found in that."""
        self._bare: list[str] = []

    def add(self, kind: str, secret: str) -> None:
        """Keep a secret if it is a key."""
        if kind not in _KINDS or secret in self._kinds or len(self._kinds) >= _KEPT or not _KEY.fullmatch(secret):
            return
        more = self._kinds | {secret: kind}
        self._kinds = {key: more[key] for key in sorted(more, key=len, reverse=True)}
        self._bare.append(secret.replace("\\", ""))

    def has_any_of(self, text: str) -> bool:
        """Whether one of them may be in JSON text, written with backslashes or without."""
        bare = text.replace("\\", "") if self._bare else ""
        return any(key in bare for key in self._bare)

    def spans(self, text: str, path: Path) -> Iterator[tuple[int, int, str]]:
        """Where they stand in the value of a field, and of what kind they are."""
        if self._kinds and not _PLACES.fullmatch(name_of(path)):
            for key, kind in self._kinds.items():
                for match in re.finditer(re.escape(key), text) if key in text else ():
                    yield (*match.span(), kind)
