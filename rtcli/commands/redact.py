"""``rtcli redact``: a recording without secrets, that tells the same of the call."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from rtcli.commands.declared import Argument, Option
from rtcli.commands.output import Overwriting
from rtcli.commands.redacted import Audio, AudioChoice, Fields, Patterns, Redacted, Text, TextChoice
from rtcli.commands.source import Dialect, Form
from rtcli.commands.spoken import Spoken


def redact(
    path: Annotated[Path, Argument(metavar="FILE", help="A recording, or - for standard input.")],
    output: Annotated[
        Path | None,
        Option(
            "--output", "-o", metavar="OUT", help="Write to this file, or - for standard output.", envvar="RTCLI_OUTPUT"
        ),
    ] = None,
    check: Annotated[
        bool, Option("--check", help="Write nothing; only say what would be replaced.", envvar="RTCLI_CHECK")
    ] = False,
    audio: Audio = AudioChoice.SILENCE,
    text: Text = TextChoice.KEEP,
    pattern: Patterns = None,
    field: Fields = None,
    json: Annotated[
        bool,
        Option(
            "--json",
            help="Say what was replaced as one JSON document (on standard error with -o -).",
            envvar="RTCLI_JSON",
        ),
    ] = False,
    overwrite: Overwriting = False,
    dialect: Dialect = Spoken.AUTO,
    form: Form = None,
) -> int:
    """Take the secrets out of a recording: keys, tokens, e-mail addresses, telephone and card numbers, and the sound.

    What stands in their place is as long as they were, and the same for the same secret, so that ids,
    sizes, times and the order of events stay and `rtcli doctor` says the same as before. A secret that
    is spread over several deltas goes too. Audio becomes silence of the same length; --audio keep
    leaves it. --text mask also makes every word that was said unreadable. --pattern finds what is
    secret with you; --field empties fields by name, such as metadata.* or arguments.customer.

    A place that looks like a secret of no known shape is named by line and path, and left as it is.

    Example:  rtcli redact call.jsonl -o call.redacted.jsonl

    Exit code: 0 done (with --check: nothing to replace), 1 --check would replace something, 2 it could
    not be read or written, 3 something that looks like a secret is left, or a part of the file was not read.
    """
    from rtcli.commands.output import wrote
    from rtcli.errors import BadOption
    from rtcli.views.measure import plural

    if output is None and not check:
        raise BadOption(
            "--output", "say where to write", "name a file, or - for standard output; --check writes nothing"
        )
    if check and output is not None:
        raise BadOption("--check", f"it writes nothing, and --output names {output}", "leave out one of the two")
    work = Redacted(path, audio, text, pattern or [], field or [], dialect, form)
    with work:
        lines = work.run(output, overwrite=overwrite)
        wrote(output, plural(lines, "line"))
        return work.tell(check=check, json=json, to=sys.stderr if str(output) == "-" else sys.stdout)
