"""Which rules could not be judged, and why.

Law: a rule was silent in a file if it could be judged on none of its connections, as each stood at its end.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from rtcli.events import Dialect
from rtcli.events.vendors import AZURE_OPENAI, Vendor

if TYPE_CHECKING:
    from rtcli.events import Detector
    from rtcli.formats import Entry
    from rtcli.rules.check import Check
    from rtcli.rules.finding import Silent
    from rtcli.rules.rule import Rule
    from rtcli.session.context import Need

WHY: Final[dict[Need, str]] = {
    "start": "the recording does not begin with the session's first event",
    "end": "the recording does not run to the close",
    "client": "no event of the client is recorded",
    "lossless": "frames are missing in between, or could not be read",
    "audio": "audio may not be as it was sent, to the byte",
    "websocket": "audio may travel beside this connection",
    "times": "the records have no times",
    "handshake": "the recorder did not open the connection itself",
}
"""Each need in plain words, where it is not met."""

_OPENAI: Final = (None, AZURE_OPENAI)


class Connection(Struct, frozen=True):
    """What the rules could rely on when a connection was at its end."""

    kept: frozenset[Need]
    dialect: Dialect
    vendor: Vendor | None

    def missing(self, rule: Rule) -> frozenset[tuple[str, str]]:
        """Why a rule could not be judged here; empty if it could."""
        if self.dialect.name not in rule.dialects:
            return frozenset({("dialect", f"{self.dialect.name} is spoken, and they are about another")})
        if rule.openai_only and self.vendor not in _OPENAI:
            name = self.vendor.name if self.vendor else ""
            return frozenset({("vendor", f"{name} is known to do it otherwise")})
        return frozenset((need, WHY[need]) for need in rule.needs - self.kept)


class Watch:
    """Sees the connections of one file go by while it is checked."""

    def __init__(self, check: Check, detector: Detector) -> None:
        self._check = check
        self._detector = detector
        self._seen: dict[tuple[frozenset[Need], str, str], Connection] = {}

    def entries(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """The entries, each of which has been judged when the next is asked for."""
        ledgers, last = self._check.ledgers, None
        for entry in entries:
            yield entry
            if self._check.ledgers is not ledgers:
                self._note(last)
                ledgers = self._check.ledgers
            last = Connection(ledgers.context.kept, self._detector.dialect, self._detector.vendor)
        self._note(last)

    @property
    def connections(self) -> Sequence[Connection]:
        """The different connections that were seen."""
        return list(self._seen.values())

    def _note(self, connection: Connection | None) -> None:
        if connection is not None:
            vendor = connection.vendor.name if connection.vendor else ""
            self._seen.setdefault((connection.kept, connection.dialect.name, vendor), connection)


class Row(Struct, frozen=True):
    """Rules that were silent for one reason, in as many files."""

    reason: str
    """A need that was not met, ``dialect`` or ``vendor``."""
    why: str
    codes: list[str]
    files: int
    of: int
    """How many files there were."""

    def __str__(self) -> str:
        files = f" ({self.files:,} of {self.of:,} files)" if self.of > 1 else ""
        return f"{self.reason}: {self.why}{files}: {', '.join(folded(self.codes))}"


def silent(rules: Iterable[Rule], connections: Sequence[Connection]) -> list[Silent] | None:
    """Which rules were silent in a file; None of one in which nothing was recorded, which says nothing."""
    if not connections:
        return None
    reasons = {rule.code: [connection.missing(rule) for connection in connections] for rule in rules}
    return [(*why, code) for code, each in reasons.items() if all(each) for why in sorted(frozenset().union(*each))]


class Silence:
    """Which rules were silent in how many files of a run."""

    def __init__(self) -> None:
        self._files = 0
        self._silent: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)

    def note(self, silent: Iterable[Silent]) -> None:
        """Take in which rules were silent in a file."""
        self._files += 1
        for reason, why, code in silent:
            self._silent[reason, why][code] += 1

    def rows(self) -> list[Row]:
        """The reasons by name, and for each the rules that were silent in most files first."""
        rows = []
        for (reason, why), counts in sorted(self._silent.items()):
            by_files: defaultdict[int, list[str]] = defaultdict(list)
            for code, files in counts.items():
                by_files[files].append(code)
            rows += [
                Row(reason, why, sorted(codes), files, self._files) for files, codes in sorted(by_files.items())[::-1]
            ]
        return rows


def folded(codes: Iterable[str]) -> list[str]:
    """The codes in order, runs of neighbours as ``SEQ03-07``."""
    runs: list[list[str]] = []
    for code in sorted(codes):
        if runs and _follows(runs[-1][-1], code):
            runs[-1].append(code)
        else:
            runs.append([code])
    return [run[0] if len(run) == 1 else f"{run[0]}-{_number(run[-1]):02}" for run in runs]


def _follows(code: str, later: str) -> bool:
    return _family(code) == _family(later) and _number(code) + 1 == _number(later)


def _family(code: str) -> str:
    return code.rstrip("0123456789")


def _number(code: str) -> int:
    return int(code.removeprefix(_family(code)))
