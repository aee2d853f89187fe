"""``rtcli doctor``: what went wrong in a call, and why."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from rtcli.commands.declared import Argument
from rtcli.commands.output import AsJson
from rtcli.commands.priced import Priced
from rtcli.commands.source import Dialect, Form, Source
from rtcli.commands.spoken import Spoken


def doctor(
    path: Annotated[Path, Argument(metavar="FILE", help="A recording, or - for standard input.")],
    json: AsJson = False,
    dialect: Dialect = Spoken.AUTO,
    form: Form = None,
    prices: Priced = None,
) -> int:
    """Say what went wrong in a call: the causes, worst first, each with what proves it and how to mend it.

    A cause gathers the findings that follow from it, says what it did to the call and whose side it is
    on. Below stand what was slow, and what was being waited for when the recording ends. The lines are
    those of the file: `rtcli show` marks them, `rtcli rule CODE` explains a code. What the call cost is
    reckoned by the documented prices; `--prices` replaces their table.

    Example:  rtcli doctor call.jsonl

    Exit code: 0 nothing went wrong, 1 something did, 2 the file could not be read, 3 some of it
    was left out.
    """
    from rtcli.causes.case import Case
    from rtcli.causes.slow import slow_parts
    from rtcli.commands.priced import prices_of

    source = Source(path, dialect, form)
    case = Case(source.listener, prices=prices_of(prices))
    for entry in source:
        case.feed(entry)
    case.finish()
    slow = slow_parts(case)
    if json:
        from rtcli.reports.diagnosis import diagnosis
        from rtcli.reports.json import written

        sys.stdout.write(written(diagnosis(str(path), case, slow)) + "\n")
    else:
        from rtcli.views.console import console
        from rtcli.views.diagnosis import print_diagnosis

        print_diagnosis(console(), str(path), case, slow)
    return source.code(int(bool(case.causes)))
