"""The fields that ``--json`` and ``--sort`` name, and a ``--json`` that names none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from rtcli.errors import BadOption

ALL: Final = "all"
NONE: Final = ""
"""What stands for a ``--json`` without fields."""


def with_bare_json(args: list[str]) -> list[str]:
    """The arguments with nothing as the fields of each ``--json`` that is followed by none."""
    return [
        piece
        for number, arg in enumerate(args)
        for piece in ((arg, NONE) if arg == "--json" and not _are_fields(args[number + 1 :]) else (arg,))
    ]


def _are_fields(following: list[str]) -> bool:
    """What comes next is no option and no recording."""
    return bool(following) and not following[0].startswith("-") and not _is_there(following[0])


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
