"""``rtcli schema``: which events there are, and what each looks like."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any, Final

from rtcli.commands.declared import Argument, Option
from rtcli.commands.spoken import Spoken

if TYPE_CHECKING:
    from rtcli.events import Dialect, Event


def _types(ctx: Any, incomplete: str) -> list[str]:
    """The type names that begin so, for a shell; of one dialect where the line has named it."""
    from rtcli.events import DIALECTS

    spoken = DIALECTS.get(str(ctx.params.get("dialect")))
    names = {name for dialect in ([spoken] if spoken else DIALECTS.values()) for name in dialect.types}
    return sorted(name for name in names if name.startswith(incomplete))


def schema(
    event_type: Annotated[
        str | None,
        Argument(metavar="[TYPE]", help="An event's type, such as response.done.", autocompletion=_types),
    ] = None,
    dialect: Annotated[
        Spoken, Option(help="Only this dialect; auto is all of them.", envvar="RTCLI_DIALECT")
    ] = Spoken.AUTO,
    depth: Annotated[int, Option(min=1, help="How deep nested objects are shown.", envvar="RTCLI_DEPTH")] = 4,
    as_json: Annotated[bool, Option("--json", help="The same as JSON.", envvar="RTCLI_JSON")] = False,
    json_schema: Annotated[
        bool,
        Option("--json-schema", help="JSON Schema (2020-12), for other validators.", envvar="RTCLI_JSON_SCHEMA"),
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
    if any(event_type in dialect.types for dialect in dialects):
        return
    from rtcli.errors import BadOption

    spoken = f"the dialect {dialects[0].name}" if len(dialects) == 1 else "any dialect"
    raise BadOption("TYPE", f"{event_type!r} is no event of {spoken}", _remedy(event_type, dialects))


def _remedy(event_type: str, dialects: list[Dialect]) -> str:
    """The dialects that have it, or else the type that was probably meant."""
    from rtcli.events import DIALECTS
    from rtcli.events.dialects import NEAR_MISSES
    from rtcli.events.wording import nearest

    others = [other.name for other in DIALECTS.values() if event_type in other.types]
    if others:
        return f"it is one of {' and '.join(others)}"
    names = {name for dialect in dialects for name in dialect.types}
    told = NEAR_MISSES.get(event_type)
    near = told if told in names else nearest(event_type, sorted(names), cutoff=0.6)
    return f"did you mean {near}?" if near else "rtcli schema lists them all"


def _classes(event_type: str, dialects: list[Dialect]) -> list[type[Event]]:
    return [dialect.types[event_type] for dialect in dialects if event_type in dialect.types]


def _json_schema(event_type: str | None, dialects: list[Dialect]) -> dict[str, Any]:
    from rtcli.events import jsonschema

    if event_type is not None:
        return jsonschema.of_type(_classes(event_type, dialects))
    return jsonschema.of_dialects(dialects)


def _as_json(event_type: str | None, dialects: list[Dialect]) -> dict[str, Any]:
    from rtcli.events.describe import as_data, pages, sender_of, summary

    if event_type is not None:
        return {"schema": "rtcli.schema/1", "types": [as_data(page) for page in pages(event_type, dialects)]}
    listed = [
        {"type": name, "dialect": dialect.name, "sender": sender_of(event), "summary": summary(event)}
        for dialect in dialects
        for name, event in dialect.types.items()
    ]
    return {"schema": "rtcli.schema/1", "types": listed}


_UNBROKEN: Final = 1000
"""So wide is a list that nobody looks at: who searches it gets each type on one line."""


def _show(event_type: str | None, dialects: list[Dialect], depth: int) -> None:
    from rtcli.events.describe import pages
    from rtcli.views.columns import room
    from rtcli.views.console import console
    from rtcli.views.schema import Listing, OneType

    out = console()
    if event_type is None:
        out.width = room(out) or _UNBROKEN
        out.print(Listing(dialects))
        return
    for number, page in enumerate(pages(event_type, dialects)):
        if number:
            out.print()
        out.print(OneType(page, depth))


def _write(value: Any) -> None:
    import json

    sys.stdout.write(json.dumps(value, indent=2) + "\n")
