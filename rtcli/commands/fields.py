"""The fields that ``--json`` and ``--sort`` name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from rtcli.errors import BadOption

ALL: Final = "all"
NONE: Final = ""
"""What stands for a ``--json`` without fields."""


def may_be_fields(word: str) -> bool:
    """It is no option and no recording."""
    return not word.startswith("-") and not _is_there(word)


def _is_there(told: str) -> bool:
    """Whether there is such a file; a list of fields may be longer than any path."""
    try:
        return Path(told).exists()
    except (OSError, ValueError):
        return False


def chosen(told: str, known: Sequence[str]) -> list[str]:
    """The fields that a list names, in its order.

    Raises:
        BadOption: one of them is none.

    """
    if told.strip() == ALL:
        return list(known)
    names = [name.strip() for name in told.split(",") if name.strip()]
    for name in names:
        if name not in known:
            raise BadOption("--json", f"there is no field {name!r}", _like(name, known, "--json"))
    return list(dict.fromkeys(names))


def order(told: str, known: Sequence[str]) -> tuple[str, bool]:
    """The field that rows are sorted by, and whether the largest comes first.

    The unit may be left out: ``duration`` is ``duration_s``.

    Raises:
        BadOption: there is no such field.

    """
    name = told.removeprefix("-")
    spelled = name.replace("-", "_").replace(" ", "_")
    found = [spelled] if spelled in known else [one for one in known if one.rpartition("_")[0] == spelled]
    if not found:
        raise BadOption("--sort", f"there is no field {name!r}", _like(spelled, known, "--json"))
    return found[0], told.startswith("-")


def _like(name: str, known: Sequence[str], option: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, known, 1)
    return f"{f'perhaps {near[0]}: ' if near else ''}{option} alone lists them"


def by_field(name: str, *, largest_first: bool) -> Callable[[Any], tuple[bool, Any]]:
    """What rows are sorted by: numbers by size, words by the alphabet, and what is not known at the end."""

    def key(row: Any) -> tuple[bool, Any]:
        value = getattr(row, name)
        if isinstance(value, dict):
            value = sum(value.values())
        if value is None:
            return True, 0
        if isinstance(value, str):
            return False, tuple(-ord(letter) for letter in value) if largest_first else value
        return False, -value if largest_first else value

    return key
