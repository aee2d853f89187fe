"""``rtcli recover``: what can be had back of a damaged recording."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from rtcli.commands import DONE, LOST
from rtcli.commands.declared import Argument, Option
from rtcli.commands.output import Overwriting

if TYPE_CHECKING:
    from rtcli.formats.recovery import Recovery
    from rtcli.formats.remarks import Remarks


def recover(
    path: Annotated[Path, Argument(metavar="FILE", help="A damaged recording, or - for standard input.")],
    output: Annotated[
        Path,
        Option("--output", "-o", metavar="OUT", help="Where it goes; - is standard output.", envvar="RTCLI_OUTPUT"),
    ] = Path("-"),
    overwrite: Overwriting = False,
) -> int:
    """Get back what is whole in a damaged recording.

    Records that are there in one piece come out to the byte: out of torn lines, of lines that two
    programs wrote into each other, of objects that are printed over many lines or run together, from
    between byte order marks, CRLF and NULs, and from a packed file that was cut short. Nothing is
    made up: what was mended and what is lost is told by line. FILE stays as it is.

    Example:  rtcli recover crashed.jsonl -o call.jsonl

    Exit code: 0 nothing was lost, 2 it could not be done, 3 something was lost.
    """
    from rtcli.commands.lines import write_lines
    from rtcli.commands.watched import copying
    from rtcli.formats.packing import is_whole
    from rtcli.formats.recovery import Recovery
    from rtcli.formats.stream import COMPRESSED

    recovery = Recovery(copying(_damaged(path), [path], output))
    if path.suffix in COMPRESSED and path.is_file() and not is_whole(path):
        recovery.mended.add(0, "the packing had no end")
    write_lines(output, _whole(recovery, path), overwrite=overwrite)
    _tell(path, recovery)
    return LOST if recovery.lost.count else DONE


def _whole(recovery: Recovery, path: Path) -> Iterator[bytes]:
    """The records that are there.

    Raises:
        UnreadableRecording: there is none.

    """
    from rtcli.errors import UnreadableRecording

    yield from recovery
    if not recovery.records:
        raise UnreadableRecording(str(path), "there is no whole record in it", "is it a recording?")


def _damaged(path: Path) -> Iterator[bytes]:
    """The lines of what may be a damaged recording.

    Raises:
        UnreadableRecording: it is empty, no log at all, or one of another form, of which nothing could be had back here.

    """
    from rtcli.errors import UnreadableRecording
    from rtcli.formats.foreign import foreign
    from rtcli.formats.reading import begun, refuse_what_was_made_of_one
    from rtcli.formats.strangers import why_not

    head, lines = begun(path)
    refuse_what_was_made_of_one(path, head)
    if form := foreign(head):
        remedy = "`rtcli convert` makes a recording of it, and says what is damaged"
        raise UnreadableRecording(str(path), f"it looks like {form.title}, which is no recording", remedy)
    why, remedy = why_not(head)
    if why:
        raise UnreadableRecording(str(path), why, remedy)
    return chain(head, lines)


def _tell(path: Path, recovery: Recovery) -> None:
    """What was mended and what is lost, by line."""
    mended, lost = recovery.mended, recovery.lost
    _list(path, "mended", mended)
    _list(path, "lost", lost)
    if mended.count or lost.count:
        places = f"{mended.count} mended, {lost.count} lost" if lost.count else f"{mended.count} mended, nothing lost"
        there = "1 record is" if recovery.records == 1 else f"{recovery.records} records are"
        sys.stderr.write(f"rtcli: {there} there; {places}\n")


def _list(path: Path, what: str, remarks: Remarks) -> None:
    from rtcli.views.text import said

    told = 0
    for remark in remarks.told:
        told += remark.count
        where = f"{said(str(path))}:{remark.line}" if remark.line else said(str(path))
        times = f" ({remark.count} times)" if remark.count > 1 else ""
        sys.stderr.write(f"{where}: {what}: {remark.what}{times}\n")
    if remarks.count > told:
        sys.stderr.write(f"{said(str(path))}: {what}: {remarks.count - told} more\n")
