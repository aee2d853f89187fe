"""What a rule is: a function on one event, its code, and what it needs to judge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Literal

from msgspec import Struct

from rtcli.formats import Entry
from rtcli.rules.finding import Severity, Side
from rtcli.session.context import Need
from rtcli.session.ledgers import Ledgers

Tier = Literal["core", "second", "extended"]
"""``core`` and ``second`` are on by default; ``extended`` is for those who ask for it."""


class End(Struct):
    """Stands behind the last entry of a connection, for what can only be known there."""


class First(Struct):
    """Stands for the server's first event on a connection."""


class Reversed(Struct):
    """Stands for an event that came from the side that does not send it."""


class Backwards(Struct):
    """Stands for a record whose time lies before that of the record before it."""


class Verdict(Struct, frozen=True):
    """What a rule says of one place."""

    path: str = ""
    """JSONPath inside the event."""
    message: str = ""
    """One sentence: what is wrong, with the ids and the numbers that show it."""
    remedy: str = ""
    lines: tuple[int, ...] = ()
    """The other lines that belong to it."""
    line: int = 0
    """Where it is, if that is not where it came to light."""
    side: Side | None = None
    """Whose fault it is, if that is not the sender of the event that was judged."""


Judge = Callable[[Any, Entry, Ledgers], Sequence[Verdict]]
"""Looks at an event and at the ledgers as they stood just before it; mostly finds nothing."""

CONVERSATION: Final = frozenset({"realtime", "beta"})
"""The dialects that most rules are about."""
GA: Final = frozenset({"realtime"})

NEEDS_START: Final[frozenset[Need]] = frozenset({"start"})
NEEDS_CLIENT: Final[frozenset[Need]] = frozenset({"client"})
NEEDS_LOSSLESS: Final[frozenset[Need]] = frozenset({"lossless"})
NEEDS_WHOLE_START: Final[frozenset[Need]] = frozenset({"start", "lossless"})
NEEDS_WHOLE_END: Final[frozenset[Need]] = frozenset({"end", "client", "lossless"})

SHOWN: Final = 60
"""How many characters of a peer's word a message holds."""


class Rule(Struct, frozen=True):
    """One row of the table of rules; the page of a rule is its function's docstring."""

    code: str
    severity: Severity
    judge: Judge
    types: tuple[type, ...]
    """Classes of events or records; a class stands for those that extend it. `End` is the end of a connection,
    `First` the server's first event, `Reversed` one from the wrong side, `Backwards` a record out of time."""
    needs: frozenset[Need] = frozenset()
    tier: Tier = "core"
    dialects: frozenset[str] = CONVERSATION
    openai_only: bool = False
    """Other vendors' servers are known to do it otherwise, and are not judged."""
    by_itself: bool = False
    """It looks into the event alone, and is asked also where the event is in order as far as the ledgers can tell."""

    @property
    def title(self) -> str:
        """The first line of the rule's page."""
        return (self.judge.__doc__ or "").strip().partition("\n")[0].rstrip(".")

    @property
    def meaning(self) -> str:
        """The paragraph of its page that says what it means for a call."""
        return self._paragraphs[1]

    @property
    def fix(self) -> str:
        """What its page says is to be done."""
        found = next((one for one in self._paragraphs if one.startswith("Fix: ")), "")
        return found.removeprefix("Fix: ").rstrip(".")

    @property
    def _paragraphs(self) -> list[str]:
        import inspect  # noqa: PLC0415 - nobody reads a rule's page while it judges

        page = (inspect.getdoc(self.judge) or "").replace("``", "")
        return [" ".join(paragraph.split()) for paragraph in page.split("\n\n")]
