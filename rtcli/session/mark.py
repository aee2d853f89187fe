"""What was found wrong with a node, hung on it by whoever found it.

Law: marks change nothing else in the tree, and each costs the same however many came before.
"""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct, field

MOST_ALIKE: Final = 4
"""How many marks with one code stand in one place; those that come after are counted on the last of them."""

REACH: Final = 16
"""How far back a mark is looked for that says the same: a bound, so that no mark costs more."""


class Mark(Struct):
    """One thing found."""

    code: str
    severity: Literal["error", "warning", "info"]
    text: str
    line: int
    """Of the recording: where it is wrong."""
    at_s: float | None = None
    """When it came to light."""
    count: int = 1
    """How often the same was found."""
    more: int = 0
    """How many others with this code were found here."""
    after: int = 0
    """How many children the node had then."""


class Marked(Struct, kw_only=True):
    """A node that marks can be hung on."""

    line: int = 0
    """The line of the recording that first concerned it."""
    marks: list[Mark] = field(default_factory=list)


def hang(marks: list[Mark], mark: Mark) -> None:
    """Add a mark to those of a node; one that says the same in the same place is counted."""
    alike = [known for known in marks[-REACH:] if known.code == mark.code and known.after == mark.after]
    for known in alike:
        if known.text == mark.text:
            known.count += 1
            return
    if len(alike) < MOST_ALIKE:
        marks.append(mark)
    else:
        alike[-1].more += 1
