"""What the names of fields say of the values below them, and names that stand beside their values."""

from __future__ import annotations

from typing import Final

from rtcli.recording import nested
from rtcli.recording.assigned import holds_credentials, is_credential, is_harmless_header
from rtcli.recording.nested import Path

_OF_NAMES: Final = ("name", "key", "header")
_OF_VALUES: Final = ("value", "val")


def is_named(path: Path) -> bool:
    """Whether a path ends in a field for secrets, or in one that lies in what holds nothing else."""
    name = name_of(path)
    if is_credential(name) or (name == "value" and len(path) > 1 and is_credential(str(path[-2]))):
        return True
    if "properties" in path:
        return False
    if lies_in_credentials(path):
        return True
    return path[-2:-1] == ("headers",) and "tools" in path and not is_harmless_header(name)


def lies_in_credentials(path: Path) -> bool:
    """Whether all that lies in a field is secret, whatever it is called there."""
    return any(isinstance(step, str) and holds_credentials(step) for step in path)


class Pairs:
    """Sees names that stand beside their values: ``{"name": …, "value": …}``, and lists of headers."""

    def __init__(self) -> None:
        self._place: Path = ()
        self._name = ""

    def named(self, leaf: nested.Leaf, body: str) -> Path:
        """The path of a string, with the name that was told before it where that is one of a secret."""
        path, place, last = leaf.path, leaf.path[:-1], leaf.path[-1] if leaf.path else ""
        told = self._name if place == self._place else ""
        if last in _OF_NAMES or _is_of_headers(path):
            self._place, self._name = place, body
        is_value = last in _OF_VALUES or (isinstance(last, int) and last % 2 == 1)
        return (*path, told) if is_value and is_credential(told) else path


def _is_of_headers(path: Path) -> bool:
    return isinstance(path[-1] if path else "", int) and name_of(path).lower().endswith("headers")


def name_of(path: Path) -> str:
    """The name of the field that a path ends in, or that the list has in which it does."""
    return next((step for step in reversed(path) if isinstance(step, str) and step), "")
