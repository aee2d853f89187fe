"""Findings as marks: what the rules say of a session while it is shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from rtcli.formats import Entry
from rtcli.session import Session
from rtcli.session.mark import Mark

if TYPE_CHECKING:
    from rtcli.rules import Check, Finding

SHOWN: Final = ("error", "warning")
"""Remarks stay in the list that validation makes: there are many, and nothing is wrong."""

QUOTING: Final = ("ERR01", "ERR03")
"""What these say ends with the server's own words, which stand in the row that they mark."""


class Marks:
    """Has entries judged in their order, and hangs what is found on the session."""

    def __init__(self, check: Check | None, session: Session | None = None) -> None:
        """`check` listens with what decodes the entries; without one nothing is found."""
        self._check = check
        self._session = session

    def of(self, entry: Entry) -> list[Mark]:
        """What is found now that the session has the entry; some of it may be about lines before."""
        found = self._check.feed(entry) if self._check is not None else ()
        return self._hung(found) if found else []

    def at_end(self) -> list[Mark]:
        """What is found because nothing more comes."""
        return self._hung(self._check.finish()) if self._check is not None else []

    def _hung(self, findings: Iterable[Finding]) -> list[Mark]:
        marks = [Mark(one.code, one.severity, _sentence(one), one.line) for one in findings if one.severity in SHOWN]
        if self._session is not None:
            for mark in marks:
                self._session.mark(mark)
        return marks


def _sentence(finding: Finding) -> str:
    """What is wrong; of what the schema says also the place inside the event."""
    if finding.code in QUOTING:
        return finding.message.partition(": ")[0]
    return f"{finding.path}: {finding.message}" if finding.code.startswith("SCH") and finding.path else finding.message


class MarksOnShown:
    """The marks on lines that are shown, where others are left out; a byte is remembered for each line."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks
        self._found: dict[int, list[Mark]] = {}
        self._shown = bytearray()

    def judged(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """The entries, each judged before it goes on: only then is what decoded them where they are."""
        for entry in entries:
            found = self._marks.of(entry)
            if found:
                self._found[entry.line] = found
            yield entry

    def of(self, entry: Entry, *, shown: bool) -> list[Mark]:
        """What came to light with the entry about lines that are shown."""
        if shown:
            self._shown.extend(bytes(max(0, entry.line + 1 - len(self._shown))))
            self._shown[entry.line] = 1
        return self._on_shown(self._found.pop(entry.line, []))

    def at_end(self) -> list[Mark]:
        """What is found about them because nothing more comes."""
        return self._on_shown(self._marks.at_end())

    def _on_shown(self, marks: list[Mark]) -> list[Mark]:
        return [mark for mark in marks if any(self._shown[mark.line : mark.line + 1])]
