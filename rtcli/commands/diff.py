"""``rtcli diff``: what two recordings have in common, and what they have not."""

from __future__ import annotations

import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from rtcli.commands.declared import Argument, Option
from rtcli.commands.numbers import finite
from rtcli.commands.output import AsJson
from rtcli.commands.priced import Priced
from rtcli.commands.source import Source, offered_forms
from rtcli.commands.spoken import Spoken

if TYPE_CHECKING:
    from rtcli.script.account import Account
    from rtcli.session.prices import Prices


def _types(incomplete: str) -> list[str]:
    """The event types that begin so, and the patterns for all that begin with the same word."""
    from rtcli.events import DIALECTS

    names = {name for dialect in DIALECTS.values() for name in dialect.types}
    names |= {f"{name.partition('.')[0]}.*" for name in names if "." in name}
    return sorted(name for name in names if name.startswith(incomplete))


def diff(
    a: Annotated[Path, Argument(metavar="A", help="A recording, or - for standard input.")],
    b: Annotated[Path, Argument(metavar="B", help="The recording to compare with it.")],
    ignore_type: Annotated[
        list[str] | None,
        Option(
            "--ignore-type",
            metavar="PATTERN",
            help="Leave out events of this type, such as rate_limits.* (repeatable; or RTCLI_IGNORE_TYPE, separated by spaces).",
            envvar="RTCLI_IGNORE_TYPE",
            autocompletion=_types,
        ),
    ] = None,
    latency_tolerance: Annotated[
        float | None,
        Option(
            metavar="MS",
            min=0,
            help="Count a latency as different if it is further apart; without this, latency decides nothing.",
            envvar="RTCLI_LATENCY_TOLERANCE",
            callback=finite,
        ),
    ] = None,
    json: AsJson = False,
    dialect: Annotated[
        Spoken, Option(help="Read both in this dialect; auto tells it by the events.", envvar="RTCLI_DIALECT")
    ] = Spoken.AUTO,
    form: Annotated[
        list[str] | None,
        Option(
            "--from",
            metavar="FORM",
            help="Read them as this form of log instead of telling by their look; given twice, A and then B "
            "(RTCLI_FROM: separated by spaces).",
            envvar="RTCLI_FROM",
            autocompletion=offered_forms,
        ),
    ] = None,
    prices: Priced = None,
) -> int:
    """Compare two recordings: configuration, events, transcripts, latency, tokens, cost.

    Turns and responses are aligned by what caused them, then the events in them. Ids and times do not
    count, nor does where deltas and audio were cut, and audio that is streamed counts by its length.
    Latency is told with both values and decides nothing, because no two runs take the same time;
    --latency-tolerance makes it count. Cost is told, and follows from the tokens.

    Example:  rtcli diff before.jsonl after.jsonl --ignore-type 'rate_limits.*'

    Exit code: 0 they are the same, 1 they are different, 2 one could not be read, 3 some of one was
    left out.
    """
    from rtcli.commands.priced import prices_of
    from rtcli.script.difference import compare

    _check(a, b, form or [])
    table = prices_of(prices)
    forms: list[str | None] = [*form] if form else [None]
    sources = Source(a, dialect, forms[0]), Source(b, dialect, forms[-1])
    first, second = (_told(source, table, ignore_type or []) for source in sources)
    compared = compare(first, second, latency_tolerance)
    if json:
        from rtcli.reports.comparison import comparison
        from rtcli.reports.json import written

        sys.stdout.write(written(comparison(str(a), str(b), compared)) + "\n")
    else:
        from rtcli.views.comparison import ComparisonView
        from rtcli.views.console import console

        ComparisonView(console()).print((str(a), str(b)), (first, second), compared)
    codes = [source.code(int(not compared.same)) for source in sources]
    return max(codes)


def _check(a: Path, b: Path, forms: list[str]) -> None:
    from rtcli.errors import BadOption

    if str(a) == str(b) == "-":
        raise BadOption("B", "standard input can be read once only", "name a file for one of the two")
    if len(forms) > len("AB"):
        raise BadOption("--from", f"{len(forms)} forms are given for two files", "give one for both, or one for each")


def _told(source: Source, prices: Prices, ignored: list[str]) -> Account:
    """What a recording tells.

    Raises:
        UnreadableRecording: it cannot be read, or nothing in it is an event.

    """
    from rtcli.errors import UnreadableRecording
    from rtcli.script.account import account

    told = account(source, prices, lambda kind: any(fnmatchcase(kind, pattern) for pattern in ignored))
    if not told.calls:
        raise UnreadableRecording(
            str(source.path), "it holds no event", "a recording has one event or record on each line"
        )
    return told
