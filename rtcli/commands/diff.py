"""``rtcli diff``: what two recordings have in common, and what they have not."""

from __future__ import annotations

import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rtcli.commands.numbers import finite
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
    a: Annotated[Path, typer.Argument(metavar="A", help="A recording, or - for standard input.")],
    b: Annotated[Path, typer.Argument(metavar="B", help="The recording to compare with it.")],
    ignore_type: Annotated[
        list[str] | None,
        typer.Option(
            "--ignore-type",
            metavar="PATTERN",
            help="Leave out events of this type, such as rate_limits.* (repeatable; or RTCLI_IGNORE_TYPE, separated by spaces).",
            envvar="RTCLI_IGNORE_TYPE",
            autocompletion=_types,
        ),
    ] = None,
    latency_tolerance: Annotated[
        float | None,
        typer.Option(
            metavar="MS",
            min=0,
            help="Count a latency as different if it is further apart; without this, latency decides nothing.",
            envvar="RTCLI_LATENCY_TOLERANCE",
            callback=finite,
        ),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Write one JSON document for programs.", envvar="RTCLI_JSON")
    ] = False,
    dialect: Annotated[
        Spoken, typer.Option(help="Read both in this dialect; auto tells it by the events.", envvar="RTCLI_DIALECT")
    ] = Spoken.AUTO,
    prices: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Reckon the cost by the prices in this JSON file.", envvar="RTCLI_PRICES"),
    ] = None,
) -> int:
    """Compare two recordings: configuration, events, transcripts, latency, tokens, cost.

    Turns and responses are aligned by what caused them, then the events in them. Ids and times do not
    count, nor does where deltas and audio were cut, and audio that is streamed counts by its length.
    Latency is told with both values and decides nothing, because no two runs take the same time;
    --latency-tolerance makes it count. Cost is told, and follows from the tokens.

    Example:  rtcli diff before.jsonl after.jsonl --ignore-type 'rate_limits.*'

    Exit code: 0 they are the same, 1 they are different, 2 one could not be read.
    """
    from rtcli.commands.priced import prices_of
    from rtcli.script.difference import compare

    _check(a, b)
    table = prices_of(prices)
    first, second = (_told(path, table, ignore_type or [], dialect) for path in (a, b))
    compared = compare(first, second, latency_tolerance)
    if json:
        from rtcli.reports.comparison import comparison
        from rtcli.reports.json import written

        sys.stdout.write(written(comparison(str(a), str(b), compared)) + "\n")
    else:
        from rtcli.views.comparison import ComparisonView
        from rtcli.views.console import console

        ComparisonView(console()).print((str(a), str(b)), (first, second), compared)
    return int(not compared.same)


def _check(a: Path, b: Path) -> None:
    from rtcli.errors import BadOption

    if str(a) == str(b) == "-":
        raise BadOption("B", "standard input can be read once only", "name a file for one of the two")


def _told(path: Path, prices: Prices, ignored: list[str], dialect: Spoken) -> Account:
    """What a recording tells.

    Raises:
        UnreadableRecording: it cannot be read, or nothing in it is an event.

    """
    from rtcli.commands.watched import in_progress
    from rtcli.errors import UnreadableRecording
    from rtcli.events import DIALECTS, Listener
    from rtcli.formats import read
    from rtcli.script.account import account

    entries = in_progress(read(path, Listener(DIALECTS.get(dialect.value))), path)
    told = account(entries, prices, lambda kind: any(fnmatchcase(kind, pattern) for pattern in ignored))
    if not told.calls:
        raise UnreadableRecording(str(path), "it holds no event", "a recording has one event or record on each line")
    return told
