"""What a broken recording is: its code, what it is made from, and what was done."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from edits import Edit
from stage import Call


class Row(NamedTuple):
    """One row of the table."""

    code: str
    made_from: str
    """The clean recording that is edited; empty where the built-in server was driven into it."""
    done: str
    """What was done, in a sentence."""
    edits: tuple[Edit, ...] = ()
    driven: Callable[[Call], None] | None = None
    """What a client does to the built-in server."""
    also: tuple[str, ...] = ()
    """The other codes that follow of necessity."""
    transcription: bool = False
    """The session that is driven is one for transcription."""


def edited(code: str, made_from: str, done: str, *edits: Edit, also: str = "") -> Row:
    """A row whose recording is an edit of a clean one."""
    return Row(code, made_from, done, edits, also=tuple(also.split()))


def driven(
    code: str, play: Callable[[Call], None], done: str, *edits: Edit, also: str = "", transcription: bool = False
) -> Row:
    """A row whose recording the built-in server and a client made."""
    return Row(code, "", done, edits, play, tuple(also.split()), transcription)
