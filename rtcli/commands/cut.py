"""``rtcli cut``: a part of a recording that can be judged like the whole."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from rtcli.commands.declared import Argument, Option
from rtcli.commands.offered import offered_items, offered_responses
from rtcli.commands.output import Overwriting
from rtcli.commands.source import Dialect, Form, Source
from rtcli.commands.spoken import Spoken

if TYPE_CHECKING:
    from rtcli.session.cutting import Cutting, Part, Selection
    from rtcli.session.selection import Named


def cut(
    path: Annotated[Path, Argument(metavar="FILE", help="A recording, or - for standard input.")],
    output: Annotated[
        Path,
        Option("--output", "-o", metavar="OUT", help="Where it goes; - is standard output.", envvar="RTCLI_OUTPUT"),
    ] = Path("-"),
    since: Annotated[
        str | None,
        Option(
            metavar="TIME",
            help="From this time on: 12.5, 250ms, 1m30s; -5 is five seconds before the end.",
            envvar="RTCLI_SINCE",
        ),
    ] = None,
    until: Annotated[str | None, Option(metavar="TIME", help="Up to this time.", envvar="RTCLI_UNTIL")] = None,
    turn: Annotated[
        str | None, Option(metavar="N..M", help="This turn, or these: 3, 3..5, 3.. .", envvar="RTCLI_TURN")
    ] = None,
    response: Annotated[
        str | None,
        Option(
            metavar="ID",
            help="From this response's first event to its last.",
            envvar="RTCLI_RESPONSE",
            autocompletion=offered_responses,
        ),
    ] = None,
    item: Annotated[
        str | None,
        Option(
            metavar="ID",
            help="From this item's first event to its last.",
            envvar="RTCLI_ITEM",
            autocompletion=offered_items,
        ),
    ] = None,
    overwrite: Overwriting = False,
    dialect: Dialect = Spoken.AUTO,
    form: Form = None,
) -> int:
    """Take a part out of a recording, with what it needs from before.

    Before the part stand, word for word and at their own times, the configuration in force at its
    beginning, and what is open there or spoken of in it: requests without an answer, responses that
    run, calls without an output, items. The header says which ends are cut off, so that `rtcli
    validate` and `rtcli doctor` find nothing in the part that they do not find in the whole. Times
    stay those of the whole. An id may be told by its beginning or its end.

    Example:  rtcli cut call.jsonl --turn 3..5 -o turns.jsonl

    Exit code: 0 done, 2 it could not be done, 3 some of the file was left out.
    """
    from rtcli.commands.lines import write_lines
    from rtcli.commands.twice import readable_twice
    from rtcli.commands.watched import copying

    if all(wish is None for wish in (since, until, turn, response, item)):
        return _copied(path, output, form, overwrite=overwrite)
    with readable_twice(path) as file:
        cutting, source = _planned(file, path, dialect, form, (since, until, turn, response, item))
        pieces = _pieces(cutting, copying(_lines(file, source, form), [file], output))
        write_lines(output, pieces, overwrite=overwrite)
    carried = sum(len(part.carried) for part in cutting.parts())
    if carried:
        several = "records go" if carried > 1 else "record goes"
        sys.stderr.write(f"rtcli: {carried} {several} with it from before; a note marks where they end\n")
    return source.code(0)


def _copied(path: Path, output: Path, form: str | None, *, overwrite: bool) -> int:
    """Everything is the recording itself."""
    from rtcli.commands.lines import write_lines
    from rtcli.commands.watched import copying
    from rtcli.formats.copied import Copied

    source, lines = Source(path, form=form), Copied(path, form)
    source.reading = lines.reading
    write_lines(output, copying(iter(lines), [path], output), overwrite=overwrite)
    return source.code(0)


Wishes = tuple[str | None, str | None, str | None, str | None, str | None]
"""What is wanted: since, until, turn, response, item."""


def _planned(file: Path, path: Path, dialect: Spoken, form: str | None, wishes: Wishes) -> tuple[Cutting, Source]:
    """What is to be taken, after one reading; of an id that is meant in another way than it seemed, after two."""
    from rtcli.errors import BadOption
    from rtcli.session.selection import Named

    selection = _selection(file, wishes)
    cutting, source = _read(file, path, dialect, form, selection)
    if isinstance(selection, Named) and len(selection.found) > 1:
        option = "--response" if wishes[3] is not None else "--item"
        if selection.text not in selection.found:
            fitting = ", ".join(list(selection.found)[:5])
            raise BadOption(
                option, f"{selection.text!r} fits {len(selection.found)}: {fitting}", "write more of the id"
            )
        if next(iter(selection.found)) != selection.text:
            selection = Named("response" if wishes[3] is not None else "item", selection.text, selection.text)
            cutting, source = _read(file, path, dialect, form, selection)
    if not cutting.parts():
        raise _nothing(path, wishes, selection)
    return cutting, source


def _read(file: Path, path: Path, dialect: Spoken, form: str | None, selection: Selection) -> tuple[Cutting, Source]:
    from rtcli.formats.reading import OWN
    from rtcli.session.cutting import Cutting

    source, cutting = Source(file, dialect, form), Cutting(selection)
    for number, entry in enumerate(source, 1):
        if source.reading.form != OWN:
            entry.line = number
        cutting.feed(entry)
    source.path = path
    return cutting, source


def _selection(file: Path, wishes: Wishes) -> Selection:
    """What the options ask for.

    Raises:
        BadOption: they ask for different things at once, or for nothing that can be meant.

    """
    from rtcli.errors import BadOption
    from rtcli.recording.times import parse_time
    from rtcli.session.selection import Named, Window

    since, until, turn, response, item = wishes
    ways = [
        name
        for name, given in (
            ("--since and --until", since if since is not None else until),
            ("--turn", turn),
            ("--response", response),
            ("--item", item),
        )
        if given is not None
    ]
    if len(ways) > 1:
        raise BadOption(ways[1], f"it cannot go together with {ways[0]}", "choose one, and cut the result again")
    if turn is not None:
        return _turns(turn)
    if response is not None or item is not None:
        return Named("response", response) if response is not None else Named("item", item or "")
    since_s = parse_time("--since", since) if since is not None else None
    until_s = parse_time("--until", until) if until is not None else None
    if (since_s or 0) < 0 or (until_s or 0) < 0:
        end_s = _end_of(file)
        since_s = max(0.0, end_s + since_s) if since_s is not None and since_s < 0 else since_s
        until_s = max(0.0, end_s + until_s) if until_s is not None and until_s < 0 else until_s
    if since_s is not None and until_s is not None and until_s < since_s:
        raise BadOption("--until", f"{until} lies before --since {since}", "write the earlier time first")
    return Window(since_s, until_s)


def _turns(text: str) -> Selection:
    from rtcli.errors import BadOption
    from rtcli.session.selection import TurnsOf

    told = re.fullmatch(r"(\d{1,9})(?:(\.\.)(\d{1,9})?)?", text)
    first = int(told[1]) if told else 0
    last = int(told[3] or 10**9) if told and told[2] else first
    if not 1 <= first <= last:
        raise BadOption("--turn", f"{text!r} is no turn", "write a number from 1 (3) or a range (3..5)")
    return TurnsOf(first, last)


_TIME = re.compile(rb'\s*\{\s*"t"\s*:\s*(\d+(?:\.\d+)?)\s*[,}]')


def _end_of(file: Path) -> float:
    """The latest time in a recording of our own, without decoding it."""
    from rtcli.formats import read_lines

    told = (_TIME.match(line) for line in read_lines(file))
    return max((float(one[1]) for one in told if one), default=0.0)


def _nothing(path: Path, wishes: Wishes, selection: Selection) -> Exception:
    """The error that says why nothing of the recording is wanted."""
    from rtcli.errors import BadOption
    from rtcli.session.selection import Named, TurnsOf, Window

    if isinstance(selection, Named):
        option = "--response" if wishes[3] is not None else "--item"
        return _no_such_id(option, path, selection)
    if isinstance(selection, TurnsOf):
        turns = f"{selection.turns} turn{'s' * (selection.turns != 1)}" if selection.turns else "no turns"
        return BadOption("--turn", f"{path} has {turns}", "`rtcli show` numbers them")
    assert isinstance(selection, Window)
    if selection.latest is None:
        return BadOption("--since and --until", f"{path} has no times", "choose with --turn, --response or --item")
    span = f"{path} runs from {selection.earliest:.3f} to {selection.latest:.3f} s"
    return BadOption("--since and --until", f"nothing lies between them: {span}")


def _no_such_id(option: str, path: Path, selection: Named) -> Exception:
    from rtcli.errors import BadOption

    near = ", ".join(selection.near)
    there = f"there are {near}" if near else f"there is none at all in {path}"
    return BadOption(option, f"no id begins or ends with {selection.text!r}", there)


def _lines(file: Path, source: Source, form: str | None) -> Iterator[bytes]:
    """The lines again: those of the file where they are our own, else those that stand for its records."""
    from rtcli.formats.copied import Copied

    return iter(Copied(file, form or source.reading.form))


def _pieces(cutting: Cutting, lines: Iterator[bytes]) -> Iterator[bytes]:
    """The lines of the parts, in order; each connection with its header."""
    parts = cutting.parts()
    if not cutting.leaves_something:
        yield from lines
        return
    number, ahead = 0, iter(lines)
    for part in parts:
        is_told = part.header and part.is_whole
        if not is_told:
            yield _header(part)
        for line in ahead:
            number += 1
            if number == part.first and part.carried and part.t is not None:
                yield _boundary(part)
            if part.takes(number) and number >= part.begins and (is_told or number != part.header_line):
                yield line.removeprefix(b"\xef\xbb\xbf") if number == 1 and not is_told else line
            if number == part.ends or (part is parts[-1] and part.after and number >= part.last):
                break


def _header(part: Part) -> bytes:
    """The header of a part that is not whole, or had none; what was cut off before stays cut off."""
    from rtcli.formats.headers import changed
    from rtcli.formats.rtcli import record_of
    from rtcli.recording import Header

    told = record_of(part.header)
    was = told if isinstance(told, Header) else Header(rtcli=1)
    cut = [end for end in ("start", "end") if end in part.cut or end in was.cut]
    changes: dict[str, object] = {"cut": cut or None}
    if part.before:
        begins = [t for t in (part.begins_s, was.begins_s) if t is not None]
        changes |= {"handshake": False, "begins_s": max(begins, default=None)}
    return changed(part.header, changes)


def _boundary(part: Part) -> bytes:
    """A note where the part itself begins."""
    from rtcli.formats.line import line_of
    from rtcli.recording import Note

    several = "records" if len(part.carried) > 1 else "record"
    return line_of(Note(part.t, f"rtcli cut: the {len(part.carried)} {several} above were carried along from before"))
