"""``rtcli audio``: the sound of a call as WAV files."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from rtcli.commands import DONE, LOST
from rtcli.commands.choice import Since, Until
from rtcli.commands.declared import Argument, Option
from rtcli.commands.output import Overwriting
from rtcli.commands.source import Dialect, Form, Source
from rtcli.commands.spoken import Spoken
from rtcli.errors import BadOption

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rtcli.formats import Entry
    from rtcli.session.clip import Side
    from rtcli.session.whole_call import Call, Span


_OTHER_FORMS: Final = frozenset({".aac", ".flac", ".m4a", ".mp3", ".oga", ".ogg", ".opus", ".webm"})


class Heard(StrEnum):
    """Who is heard."""

    USER = "user"
    MODEL = "model"


def audio(
    path: Annotated[Path, Argument(metavar="FILE", help="A recording, or - for standard input.")],
    output: Annotated[
        Path | None,
        Option("--output", "-o", metavar="WAV", help="The file to write, or - for a pipe.", envvar="RTCLI_OUTPUT"),
    ] = None,
    side: Annotated[
        Heard | None,
        Option(help="Only this side, in one channel and in the format it was sent in.", envvar="RTCLI_SIDE"),
    ] = None,
    per_item: Annotated[
        Path | None,
        Option(metavar="DIR", help="Write one file an item into this folder.", envvar="RTCLI_PER_ITEM"),
    ] = None,
    delivered: Annotated[
        bool,
        Option(
            "--delivered", help="With --per-item: all that came, not only what was heard.", envvar="RTCLI_DELIVERED"
        ),
    ] = False,
    since: Since = None,
    until: Until = None,
    overwrite: Overwriting = False,
    dialect: Dialect = Spoken.AUTO,
    form: Form = None,
) -> int:
    """Write the sound of a call as a WAV file: the user on the left, the model on the right, as they were heard.

    The user's words stand where they were spoken; the model's, which come faster than they are spoken,
    stand where a player played them, and end where they were truncated, cleared, or pushed aside by the next
    answer. Responses outside the conversation are not in it; --per-item has them too. What was written,
    and what nobody heard, is told on standard error.

    Example:  rtcli audio call.jsonl -o call.wav

    Exit code: 0 done, 2 the file could not be read, holds no audio, or the result could not be written, 3 some
    audio was left out or had been shortened by whoever made the log.
    """
    from rtcli.commands.binary import AUDIO, refuse
    from rtcli.commands.twice import readable_twice

    if output is None and per_item is None:
        raise BadOption("--output", "there is no file to write to", "name one: -o call.wav")
    if per_item is not None and (since is not None or until is not None):
        raise BadOption("--per-item", "an item is written whole", "leave out --since and --until")
    if delivered and per_item is None:
        raise BadOption("--delivered", "the call holds what was heard", "take --per-item DIR for all that came")
    if output is not None:
        _refuse_other_forms(output)
        refuse(output, AUDIO, overwrite=overwrite)
    times = _times(since, until)
    with readable_twice(path) as readable:
        made = Made(path, readable, dialect, form)
        if output is not None:
            made.mix(output, side, times, overwrite=overwrite)
        if per_item is not None:
            made.divide(per_item, side, delivered=delivered)
        return made.code()


def _refuse_other_forms(output: Path) -> None:
    """Refuse a name that promises what is not written, as another form's.

    Raises:
        BadOption: it is such a name.

    """
    if output.suffix.lower() in _OTHER_FORMS:
        remedy = f"name it {output.with_suffix('.wav').name}; sox or ffmpeg makes other forms of that"
        raise BadOption("--output", f"only WAV is written, and {output.name} is another form by its name", remedy)


def _times(since: str | None, until: str | None) -> tuple[float | None, float | None]:
    """From when to when, in seconds; below zero they count from the end.

    Raises:
        BadOption: one is no time, or they are the wrong way round.

    """
    from rtcli.recording.times import parse_time

    since_s = None if since is None else parse_time("--since", since)
    until_s = None if until is None else parse_time("--until", until)
    if since_s is not None and until_s is not None and until_s < since_s and (until_s >= 0) == (since_s >= 0):
        raise BadOption("--until", f"{until} lies before --since {since}", "write the earlier time first")
    return since_s, until_s


class Made:
    """What is made of a recording, which is read once for what is heard when, and again for each result."""

    def __init__(self, path: Path, readable: Path, dialect: Spoken, form: str | None) -> None:
        """Read it.

        Raises:
            UnreadableRecording: it cannot be read, or holds no audio.

        """
        from rtcli.errors import UnreadableRecording
        from rtcli.session.soundtrack import soundtracks
        from rtcli.session.whole_call import Call
        from rtcli.views.sound import absence, lacking

        self._readable, self._dialect, self._form = readable, dialect, form
        self._source = Source(readable, dialect, form)
        self._source.path = path
        self.call = Call(list(soundtracks(iter(self._source))))
        missing = absence(self.call)
        if missing:
            self._source.code(0)
            raise UnreadableRecording(str(path), *missing)
        self._lacking = lacking(self.call)

    def mix(self, output: Path, side: Heard | None, times: tuple[float | None, ...], *, overwrite: bool) -> None:
        """Write one file, of one channel or two."""
        from rtcli.commands.binary import AUDIO, writing_binary
        from rtcli.commands.output import tell, wrote
        from rtcli.formats.wav import MOST_BYTES, header
        from rtcli.reports.mixdown import mixed
        from rtcli.views.sound import told

        sides: tuple[Side, ...] = (side.value,) if side else ("user", "model")
        if not any(self.call.clips(one) for one in sides):
            raise BadOption(
                "--side" if side else "--output", f"nothing is heard of {' and '.join(sides)} in the conversation"
            )
        span, coding = _span(self.call, *times), self.call.coding(sides)
        size = span.samples(coding.rate_hz) * coding.sample_bytes * len(sides)
        if size > MOST_BYTES:
            hours = (span.until_s - span.since_s) / 3600
            raise BadOption(
                "--output", f"{hours:.1f} hours are more than a WAV file holds", "take a part: --since, --until"
            )
        folder = output.absolute().parent if output.is_file() or not output.exists() else None
        with writing_binary(output, AUDIO, overwrite=overwrite) as stream:
            stream.write(header(coding.name, size, rate_hz=coding.rate_hz, channels=len(sides)))
            for window in mixed(self.call, self._again, (sides, coding, span), folder):
                stream.write(window)
        first, *others = told(self.call, sides, coding, span)
        wrote(output, first)
        for sentence in others:
            tell(sentence)

    def divide(self, folder: Path, side: Heard | None, *, delivered: bool) -> None:
        """Write a file an item."""
        from rtcli.commands.output import tell
        from rtcli.reports.items import Cuttings
        from rtcli.views.sound import told_items

        sides: set[Side] = {side.value} if side else {"user", "model"}
        cuttings = Cuttings(self.call.tracks, sides - self.call.shortened, delivered=delivered)
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            cuttings.begin(folder)
            for piece, _ in self.call.pieces(self._again()):
                cuttings.put(piece)
            cuttings.close()
        except OSError as error:
            raise BadOption("--per-item", f"cannot write to {folder}: {error.strerror or error}") from error
        tell(told_items(str(folder), [one.name for one in cuttings.all]))

    def _again(self) -> Iterator[Entry]:
        return iter(Source(self._readable, self._dialect, self._form))

    def code(self) -> int:
        """The exit code; what is lacking is told."""
        from rtcli.commands.output import tell

        for sentence in self._lacking:
            tell(sentence)
        return self._source.code(LOST if self._lacking else DONE)


def _span(call: Call, since_s: float | None, until_s: float | None) -> Span:
    """The part that is asked for.

    Raises:
        BadOption: there is nothing in it.

    """
    from rtcli.session.whole_call import Span

    whole = call.span
    since_s, until_s = (
        None if at is None else at if at >= 0 else max(0.0, whole.until_s + at) for at in (since_s, until_s)
    )
    span = Span(max(whole.since_s, since_s or 0.0), whole.until_s if until_s is None else min(until_s, whole.until_s))
    if span.since_s >= span.until_s:
        option = "--since" if since_s is not None else "--until"
        raise BadOption(
            option, f"nothing is heard in that time: the call lasts from {whole.since_s:.1f} s to {whole.until_s:.1f} s"
        )
    return span
