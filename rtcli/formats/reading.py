"""A recording while it is read: what it was taken for, its entries, and what of it could not be taken.

Recordings of our own and bare event lines go to the reader that decodes a line at once; what it costs to
see that they are that, is a look at the first lines. Only what does not look like either is asked for its form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from rtcli.errors import BadOption, UnreadableRecording
from rtcli.events import Listener
from rtcli.formats import rtcli
from rtcli.formats.entry import Entry, interpret
from rtcli.formats.overlong import without
from rtcli.formats.own import looks_own
from rtcli.formats.stream import Moved, read_lines
from rtcli.recording import Header, Note, Record

if TYPE_CHECKING:
    from rtcli.formats.form import Form

OWN: Final = "rtcli"
"""The name of our own recordings, and of bare event lines."""
_SNIFFED_BYTES: Final = 1 << 16
_SNIFFED_LINES: Final = 20
_DROPS_KEPT: Final = 20
_DROPS_AWAITED: Final = 64


class Drop(Struct, frozen=True):
    """Something in a file that is no part of the session, or cannot be read as one."""

    line: int
    why: str


class Reading:
    """Iterated over once, it gives every entry of the file, decoded, in order and with flat memory.

    Raises, when it is iterated over:
        UnreadableRecording: the file cannot be read, is empty, or holds nothing that could be an event.

    """

    def __init__(
        self,
        path: Path,
        listener: Listener | None = None,
        form: str | None = None,
        taking: rtcli.InOrder | rtcli.Taking | None = None,
    ) -> None:
        """Read `path`, as `form` if that is given, a name in `FORMS` or that of our own.

        Of recordings of our own, the events that `taking` takes in are left out.

        Raises:
            BadOption: there is no such form.

        """
        self.path = path
        self.listener = listener or Listener()
        self.form = form or ""
        """What the file was taken for, once the first entry is out."""
        self.guess = ""
        """What to tell a person about that; empty for recordings of our own and for bare events."""
        self.dropped = 0
        self.drops: list[Drop] = []
        """The first of what was dropped."""
        self.torn: int | None = None
        """The line that has no end, if the last one has none."""
        self.skipped: list[Drop] = []
        """The lines that were too long to be read: the first of them."""
        self.moved: Moved | None = None
        """Is told how much of the file was read, for those who watch."""
        self.taking = taking
        """What takes in events of a recording of our own, which are left out then."""
        self._asked = _form(form) if form and form != OWN else None
        self._missed: list[Drop] = []
        """What was dropped, and is not yet told in its place: readers look ahead."""

    def drop(self, line: int, why: str, /, *, missing: bool = True) -> None:
        """Take down that something in a line was left out, and whether it is of the session that is read."""
        self.dropped += 1
        if len(self.drops) < _DROPS_KEPT:
            self.drops.append(Drop(line, why))
        if missing and len(self._missed) < _DROPS_AWAITED:
            self._missed.append(Drop(line, why))

    @property
    def lost(self) -> bool:
        """Whether something of the file was left out, or was lost before: known at its end."""
        return self.dropped > 0 or self.torn is not None or bool(self.skipped)

    def tear(self, line: int) -> None:
        """Take down that a line has no end."""
        self.torn = line

    def skip(self, line: int, why: str) -> None:
        """Take down that a line was too long to be read."""
        if len(self.skipped) < _DROPS_KEPT:
            self.skipped.append(Drop(line, why))

    def __iter__(self) -> Iterator[Entry]:
        form, lines = self.opened()
        if form is None:
            return rtcli.read(lines, self.listener, self.tear, self.taking, skipped=self.skip)
        return self._translated(form, lines)

    def opened(self) -> tuple[Form | None, Iterator[bytes]]:
        """The form that the file is taken for, None for our own, and its lines, from the first on.

        Raises:
            UnreadableRecording: there is nothing in it that could be an event.

        """
        head, lines = begun(self.path, self.moved)
        insists = self._asked is not None or self.form == OWN
        own = not insists and looks_own(head)
        if not (insists or own):
            refuse_what_was_made_of_one(self.path, head)
        form = self._asked if insists else None if own else _look(head)
        if form is None:
            if not (insists or own):
                _refuse_strangers(self.path, head)
            _refuse_what_holds_nothing(self.path, head)
        elif not insists:
            self.guess = f"read as {form.title}; --from FORM insists on another form"
        self.form = form.name if form else OWN
        return form, chain(head, lines)

    def nothing_of(self, form: Form) -> UnreadableRecording:
        """Why a file that was read as another form cannot be: there was nothing in it."""
        return UnreadableRecording(str(self.path), *self._nothing(form))

    def _translated(self, form: Form, lines: Iterable[bytes]) -> Iterator[Entry]:
        """The records of another form as entries, each with the line that would stand for it in a recording."""
        found = False
        try:
            for line, record in form.read(without(lines, self.drop), self.drop):
                found = True
                if self._missed and self._missed[0].line <= line:
                    yield self._gap(line, None if isinstance(record, Header) else record.t)
                yield self._entry(record, line)
            if self._missed:
                yield self._gap(self._missed[-1].line, None)
        except UnreadableRecording as error:
            raise UnreadableRecording(str(self.path), error.why, error.remedy) from error
        if not found:
            raise self.nothing_of(form)

    def _gap(self, until_line: int, t: float | None) -> Entry:
        """A note for what was dropped up to a line, so that nothing is concluded from what is not there."""
        drop = self._missed[0]
        self._missed = [one for one in self._missed if one.line > until_line]
        return self._entry(Note(t, f"left out: {drop.why}", missing=True), drop.line)

    def _entry(self, record: Record, line: int) -> Entry:
        entry = interpret(record, line, self.listener)
        from rtcli.formats.line import line_of  # noqa: PLC0415 - only for logs of other programs

        entry.raw = line_of(record)
        return entry

    def _nothing(self, form: Form) -> tuple[str, str]:
        """Why there is nothing in a file that was read as another form, and what to do."""
        if self.drops:
            first = self.drops[0]
            return (
                f"nothing of it can be read as {form.title}; line {first.line}: {first.why}",
                "try another form with --from",
            )
        return f"as {form.title} it holds no event", "leave out --from, or try another form with it"


def begun(path: Path, moved: Moved | None = None) -> tuple[list[bytes], Iterator[bytes]]:
    """The first lines of a file, as many as it takes to tell what they are, and the rest.

    Raises:
        UnreadableRecording: it cannot be read, or all of it is empty, as the rest tells at its end.

    """
    lines = read_lines(path, moved)
    head = _head(lines)
    return head, _not_empty(path, lines) if all(map(bytes.isspace, head)) else lines


def form_of(head: list[bytes]) -> Form | None:
    """The form of another program's log that the first lines look like; None where it is ours, or none."""
    return None if looks_own(head) else _look(head)


def _head(lines: Iterator[bytes]) -> list[bytes]:
    """The first lines, as many as it takes to tell what they are."""
    head: list[bytes] = []
    size = 0
    for line in lines:
        head.append(line)
        size += len(line)
        if size >= _SNIFFED_BYTES:
            break
    return head


def is_log(path: Path) -> bool:
    """Whether a file looks like a log of another program with events in it; not if it cannot be read."""
    try:
        with path.open("rb") as file:
            return _look([file.read(_SNIFFED_BYTES)]) is not None
    except OSError:
        return False


def _look(head: list[bytes]) -> Form | None:
    from rtcli.formats import forms  # noqa: PLC0415 - dozens of modules that our own recordings never need

    return forms.form_of(b"".join(head)[:_SNIFFED_BYTES])


def _form(name: str) -> Form:
    from rtcli.formats.forms import FORMS  # noqa: PLC0415

    if name not in FORMS:
        raise BadOption("--from", f"there is no form {name!r}", f"take one of {', '.join((OWN, *FORMS))}")
    return FORMS[name]


def _not_empty(path: Path, lines: Iterator[bytes]) -> Iterator[bytes]:
    """The lines of a file that begins with none that says anything.

    Raises:
        UnreadableRecording: none of the others does.

    """
    empty = True
    for line in lines:
        empty = empty and line.isspace()
        yield line
    if empty:
        raise UnreadableRecording(str(path), "it is empty", "a recording has one event or record on each line")


def refuse_what_was_made_of_one(path: Path, head: list[bytes]) -> None:
    """Refuse what a recording was converted into, or what was written about it.

    Raises:
        UnreadableRecording: it is such a thing.

    """
    from rtcli.formats.products import made_of_one  # noqa: PLC0415

    if why := made_of_one(b"".join(head[:1])):
        raise UnreadableRecording(str(path), why, "name the recording that it was made of")


def _refuse_strangers(path: Path, head: list[bytes]) -> None:
    from rtcli.formats.strangers import why_not  # noqa: PLC0415

    why, remedy = why_not(head)
    if why:
        raise UnreadableRecording(str(path), why, remedy)


def _refuse_what_holds_nothing(path: Path, head: list[bytes]) -> None:
    first = head[:_SNIFFED_LINES]
    told = [line for line in first if not line.isspace()]
    if told and not any(line.lstrip(b"\xef\xbb\xbf \t").startswith(b"{") for line in told):
        why = f"none of its first {len(first)} lines is a JSON object" if len(first) > 1 else "it holds no JSON object"
        from rtcli.formats.forms import FORMS  # noqa: PLC0415

        remedy = f"if it is another program's log, name its form: --from {', '.join(FORMS)}"
        raise UnreadableRecording(str(path), why, remedy)
