"""What a rule is: a function on one event, its code, and what it needs to judge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

from rtcli.events import Event
from rtcli.formats import Entry
from rtcli.rules.finding import Severity
from rtcli.session import Session

Need = Literal["audio"]
"""What a recording must promise before a rule may judge it.

``audio``: the audio is as it was sent, to the byte (the header says ``lossless``).
"""

Verdict = tuple[str, str, str]
"""JSONPath, message, remedy."""

Judge = Callable[[Any, Entry, Session], Sequence[Verdict]]
"""Looks at an event and at the session as it stood just before it; mostly finds nothing."""


class Rule(NamedTuple):
    """One row of the table of rules; the page of a rule is its function's docstring."""

    code: str
    severity: Severity
    judge: Judge
    types: tuple[type[Event], ...]
    needs: frozenset[Need] = frozenset()

    @property
    def title(self) -> str:
        """The first line of the rule's page."""
        return (self.judge.__doc__ or "").strip().partition("\n")[0].rstrip(".")
