"""``rtcli bundle``: recordings without their secrets, and what is told of them, in one file for a ticket."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TextIO

from rtcli.commands import DONE, LOST
from rtcli.commands.declared import Argument, Option
from rtcli.commands.output import Overwriting
from rtcli.commands.priced import Priced
from rtcli.commands.redacted import Audio, AudioChoice, Fields, Patterns, Redacted, Text, TextChoice
from rtcli.commands.source import Dialect, Form
from rtcli.commands.spoken import Spoken

if TYPE_CHECKING:
    from rtcli.causes.case import Case
    from rtcli.commands.bundled import Call
    from rtcli.formats.archive import Member
    from rtcli.session.prices import Prices


def bundle(
    paths: Annotated[list[Path], Argument(metavar="FILE...", help="Recordings, or - for standard input.")],
    output: Annotated[
        Path | None,
        Option("--output", "-o", metavar="ZIP", help="The archive to write.", envvar="RTCLI_OUTPUT"),
    ] = None,
    issue: Annotated[
        bool,
        Option("--issue", help="Print a Markdown text for an issue tracker.", envvar="RTCLI_ISSUE"),
    ] = False,
    audio: Audio = AudioChoice.SILENCE,
    text: Text = TextChoice.KEEP,
    pattern: Patterns = None,
    field: Fields = None,
    allow_doubts: Annotated[
        bool,
        Option(
            "--allow-doubts",
            help="Pack it although something in it looks like a secret of no known shape.",
            envvar="RTCLI_ALLOW_DOUBTS",
        ),
    ] = False,
    overwrite: Overwriting = False,
    dialect: Dialect = Spoken.AUTO,
    form: Form = None,
    prices: Priced = None,
) -> int:
    """Pack recordings for a ticket: without their secrets, with report, diagnosis, findings and versions.

    Everything in the archive is made of the redacted recordings; see `rtcli redact` for what is taken
    out, and for --audio, --text, --pattern and --field. The report in it is a web page that needs no
    network. What is inside and what was removed is printed. Where something looks like a secret of no
    known shape nothing is packed, unless --allow-doubts says that it is none.

    Example:  rtcli bundle call.jsonl -o ticket.zip

    Exit code: 0 done, 2 a file could not be read or the archive not written, 3 something looks like a
    secret and nothing was packed, or a part of a file was not read.
    """
    from rtcli.commands.priced import prices_of
    from rtcli.commands.twice import refuse_as_its_own_result
    from rtcli.errors import BadOption

    if output is None and not issue:
        raise BadOption("--output", "say where to write", "name an archive (ticket.zip), or take --issue for a text")
    if [str(path) for path in paths].count("-") > 1:
        raise BadOption("FILE", "standard input can be read once only", "name a file")
    for path in paths:
        refuse_as_its_own_result(path, output)
    _refuse(output, overwrite=overwrite)
    table = prices_of(prices)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rtcli-")))
        works = [
            stack.enter_context(Redacted(path, audio, text, pattern or [], field or [], dialect, form))
            for path in paths
        ]
        for number, work in enumerate(works):
            work.run(folder / f"{number}.jsonl")
        if any(work.redaction.doubts for work in works) and not allow_doubts:
            return _refused(works)
        calls = _calls(works, folder, table, dialect)
        shown = sys.stderr if issue else sys.stdout
        if output is not None:
            _tell(output, _packed(output, calls, works, overwrite=overwrite), works, shown)
        if issue:
            sys.stdout.write(_issue(calls))
        return max(
            (LOST if work.code() == LOST and not work.redaction.doubts else DONE for work in works), default=DONE
        )


_VERSIONS: Final = "versions.json"
_OTHER_FORMS: Final = frozenset(
    {".tar", ".gz", ".tgz", ".bz2", ".xz", ".txz", ".zst", ".7z", ".rar", ".jsonl", ".json", ".html", ".txt", ".md"}
)
"""Endings of names that promise what is not written."""
_README: Final = "README.txt"
_OF_THE_ARCHIVE: Final = (_VERSIONS, _README)
"""Names that no call's folder may have, or nobody could unpack it."""


def _refuse(output: Path | None, *, overwrite: bool) -> None:
    """Say what is wrong with the name before anything is read."""
    from rtcli.commands.binary import ARCHIVE, refuse
    from rtcli.errors import BadOption

    if output is None:
        return
    if output.suffix.lower() in _OTHER_FORMS:
        why = f"only ZIP is written, and {output.name} is another form by its name"
        raise BadOption("--output", why, f"name it {output.name.partition('.')[0] or 'ticket'}.zip")
    refuse(output, ARCHIVE, overwrite=overwrite)


def _refused(works: Sequence[Redacted]) -> int:
    """Say what looks like a secret, and that nothing was packed."""
    for work in works:
        work.tell_doubts()
    sys.stderr.write("rtcli: nothing was packed; name what is secret, or say --allow-doubts if none of it is\n")
    return LOST


def _calls(works: Sequence[Redacted], folder: Path, prices: Prices, dialect: Spoken) -> list[Call]:
    """The calls under names that tell nothing that the recordings do not."""
    from rtcli.commands.bundled import Call
    from rtcli.formats import ENDINGS
    from rtcli.formats.archive import safe_names

    names = []
    for work in works:
        name = "recording" if str(work.path) == "-" else work.path.name
        ending = next((one for one in sorted(ENDINGS, key=len, reverse=True) if name.endswith(one)), "")
        names.append(work.redaction.quietly(name.removesuffix(ending)))
    safe = safe_names([*_OF_THE_ARCHIVE, *names])[len(_OF_THE_ARCHIVE) :]
    return [Call(name, folder / f"{number}.jsonl", prices, dialect) for number, name in enumerate(safe)]


def _packed(output: Path, calls: Sequence[Call], works: Sequence[Redacted], *, overwrite: bool) -> list[Member]:
    """Write the archive: by name, so that the same content gives the same bytes."""
    from rtcli.commands.binary import ARCHIVE, writing_binary
    from rtcli.formats.archive import Archive

    with writing_binary(output, ARCHIVE, overwrite=overwrite) as file, Archive(file) as archive:
        for call, work in sorted(zip(calls, works, strict=True), key=lambda pair: pair[0].name):
            for name, content in call.members():
                archive.add(name, content)
            archive.add(f"{call.name}/redaction.json", _redaction(work, call.recording))
        archive.add(_VERSIONS, _surroundings())
        archive.add(_README, _readme(calls, works, archive.members))
    return archive.members


def _redaction(work: Redacted, name: str) -> str:
    from rtcli.reports.json import written

    return written({**work.document, "file": name}) + "\n"


def _surroundings() -> str:
    from rtcli.commands.surroundings import environment, versions
    from rtcli.reports.json import written

    return written({"schema": "rtcli.versions/1", "versions": versions(), "environment": environment()}) + "\n"


_SOUND: Final = {
    "silence": "its sound became silence of the same length",
    "drop": "its sound was left out",
    "keep": "ITS SOUND IS IN IT: whoever has this file can hear the voices",
}


def _readme(calls: Sequence[Call], works: Sequence[Redacted], members: Sequence[Member]) -> str:
    """What is what, and sums to check it by."""
    names = ", ".join(call.name for call in calls)
    sound = _SOUND[works[0].work.audio]
    words = "the words that were said are masked" if works[0].work.masks else "the words that were said are in it"
    rows = "".join(f"{member.sha256}  {member.size_bytes:>12}  {member.name}\n" for member in members)
    return (
        f"A ticket of rtcli: {names}\n\n"
        "In the folder of each call:\n"
        "  report.html     the call to look at, in any browser; start here\n"
        "  doctor.txt      what went wrong, and why (doctor.json for programs)\n"
        "  findings.json   what breaks the protocol, by line\n"
        "  info.json       the call in numbers\n"
        "  redaction.json  what was taken out of the recording, and how often\n"
        "  NAME.jsonl      the recording; its secrets were replaced by what is as long;\n"
        f"                  {sound};\n"
        f"                  {words}\n\n"
        "versions.json: what made it, and on what.\n\n"
        "SHA-256, bytes, name:\n"
        f"{rows}"
    )


def _tell(output: Path, members: Sequence[Member], works: Sequence[Redacted], out: TextIO) -> None:
    """What is inside, and what was removed."""
    from rtcli.commands.output import wrote
    from rtcli.views.measure import plural
    from rtcli.views.text import said

    if str(output) == "-":
        out = sys.stderr
    wrote(output, plural(len(members), "file"))
    out.writelines(f"  {member.size_bytes:>12,}  {said(member.name)}\n" for member in members)
    for work in works:
        out.writelines(f"{line}\n" for line in work.summary())
        work.tell_fields()


def _issue(calls: Sequence[Call]) -> str:
    from rtcli.commands.surroundings import versions
    from rtcli.reports.issue import issue, lines_wanted

    return issue(_shown(calls, lines_wanted(call.case for call in calls)), versions())


def _shown(calls: Sequence[Call], wanted: Sequence[set[int]]) -> Iterator[tuple[str, Case, dict[int, str]]]:
    for call, lines in zip(calls, wanted, strict=True):
        yield call.name, call.case, call.lines(lines)
