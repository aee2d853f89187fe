"""``rtcli migrate``: rewrite beta client events to realtime."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from rtcli.commands.declared import Argument, Option
from rtcli.commands.source import Form, Source
from rtcli.commands.spoken import Spoken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rtcli.events.migration import Migrated


def migrate(
    path: Annotated[Path, Argument(metavar="FILE", help="Client events or a recording, or - for standard input.")],
    diff: Annotated[
        bool, Option("--diff", help="Show what changes, instead of the result.", envvar="RTCLI_DIFF")
    ] = False,
    drop: Annotated[
        bool,
        Option("--drop", help="Leave out fields that realtime does not have.", envvar="RTCLI_DROP"),
    ] = False,
    form: Form = None,
) -> int:
    """Rewrite client events of the beta dialect to the realtime dialect.

    Reads one event a line, a JSON document, or a log of another program that is told by its look, and
    prints each client event as realtime has it, one a line. An event with something that has no counterpart, such as
    temperature, is refused with the reason; --drop leaves such fields out instead.

    Example:  rtcli migrate session.jsonl --diff

    Exit code: 0 everything was rewritten, 1 an event was refused, 2 the file could not be read, 3 some
    of it was left out.
    """
    from rtcli.events.migration import Refused
    from rtcli.events.migration import migrate as rewritten

    refused = passed_over = changed = 0
    source = Source(path, Spoken.BETA, form)
    for line, body in _client_events(source):
        if body is None:
            passed_over += 1
            continue
        outcome = rewritten(body, drop=drop)
        if isinstance(outcome, Refused):
            refused += 1
            for reason in outcome.reasons:
                _complain(f"{path}:{line}: refused: {reason}")
        else:
            changed += outcome.body != body
            _write(line, body, outcome, diff=diff)
            for field in outcome.dropped:
                _complain(f"{path}:{line}: left out {field}")
    if passed_over:
        _complain(f"{passed_over} line{'' if passed_over == 1 else 's'} passed over: not sent by a client")
    if diff and not changed and not refused:
        _complain("nothing to change: every client event is one of realtime already")
    if refused and not drop:
        _complain("--drop leaves out fields that realtime does not have")
    return source.code(int(refused > 0))


def _client_events(source: Source) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """Each client event with its line; None for a line of a recording that is none."""
    from rtcli.errors import UnreadableRecording
    from rtcli.events import Event, Malformed, Unknown

    found = False
    for entry in source:
        if isinstance(entry.event, Event | Unknown) or (isinstance(entry.event, Malformed) and entry.event.type):
            found = True
            yield entry.line, None if entry.sender == "server" else _body(entry.raw)
    if not found:
        raise UnreadableRecording(
            str(source.path), "it holds no event", "write one JSON object with a type on each line"
        )


def _body(raw: bytes) -> dict[str, Any]:
    value = _value(raw)
    event = value.get("event") if isinstance(value, dict) and "type" not in value else value
    return event if isinstance(event, dict) else {}


def _value(text: bytes) -> Any:
    import msgspec

    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


def _json(value: Any) -> bytes:
    import msgspec

    return msgspec.json.encode(value)


def _write(line: int, before: dict[str, Any], after: Migrated, *, diff: bool) -> None:
    if diff:
        from rtcli.views.console import console
        from rtcli.views.difference import difference

        shown = difference(before, after.body, f"line {line}")
        if shown is not None:
            console().print(shown, soft_wrap=True)
        return
    sys.stdout.write(_json(after.body).decode() + "\n")


def _complain(sentence: str) -> None:
    from rtcli.views.text import said

    sys.stderr.write(f"rtcli: {said(sentence)}\n")
