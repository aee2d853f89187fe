"""``rtcli schema``: which events there are, and what each looks like."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rtcli.commands.spoken import Spoken

if TYPE_CHECKING:
    from rtcli.events import Dialect, Event


def _types(incomplete: str) -> list[str]:
    """The type names that begin so, for a shell."""
    from rtcli.events import DIALECTS

    names = {name for dialect in DIALECTS.values() for name in dialect.types}
    return sorted(name for name in names if name.startswith(incomplete))


def schema(
    event_type: Annotated[
        str | None,
        typer.Argument(metavar="[TYPE]", help="An event's type, such as response.done.", autocompletion=_types),
    ] = None,
    dialect: Annotated[
        Spoken, typer.Option(help="Only this dialect; auto is all of them.", envvar="RTCLI_DIALECT")
    ] = Spoken.AUTO,
    depth: Annotated[int, typer.Option(min=1, help="How deep nested objects are shown.", envvar="RTCLI_DEPTH")] = 4,
    as_json: Annotated[bool, typer.Option("--json", help="The same as JSON.", envvar="RTCLI_JSON")] = False,
    json_schema: Annotated[
        bool,
        typer.Option("--json-schema", help="JSON Schema (2020-12), for other validators.", envvar="RTCLI_JSON_SCHEMA"),
    ] = False,
) -> int:
    """List the event types, or show one: its fields, who sends it, when, and what follows.

    Without a TYPE all types are listed by dialect and direction. With --json-schema it writes JSON
    Schema for one type, for one dialect or for all.

    Example:  rtcli schema response.done

    Exit code: 0 done, 2 there is no such type.
    """
    from rtcli.events import DIALECTS

    dialects = [DIALECTS[dialect.value]] if dialect is not Spoken.AUTO else list(DIALECTS.values())
    if event_type is not None:
        _check(event_type, dialects)
    if json_schema:
        _write(_json_schema(event_type, dialects))
    elif as_json:
        _write(_as_json(event_type, dialects))
    else:
        _show(event_type, dialects, depth)
    return 0


def _check(event_type: str, dialects: list[Dialect]) -> None:
    from rtcli.errors import BadOption
    from rtcli.events.wording import nearest

    names = {name for dialect in dialects for name in dialect.types}
    if event_type not in names:
        near = nearest(event_type, sorted(names), cutoff=0.6)
        spoken = f"the dialect {dialects[0].name}" if len(dialects) == 1 else "any dialect"
        remedy = f"did you mean {near}?" if near else "rtcli schema lists them all"
        raise BadOption("TYPE", f"{event_type!r} is no event of {spoken}", remedy)


def _classes(event_type: str, dialects: list[Dialect]) -> list[type[Event]]:
    return [dialect.types[event_type] for dialect in dialects if event_type in dialect.types]


def _json_schema(event_type: str | None, dialects: list[Dialect]) -> dict[str, Any]:
    from rtcli.events import jsonschema

    if event_type is not None:
        return jsonschema.of_type(_classes(event_type, dialects))
    return jsonschema.of_dialects(dialects)


def _as_json(event_type: str | None, dialects: list[Dialect]) -> dict[str, Any]:
    from rtcli.events.describe import pages, summary

    if event_type is not None:
        return {"schema": "rtcli.schema/1", "types": [page._asdict() for page in pages(event_type, dialects)]}
    listed = [
        {"type": name, "dialect": dialect.name, "sender": event.sender, "summary": summary(event)}
        for dialect in dialects
        for name, event in dialect.types.items()
    ]
    return {"schema": "rtcli.schema/1", "types": listed}


def _show(event_type: str | None, dialects: list[Dialect], depth: int) -> None:
    from rtcli.events.describe import pages
    from rtcli.views.console import console
    from rtcli.views.schema import Listing, OneType

    out = console()
    if event_type is None:
        out.print(Listing(dialects))
        return
    for number, page in enumerate(pages(event_type, dialects)):
        if number:
            out.print()
        out.print(OneType(page, depth))


def _write(value: Any) -> None:
    import json

    sys.stdout.write(json.dumps(value, indent=2) + "\n")
