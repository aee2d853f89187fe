"""``rtcli cost``: what a call cost, turn by turn, and what of it was paid more than once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from rtcli.commands.declared import Argument, Option
from rtcli.commands.output import AsJson
from rtcli.commands.priced import Priced
from rtcli.commands.source import Dialect, Form, Source
from rtcli.commands.spoken import Spoken


def cost(
    path: Annotated[Path, Argument(metavar="FILE", help="A recording, or - for standard input.")],
    json: AsJson = False,
    csv: Annotated[bool, Option("--csv", help="Write a row a response for spreadsheets.", envvar="RTCLI_CSV")] = False,
    prices: Priced = None,
    dialect: Dialect = Spoken.AUTO,
    form: Form = None,
) -> int:
    """Show what a call cost, turn by turn, and where the money went.

    Every response takes in the whole conversation so far. Its input is parted into what is new and
    what is re-sent: at most what the response before it had taken in and put out, because usage does
    not tell what was truncated in between. Beside that stand what was cached, text and audio, and
    what was paid and not heard. Prices are those of the table that comes with the program, with its
    date; `--prices` replaces it. A model without a price has tokens only. The parts add up to what
    `rtcli doctor` says.

    Example:  rtcli cost call.jsonl

    Exit code: 0 done, 2 the file could not be read, 3 some of it was left out.
    """
    from rtcli.commands.output import documents
    from rtcli.commands.priced import prices_of
    from rtcli.errors import BadOption
    from rtcli.session.measured import connections
    from rtcli.session.spending import bill_of

    if json and csv:
        raise BadOption("--csv", "the cost is written in one format only", "take --json or --csv")
    source, priced = Source(path, dialect, form), prices_of(prices)
    paid = [(one, bill_of(one.metrics, one.kept)) for one in connections(source, priced)]
    if json:
        from rtcli.reports.cost import cost as document
        from rtcli.reports.json import written

        documents().write(written(document(str(path), paid, priced)) + "\n")
    elif csv:
        from rtcli.reports.cost import COLUMNS, cost_rows
        from rtcli.reports.table import write_table

        write_table(documents(), COLUMNS, cost_rows(paid))
    else:
        from rtcli.views.console import console
        from rtcli.views.waterfall import print_waterfall

        print_waterfall(console(), str(path), paid, priced)
    return source.code(0)
