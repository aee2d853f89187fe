"""``rtcli merge``: several recordings in one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple

from rtcli.commands.declared import Argument, Option
from rtcli.commands.output import Overwriting

if TYPE_CHECKING:
    from rtcli.formats.copied import Copied
    from rtcli.formats.weaving import Strand

_LOOKED_AT: Final = 1000
"""How many lines are looked at for the session's id and for times."""


class Shape(StrEnum):
    """What becomes of the recordings."""

    AUTO = "auto"
    ONE = "one"
    SEVERAL = "several"


class Found(NamedTuple):
    """One of the recordings, as its first lines show it."""

    path: Path
    file: Path
    header: bytes
    fields: dict[str, Any]
    started_s: float | None
    session_id: str
    is_timed: bool
    lines: Copied
    """All of it, to be read once."""
    has_frames: bool
    """There is more in it than notes."""


def merge(
    paths: Annotated[list[Path], Argument(metavar="FILE...", help="The recordings; - is standard input.")],
    output: Annotated[
        Path,
        Option("--output", "-o", metavar="OUT", help="Where it goes; - is standard output.", envvar="RTCLI_OUTPUT"),
    ] = Path("-"),
    shape: Annotated[
        Shape,
        Option(
            "--as",
            help="one: one connection, its records woven by time; several: one connection after the other; auto: several"
            " where the sessions' ids differ.",
            envvar="RTCLI_AS",
        ),
    ] = Shape.AUTO,
    same_clock: Annotated[
        bool,
        Option(
            "--same-clock",
            help="All times count from the same moment; do not look when the recordings were started.",
            envvar="RTCLI_SAME_CLOCK",
        ),
    ] = False,
    keep_twice: Annotated[
        bool,
        Option("--keep-twice", help="Keep also what two recordings have seen alike.", envvar="RTCLI_KEEP_TWICE"),
    ] = False,
    overwrite: Overwriting = False,
) -> int:
    """Merge recordings into one file.

    What belongs to one call becomes one connection, in the order of time: the client's half and the
    server's half, the app's log and the proxy's, or notes that were taken beside it. Their clocks are
    brought together by the `started_at` of their headers; a frame that two of them have seen is kept
    once. Recordings of different sessions, such as two calls at once, are put one after the other,
    each as the connection it was, the one that began first in front: a file cannot tell the events
    of two connections apart when they are mixed.

    Example:  rtcli merge app.jsonl proxy.jsonl notes.jsonl -o call.jsonl

    Exit code: 0 done, 2 it could not be done, 3 some of a file was left out.
    """
    from rtcli.commands.lines import write_lines
    from rtcli.commands.twice import readable_twice
    from rtcli.commands.watched import copying
    from rtcli.errors import BadOption

    if [str(path) for path in paths].count("-") > 1:
        raise BadOption("FILE", "standard input can be only one of them", "name the others")
    with ExitStack() as copies:
        found = [_found(path, copies.enter_context(readable_twice(path))) for path in paths]
        sessions = {one.session_id for one in found if one.session_id}
        several = shape is Shape.SEVERAL or (shape is Shape.AUTO and len(sessions) > 1)
        twice = Twice()
        lines = _one_after_another(found) if several else _woven(found, twice, same_clock, keep_twice)
        write_lines(output, copying(lines, [one.file for one in found], output), overwrite=overwrite)
    if several and shape is Shape.AUTO:
        sys.stderr.write(f"rtcli: {len(sessions)} sessions: they stand one after the other\n")
    if twice.count:
        records = (
            "1 record that two of them have is"
            if twice.count == 1
            else f"{twice.count} records that two of them have are"
        )
        sys.stderr.write(f"rtcli: {records} kept once\n")
    return max(_code(one) for one in found)


def _code(one: Found) -> int:
    """The exit code that one of the recordings asks for, after what is to be told of it."""
    from rtcli.commands.source import Source

    source = Source(one.path)
    source.reading = one.lines.reading
    return source.code(0)


class Twice:
    """Counts what was seen twice."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        """One more."""
        self.count += 1


def _found(path: Path, file: Path) -> Found:
    """What the first lines of a recording show."""
    import msgspec

    from rtcli.formats.condition import record_of
    from rtcli.formats.copied import Copied
    from rtcli.formats.peek import look

    header, session_id, timed, framed = b"", "", False, False
    for number, line in enumerate(islice(Copied(file), _LOOKED_AT), 1):
        seen = look(line)
        if seen.kind == "header":
            header = header or line
        else:
            timed = timed or seen.t is not None
            framed = framed or seen.kind != "note"
        if seen.kind == "session.created" and not session_id:
            told = (record_of(line, number, seen) or {}).get("event")
            session = told.get("session") if isinstance(told, dict) else None
            session_id = str(session.get("id") or "") if isinstance(session, dict) else ""
    fields = msgspec.json.decode(header.removeprefix(b"\xef\xbb\xbf")) if header else {}
    return Found(path, file, header, fields, _moment(fields.get("started_at")), session_id, timed, Copied(file), framed)


def _moment(text: Any) -> float | None:
    """A moment in seconds; None where there is none."""
    try:
        return datetime.fromisoformat(text).timestamp()
    except (TypeError, ValueError):
        return None


def _one_after_another(found: list[Found]) -> Iterator[bytes]:
    """The recordings as they stand, the one that began first in front."""
    from rtcli.formats.headers import changed

    began = [one.started_s for one in found if one.started_s is not None]
    last = max(began, default=0.0)
    for one in sorted(found, key=lambda one: last if one.started_s is None else one.started_s):
        if not one.header:
            yield changed(b"", {})
        for line in one.lines:
            yield line if line.endswith(b"\n") else line + b"\n"


def _woven(found: list[Found], twice: Twice, same_clock: bool, keep_twice: bool) -> Iterator[bytes]:
    """The recordings as one connection, by time."""
    from rtcli.errors import BadOption
    from rtcli.formats.weaving import woven

    for one in found:
        if not one.is_timed:
            raise BadOption(
                "FILE", f"{one.path} has no times, so that nobody knows where its records belong", "leave it out"
            )
        if not same_clock and one.started_s is None:
            raise BadOption(
                "FILE",
                f"the header of {one.path} does not say when it was started",
                "if its times count from the same moment as the others', say --same-clock",
            )
    first = min(found, key=lambda one: one.started_s if one.started_s is not None else float("inf"))
    began_s = first.started_s or 0.0
    shifts_s = [0.0 if same_clock else (one.started_s or 0.0) - began_s for one in found]
    strands = [_strand(one, shift_s) for one, shift_s in zip(found, shifts_s, strict=True)]
    header = _header(found, shifts_s, first, same_clock)
    return _behind(header, woven(strands, None if keep_twice else twice))


def _behind(header: bytes, lines: Iterator[bytes]) -> Iterator[bytes]:
    yield header
    yield from lines


def _strand(one: Found, shift_s: float) -> Strand:
    from rtcli.formats.weaving import Strand

    def lines() -> Iterator[bytes]:
        from rtcli.errors import BadOption

        headed = False
        for line in one.lines:
            if b'"rtcli"' in line[:40] and line.lstrip(b"\xef\xbb\xbf \t").startswith(b'{"rtcli"'):
                if headed:
                    raise BadOption(
                        "FILE", f"{one.path} holds several connections", "take one of them out with `rtcli cut` first"
                    )
                headed = True
                continue
            yield line

    return Strand(str(one.path), lines(), shift_s, str(one.fields.get("started_at") or ""))


def _header(found: list[Found], shifts_s: list[float], first: Found, same_clock: bool) -> bytes:
    """The header of what was woven: it can be relied on as far as each of them can."""
    from rtcli.formats.headers import changed

    told = [one.fields for one in found if one.has_frames]
    basis = next((one for one in found if one.session_id and one.header), first)
    windows = [_window(one, shift_s) for one, shift_s in zip(found, shifts_s, strict=True) if one.has_frames]
    # Between parts that are not of the same stretch frames may be missing.
    is_one_window = all(window == windows[0] for window in windows)
    changes: dict[str, Any] = {
        "handshake": any(fields.get("handshake") is True for fields in told),
        "lossless": bool(told) and is_one_window and all(fields.get("lossless") is True for fields in told),
    }
    if first.header and not same_clock:
        changes["started_at"] = first.fields["started_at"]
    cut = [end for end in ("start", "end") if windows and all(end in window.cut for window in windows)]
    begins = [window.begins_s for window in windows if window.begins_s is not None]
    changes |= {"cut": cut or None, "begins_s": min(begins) if "start" in cut and begins else None}
    return changed(basis.header, changes)


class Window(NamedTuple):
    """The stretch of a connection that a recording is, as its header says."""

    cut: tuple[str, ...]
    begins_s: float | None


def _window(one: Found, shift_s: float) -> Window:
    """On the clock of what is woven."""
    cut, begins_s = one.fields.get("cut"), one.fields.get("begins_s")
    ends = tuple(end for end in ("start", "end") if isinstance(cut, list) and end in cut)
    return Window(ends, round(begins_s + shift_s, 6) if isinstance(begins_s, int | float) else None)
