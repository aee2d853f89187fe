"""``rtcli turns``: a row a turn with its stages, how they are spread, and limits for CI."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from rtcli.commands.declared import Argument, Option
from rtcli.commands.output import AsJson
from rtcli.commands.priced import Priced
from rtcli.commands.source import Dialect, Form, Source
from rtcli.commands.spoken import Spoken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rtcli.session.gates import Gate, Judged
    from rtcli.session.prices import Prices
    from rtcli.session.spoken import Spoken as Connection


class Format(StrEnum):
    """How the turns are written."""

    FULL = "full"
    JSON = "json"
    CSV = "csv"
    JUNIT = "junit"


def turns(
    path: Annotated[Path, Argument(metavar="FILE", help="A recording, or - for standard input.")],
    output_format: Annotated[
        Format,
        Option(help="How they are written; junit reports the gates only.", envvar="RTCLI_TURNS_FORMAT"),
    ] = Format.FULL,
    json: AsJson = False,
    csv: Annotated[bool, Option("--csv", help="Write a row a turn for spreadsheets.", envvar="RTCLI_CSV")] = False,
    max_ttfa: Annotated[
        str | None,
        Option(metavar="TIME", help="No turn's first audio may come later.", envvar="RTCLI_MAX_TTFA"),
    ] = None,
    p50_ttfa: Annotated[
        str | None,
        Option(metavar="TIME", help="The median of the times to first audio.", envvar="RTCLI_P50_TTFA"),
    ] = None,
    p95_ttfa: Annotated[
        str | None,
        Option(metavar="TIME", help="Their 95th percentile.", envvar="RTCLI_P95_TTFA"),
    ] = None,
    max_voice_to_voice: Annotated[
        str | None,
        Option(
            metavar="TIME",
            help="The same, counted from the true end of the speech.",
            envvar="RTCLI_MAX_VOICE_TO_VOICE",
        ),
    ] = None,
    p95_voice_to_voice: Annotated[
        str | None,
        Option(metavar="TIME", help="Their 95th percentile.", envvar="RTCLI_P95_VOICE_TO_VOICE"),
    ] = None,
    max_errors: Annotated[
        int | None,
        Option(metavar="N", min=0, help="So many errors and failed responses, and no more.", envvar="RTCLI_MAX_ERRORS"),
    ] = None,
    dialect: Dialect = Spoken.AUTO,
    form: Form = None,
    prices: Priced = None,
) -> int:
    """Show the turns of a call: when each stage was reached, who said what, tokens and cost.

    Times are counted in milliseconds from the end of the user's turn: turn detection's word, or the
    client's commit or request. The end of the speech itself lies before it. Time to first audio (TTFA)
    is counted from there too; voice to voice is counted from the end of the speech, and has the wait
    of turn detection in it. Percentiles need five values. The limits (--max-..., --p95-...) are for
    CI; one that cannot be judged, as in a recording without times, counts as broken.

    Example:  rtcli turns call.jsonl --max-ttfa 1200ms --max-errors 0

    Exit code: 0 every limit is kept, 1 one is broken or cannot be judged, 2 the file could not be
    read, 3 some of it was left out.
    """
    from rtcli.commands.priced import prices_of
    from rtcli.session.gates import judge
    from rtcli.session.measured import each
    from rtcli.session.spoken import Spoken as Connection
    from rtcli.views.turns import WORDS_KEPT

    written = _format(output_format, json=json, csv=csv)
    gates = _gates(
        {"--max-ttfa": max_ttfa, "--p50-ttfa": p50_ttfa, "--p95-ttfa": p95_ttfa}
        | {"--max-voice-to-voice": max_voice_to_voice, "--p95-voice-to-voice": p95_voice_to_voice},
        max_errors,
    )
    _check(written, gates)
    source, priced = Source(path, dialect, form), prices_of(prices)
    longest = WORDS_KEPT if written in {Format.FULL, Format.JUNIT} else None
    connections = []
    for connection in each(source, lambda: Connection(priced, longest)):
        connection.said.finish()
        connections.append(connection)
    judged = [judge(gate, connections) for gate in gates]
    _write(written, str(path), connections, judged, priced)
    return source.code(int(any(one.verdict != "kept" for one in judged)))


def _format(chosen: Format, *, json: bool, csv: bool) -> Format:
    from rtcli.errors import BadOption

    short = [name for name, is_on in ((Format.JSON, json), (Format.CSV, csv)) if is_on]
    if len(short) > 1 or (short and chosen not in {Format.FULL, *short}):
        raise BadOption("--output-format", "the turns are written in one format only", "take one of them")
    return short[0] if short else chosen


def _gates(times: dict[str, str | None], max_errors: int | None) -> list[Gate]:
    from rtcli.session.gates import Gate

    gates = []
    for option, told in times.items():
        if told is not None:
            what, _, metric = option.removeprefix("--").partition("-")
            share = int(what[1:]) if what.startswith("p") else None
            gates.append(Gate(option, told, _limit_ms(option, told), metric.replace("-", "_"), share))
    if max_errors is not None:
        gates.append(Gate("--max-errors", str(max_errors), max_errors, "errors"))
    return gates


def _limit_ms(option: str, told: str) -> float:
    """A length of time with its unit: a bare number would be seconds to some and milliseconds to others."""
    from rtcli.errors import BadOption
    from rtcli.recording.times import parse_time

    told = told.strip()
    if told[-1:].isdigit():
        raise BadOption(option, f"{told!r} has no unit", f"write {told}ms or {told}s")
    limit_ms = round(parse_time(option, told) * 1000, 3)
    if limit_ms < 0:
        raise BadOption(option, f"{told!r} lies before the turn", "write a length of time such as 1200ms")
    return limit_ms


def _check(written: Format, gates: list[Gate]) -> None:
    from rtcli.errors import BadOption

    if written is Format.JUNIT and not gates:
        raise BadOption("--output-format", "junit reports limits, and none was given", "add one, such as --max-ttfa 2s")


def _write(written: Format, name: str, connections: Sequence[Connection], judged: list[Judged], prices: Prices) -> None:
    from rtcli.commands.output import documents

    if written is Format.FULL:
        from rtcli.views.console import console
        from rtcli.views.turns import print_turns

        print_turns(console(), name, connections, judged, prices)
    elif written is Format.JSON:
        from rtcli.reports.json import written as as_json
        from rtcli.reports.turns import turns as document

        documents().write(as_json(document(name, connections, judged)) + "\n")
    elif written is Format.JUNIT:
        from rtcli.reports.gates import write_gates

        write_gates(documents(), name, judged)
    else:
        from rtcli.reports.table import write_table
        from rtcli.reports.turns import COLUMNS, turn_rows

        write_table(documents(), COLUMNS, turn_rows(connections))
        _tell(judged)


def _tell(judged: list[Judged]) -> None:
    """A table has no place for the verdicts: they go to standard error."""
    from rtcli.views.turns import gate_line

    for one in judged:
        sys.stderr.write(f"rtcli: {gate_line(one).plain}\n")
