"""What a cause is, and how one is watched for while a recording is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Final, Literal

from msgspec import Struct, field

from rtcli.formats import Entry
from rtcli.rules import Finding, Severity, Side
from rtcli.session.ledgers import Ledgers

Weight = Literal[1, 2, 3]
"""3: the call did not do what it was for. 2: the user heard that something was wrong. 1: nobody noticed."""

LINES_KEPT: Final = 50
"""As many as findings of one code are kept, so that each finds its cause."""


class Cause(Struct, kw_only=True):
    """Something that went wrong, with what proves it and what followed from it."""

    name: str
    """A word for it that does not change, such as ``lost-response``; the code of a rule where it has no other."""
    title: str
    """What went wrong, in one sentence."""
    severity: Severity
    side: Side
    lines: tuple[int, ...]
    """The lines that prove it, the first of them where it began."""
    evidence: str = ""
    """What stands in those lines."""
    effect: str = ""
    """What it did to the call."""
    remedy: str = ""
    weight: Weight = 1
    count: int = 1
    """How often it happened."""
    at_s: float | None = None
    """When it began, in seconds of the recording."""
    brings: tuple[str, ...] = ()
    """Codes of findings that follow from it, wherever they are behind it."""
    consequences: list[Finding] = field(default_factory=list)
    """The findings that are told with it."""

    def explains(self, finding: Finding) -> bool:
        """Whether a finding is a consequence of this, or another sign of it."""
        mine = set(self.lines)
        if finding.line in mine or not mine.isdisjoint(finding.lines):
            return True
        return finding.code.startswith(self.brings or ("-",)) and finding.line >= self.lines[0]


class Times:
    """When the lines were that somebody may ask for: those of events that are no deltas, the last thousands."""

    def __init__(self, times: dict[int, float]) -> None:
        self._times = times

    def of(self, line: int) -> float | None:
        """When a line was, in seconds of the recording; None where that is not known."""
        return self._times.get(line)

    def between(self, line: int, other: int) -> float | None:
        """Seconds from one line to another."""
        before, after = self._times.get(line), self._times.get(other)
        return None if before is None or after is None else after - before


Handler = Callable[[Any, Any, Entry, Ledgers], None]
"""Takes a watcher, an event, its entry, and the ledgers as they are with the event."""


class Watcher:
    """Looks for one kind of cause on one connection."""

    HANDLERS: ClassVar[Mapping[type, Handler]] = {}
    """By class of event or record; a class stands for those that extend it."""
    CODES: ClassVar[tuple[str, ...]] = ()
    """The findings that it asks for, by the beginnings of their codes."""

    def __init__(self, times: Times) -> None:
        self.times = times

    def found(self, finding: Finding, ledgers: Ledgers) -> None:
        """Take in a finding that was asked for."""

    def causes(self, ledgers: Ledgers) -> Iterable[Cause]:
        """What was there to see, at the end of the connection."""
        raise NotImplementedError

    def waited_s(self, line: int, ledgers: Ledgers) -> float | None:
        """How long the recording goes on behind a line; None where times are not known."""
        began, end = self.times.of(line), ledgers.context.latest_t
        return None if began is None or end is None else end - began


def seconds(value: float | None) -> str:
    """A span of time for a sentence, such as `9.4 s`; empty where it is not known."""
    if value is None:
        return ""
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s"


def several(number: int, noun: str) -> str:
    """A number with its noun."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
