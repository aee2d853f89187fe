"""``rtcli report``: a recording as a web page."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from rtcli.commands.declared import Argument, Option
from rtcli.commands.output import Overwriting
from rtcli.commands.priced import Priced
from rtcli.commands.source import Dialect, Form, Source
from rtcli.commands.spoken import Spoken

if TYPE_CHECKING:
    from rtcli.session.prices import Prices

_LARGE_BYTES = 40_000_000
"""Mail and ticket systems take little more, and a browser needs a moment."""


class Sound(StrEnum):
    """How much of the audio goes into the page."""

    SMALL = "small"
    FULL = "full"
    NONE = "none"


def report(
    path: Annotated[Path, Argument(metavar="FILE", help="A recording, or - for standard input.")],
    output: Annotated[
        Path | None,
        Option("--output", "-o", metavar="FILE", help="The page to write, or - for a pipe.", envvar="RTCLI_OUTPUT"),
    ] = None,
    audio: Annotated[
        Sound,
        Option(
            help="small: as µ-law at 8 kHz, without stretches that nobody hears. full: as the recording has it. none: waveforms only.",
            envvar="RTCLI_AUDIO",
        ),
    ] = Sound.SMALL,
    no_audio: Annotated[
        bool, Option("--no-audio", help="The same as --audio none: a small page.", envvar="RTCLI_NO_AUDIO")
    ] = False,
    overwrite: Overwriting = False,
    dialect: Dialect = Spoken.AUTO,
    form: Form = None,
    prices: Priced = None,
) -> int:
    """Make a web page of a call: what went wrong, a timeline to zoom and listen to, transcript, latency.

    The page is one file, needs no network, and works by keyboard (? lists the keys). It holds what was
    said and heard in the call: give it only to people who may know that, and keep it as you keep the
    recording. Base64 is left out of the events; audio is in it unless --no-audio.

    Example:  rtcli report call.jsonl -o call.html

    Exit code: 0 done, 2 the file could not be read or the page not written, 3 some of the file was left out.
    """
    from rtcli.commands.binary import PAGE, refuse
    from rtcli.commands.output import wrote
    from rtcli.commands.priced import prices_of
    from rtcli.commands.twice import readable_twice, refuse_as_its_own_result
    from rtcli.errors import BadOption

    if output is None:
        raise BadOption("--output", "say where to write", "name a page (call.html), or - for a pipe")
    if no_audio and audio is not Sound.SMALL:
        raise BadOption("--no-audio", f"--audio {audio.value} asks for sound", "leave out one of the two")
    refuse_as_its_own_result(path, output)
    refuse(output, PAGE, overwrite=overwrite)
    sound, table = Sound.NONE if no_audio else audio, prices_of(prices)
    with readable_twice(path) as readable:
        source = Source(readable, dialect, form)
        source.path = path
        pieces = page_of(source, Source(readable, dialect, form), table, sound)
        size = _write(output, pieces, overwrite=overwrite)
    wrote(output)
    if size > _LARGE_BYTES:
        sys.stderr.write(_large(size, with_audio=sound is not Sound.NONE))
    return source.code(0)


def page_of(source: Source, again: Source, prices: Prices, audio: Sound = Sound.SMALL) -> Iterator[str]:
    """The page of a recording that can be read twice, in parts that belong one behind the other.

    Raises:
        UnreadableRecording: it cannot be read.

    """
    from rtcli.reports.page import Audio, Judged, Stories, Words, pieces
    from rtcli.views.carried import carried, kind_of
    from rtcli.views.facts import facts

    stories = Stories(Judged(source.listener, prices=prices), Audio(audio.value), Words(kind_of, carried, facts))
    for entry in source:
        stories.feed(entry)
    stories.finish()
    stories.listen(again)
    return pieces(source.path.name if str(source.path) != "-" else "standard input", stories)


def _write(output: Path, pieces: Iterator[str], *, overwrite: bool) -> int:
    """Write the page; how many bytes it has."""
    from rtcli.commands.binary import PAGE, writing_binary
    from rtcli.commands.output import STANDARD_OUTPUT

    size = 0
    if output == STANDARD_OUTPUT:
        for piece in pieces:
            sys.stdout.write(piece)
        return 0
    with writing_binary(output, PAGE, overwrite=overwrite) as stream:
        for piece in pieces:
            size += stream.write(piece.encode(errors="backslashreplace"))
    return size


def _large(size: int, *, with_audio: bool) -> str:
    remedy = "--no-audio makes a smaller one" if with_audio else "a part of the recording makes a smaller one"
    return f"rtcli: the page has {size / 1e6:,.0f} MB; {remedy}\n"
