"""``rtcli transcript``: what both sides said."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from rtcli.commands.declared import Argument, Option
from rtcli.commands.output import Overwriting
from rtcli.commands.source import Dialect, Form, Source
from rtcli.commands.spoken import Spoken
from rtcli.errors import BadOption

if TYPE_CHECKING:
    from rtcli.session.saying import Saying


class Format(StrEnum):
    """What a transcript is written in."""

    TEXT = "text"
    MD = "md"
    SRT = "srt"
    VTT = "vtt"
    JSON = "json"


def transcript(
    path: Annotated[Path, Argument(metavar="FILE", help="A recording, or - for standard input.")],
    written: Annotated[
        Format | None,
        Option("--format", help="What to write; by the ending of -o, or text.", envvar="RTCLI_FORMAT"),
    ] = None,
    output: Annotated[
        Path | None,
        Option("--output", "-o", metavar="FILE", help="Write to this file.", envvar="RTCLI_OUTPUT"),
    ] = None,
    no_tools: Annotated[bool, Option("--no-tools", help="Leave out tool calls.", envvar="RTCLI_NO_TOOLS")] = False,
    out_of_band: Annotated[
        bool,
        Option("--out-of-band", help="Also what the model wrote outside the conversation.", envvar="RTCLI_OUT_OF_BAND"),
    ] = False,
    overwrite: Overwriting = False,
    dialect: Dialect = Spoken.AUTO,
    form: Form = None,
) -> int:
    """Write what both sides said, in the order of the conversation, with the times at which it was heard.

    The user's words are those of the transcription; speech without one stands as [no transcription]. Of an
    answer that was interrupted, what was not heard is marked: struck out, or in brackets. Which words those are
    is an estimate, by how much of the audio was heard and how text and audio came.

    Example:  rtcli transcript call.jsonl --format srt -o call.srt

    Exit code: 0 done, 2 the file could not be read or the result not written, 3 some of it was left out.
    """
    from rtcli.commands.output import STANDARD_OUTPUT, writing, wrote
    from rtcli.session.dialogue import dialogues

    chosen = written or _by_ending(output)
    source = Source(path, dialect, form)
    told = dialogues(source)
    sayings = [one for one in told if (not no_tools or one.kind != "call") and (out_of_band or not one.out_of_band)]
    title = path.name if str(path) != "-" else "standard input"
    if chosen in (Format.SRT, Format.VTT) and sayings and not any(one.starts_s is not None for one in sayings):
        raise BadOption("--format", "subtitles need times, and the recording has none", "--format text needs none")
    if chosen is Format.TEXT and output is None and sys.stdout.isatty():
        _print(sayings)
    else:
        with writing(output, overwrite=overwrite) as stream:
            if output is not None and output != STANDARD_OUTPUT and (output.is_file() or not output.exists()):
                os.fchmod(stream.fileno(), 0o600)
            for piece in _pieces(title, sayings, chosen):
                stream.write(piece)
    wrote(output)
    _remark(told, sayings, out_of_band=out_of_band)
    return source.code(0)


def _by_ending(output: Path | None) -> Format:
    endings = {".md": Format.MD, ".srt": Format.SRT, ".vtt": Format.VTT, ".json": Format.JSON}
    return endings.get(output.suffix.lower(), Format.TEXT) if output is not None else Format.TEXT


def _pieces(title: str, sayings: list[Saying], chosen: Format) -> Iterator[str]:
    """The transcript, a piece at a time; nothing in it can move a cursor."""
    from rtcli.reports import subtitles, transcript
    from rtcli.reports.json import written
    from rtcli.views.text import said

    if chosen is Format.JSON:
        yield written(transcript.document(title, sayings)) + "\n"
        return
    clean = [_cleaned(one) for one in sayings]
    if chosen is Format.TEXT:
        yield from transcript.text(clean)
    elif chosen is Format.MD:
        yield from transcript.markdown(said(title), clean)
    else:
        cues = subtitles.cues(clean)
        yield from subtitles.srt(cues) if chosen is Format.SRT else subtitles.vtt(cues)


def _cleaned(one: Saying) -> Saying:
    """The same with control characters made visible, and what was heard counted anew."""
    from msgspec.structs import replace

    from rtcli.reports.wording import flat
    from rtcli.views.text import said

    heard, unheard = said(flat(one.heard)), said(flat(one.unheard))
    gap = " " if heard and unheard else ""
    return replace(
        one,
        text=f"{heard}{gap}{unheard}",
        heard_characters=None if one.heard_characters is None else len(heard + gap),
        name=said(flat(one.name)),
        failure=said(flat(one.failure)),
        output=None if one.output is None else said(flat(one.output)),
    )


def _print(sayings: list[Saying]) -> None:
    from rtcli.reports.wording import clock, flat, heard, name, remark
    from rtcli.views.console import console
    from rtcli.views.transcript import print_saying

    screen = console()
    for one in sayings:
        words = (clock(one.starts_s), name(one), heard(one), flat(one.unheard), remark(one))
        print_saying(screen, one, words)


def _remark(told: list[Saying], sayings: list[Saying], *, out_of_band: bool) -> None:
    """What is to be known of a transcript beside it."""
    from rtcli.reports.transcript import ESTIMATE
    from rtcli.views.measure import plural

    apart = sum(one.out_of_band for one in told)
    if apart and not out_of_band:
        sys.stderr.write(
            f"rtcli: {plural(apart, 'item')} outside the conversation left out: --out-of-band shows them\n"
        )
    if any(one.unheard.strip() for one in sayings):
        sys.stderr.write(f"rtcli: {ESTIMATE[0].lower()}{ESTIMATE[1:].rstrip('.')}\n")
    if not sayings:
        sys.stderr.write("rtcli: nothing is said in it\n")
