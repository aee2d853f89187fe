"""The event types for people: a list of them, and one of them in full."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Final

from rich.console import Console, ConsoleOptions, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from rtcli.events import Dialect
from rtcli.events.describe import Field, Page, Variant, summary

DEPTH: Final = 4
_NAME_WIDTH: Final = 42
_SUMMARY_WIDTH: Final = 24
"""The least that is left for a summary beside the name of a type, with the space around it."""


class Listing:
    """The types of some dialects by direction, a line each."""

    def __init__(self, dialects: Iterable[Dialect]) -> None:
        self._dialects = list(dialects)

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        for number, dialect in enumerate(self._dialects):
            if number:
                yield Text()
            yield Text.assemble((dialect.name, "bold"), "  ", (dialect.spoken_at, "dim"))
            for sender in ("client", "server"):
                types = [(name, event) for name, event in dialect.types.items() if event.sender == sender]
                yield Text(f"  from the {sender}: {len(types)}", style="dim")
                yield Padding(self._table(types, options.max_width - _SUMMARY_WIDTH), (0, 0, 0, 4))

    @staticmethod
    def _table(types: list[tuple[str, type]], room: int) -> Table:
        longest = max(len(name) for name, _ in types)
        table = Table.grid(padding=(0, 2), expand=True)
        table.add_column(no_wrap=True, overflow="ellipsis", width=min(longest, room))
        table.add_column(no_wrap=True, overflow="ellipsis", style="dim", ratio=1)
        for name, event in types:
            table.add_row(Text(name), Text(summary(event).replace("``", "")))
        return table


class OneType:
    """A type in full: who sends it, when, its fields, an example."""

    def __init__(self, page: Page, depth: int = DEPTH) -> None:
        self._page = page
        self._depth = depth

    def __rich_console__(self, _console: Console, _options: ConsoleOptions) -> RenderResult:
        page = self._page
        yield Text.assemble((page.type, "bold"), (f"  sent by {page.sender}, in {', '.join(page.dialects)}", "dim"))
        yield Padding(Text(page.text.replace("``", "")), (0, 0, 1, 2), expand=False)
        table = Table.grid(padding=(0, 2))
        table.add_column(no_wrap=True, max_width=_NAME_WIDTH, overflow="ellipsis")
        table.add_column(overflow="fold")
        for name, kind in self._rows(page.fields, "", 1):
            table.add_row(name, kind)
        yield Padding(table, (0, 0, 0, 2), expand=False)
        yield Padding(Text("* required   ? may be null", style="dim"), (0, 0, 1, 2), expand=False)
        yield Padding(Text(json.dumps(page.example, indent=2), style="cyan"), (0, 0, 0, 2), expand=False)

    def _rows(self, fields: tuple[Field, ...], indent: str, depth: int) -> Iterator[tuple[Text, Text]]:
        for field in fields:
            name = Text.assemble(
                indent,
                (field.name, "" if depth > 1 else "bold"),
                ("*" if field.required else "", "red"),
                ("?" if field.nullable else "", "dim"),
            )
            deeper = bool(field.variants) and depth >= self._depth
            kind = Text.assemble(field.kind, (" …" if deeper else "", "dim"))
            yield name, kind
            if not deeper:
                yield from self._inside(field.variants, indent + "  ", depth + 1)

    def _inside(self, variants: tuple[Variant, ...], indent: str, depth: int) -> Iterator[tuple[Text, Text]]:
        for variant in variants:
            if variant.tag:
                yield Text.assemble(indent, ("type*", ""), style=""), Text(f'"{variant.tag}"', style="green")
            yield from self._rows(variant.fields, indent + ("  " if variant.tag else ""), depth)
