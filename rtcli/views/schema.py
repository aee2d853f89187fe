"""The event types for people: a list of them, and one of them in full.

Law: no line is wider than the terminal, none ends in blanks, and a name is shown whole wherever the
terminal holds it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Final

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from rtcli.events import Dialect, Event
from rtcli.events.describe import Field, Page, Variant, summary

DEPTH: Final = 4
_GAP: Final = 2
_SUMMARY_WIDTH: Final = 30
"""The least that is kept for summaries beside the names; that of a longer name begins below it."""


class Listing:
    """The types of some dialects by direction, with a sentence each."""

    def __init__(self, dialects: Iterable[Dialect]) -> None:
        self._dialects = list(dialects)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = options.max_width
        for number, dialect in enumerate(self._dialects):
            if number:
                yield Text()
            name, place = Text.assemble((dialect.name, "bold")), Text(dialect.spoken_at, style="dim")
            yield from _beside(console, name, place, name.cell_len, width)
            for sender in ("client", "server"):
                types = [event for event in dialect.types.items() if event[1].sender == sender]
                yield Text(f"  from the {sender}: {len(types)}", style="dim")
                for line in self._lines(console, types, width - 4):
                    yield Text("    ").append_text(line)

    @staticmethod
    def _lines(console: Console, types: list[tuple[str, type[Event]]], width: int) -> Iterator[Text]:
        column = max((len(name) for name, _ in types if len(name) <= width - _GAP - _SUMMARY_WIDTH), default=0)
        for name, event in types:
            yield from _beside(console, Text(name), Text(summary(event), style="dim"), column, width)


class OneType:
    """A type in full: who sends it, when, its fields, an example."""

    def __init__(self, page: Page, depth: int = DEPTH) -> None:
        self._page = page
        self._depth = depth
        self._cut = False

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        page, width = self._page, options.max_width - 2
        yield Text(page.type, style="bold")
        yield from _indented(console, Text(self._spoken(), style="dim"), width)
        yield Text()
        for paragraph in page.text.splitlines():
            yield from _indented(console, Text(paragraph), width)
        yield Text()
        rows = list(self._rows(page.fields, "", 1))
        column = min(max(name.cell_len for name, _ in rows), width // 2)
        for name, kind in rows:
            for line in _beside(console, name, kind, column, width):
                yield Text("  ").append_text(line)
        yield Text()
        yield from _indented(console, Text(self._legend(), style="dim"), width)
        yield Text()
        for plain in json.dumps(page.example, indent=2).splitlines():
            yield from _indented(console, Text(plain, style="cyan"), width)

    def _spoken(self) -> str:
        first, *others = self._page.dialects
        same = f", the same in {' and '.join(others)}" if others else ""
        sender = "either side" if self._page.sender == "either" else f"the {self._page.sender}"
        return f"sent by {sender} in {first}{same}"

    def _legend(self) -> str:
        deeper = f"   … more with --depth {self._depth + 1}" if self._cut else ""
        return f"* required   ? may be null{deeper}"

    def _rows(self, fields: tuple[Field, ...], indent: str, depth: int) -> Iterator[tuple[Text, Text]]:
        for field in fields:
            cut = bool(field.variants) and depth >= self._depth
            self._cut = self._cut or cut
            style = "bold" if depth == 1 else ""
            name = _name(indent, field.name, style, required=field.required, nullable=field.nullable)
            yield name, Text.assemble(field.kind, (" …" if cut else "", "dim"))
            if not cut:
                yield from self._inside(field.variants, indent + "  ", depth + 1)

    def _inside(self, variants: tuple[Variant, ...], indent: str, depth: int) -> Iterator[tuple[Text, Text]]:
        for variant in variants:
            if variant.tag:
                name = _name(indent, "type", "", required=variant.tag_required, nullable=False)
                yield name, Text(f'"{variant.tag}"', style="green")
            yield from self._rows(variant.fields, indent + ("  " if variant.tag else ""), depth)


def _name(indent: str, name: str, style: str, *, required: bool, nullable: bool) -> Text:
    marks = ("*" if required else "", "red"), ("?" if nullable else "", "dim")
    return Text.assemble(indent, (name, style), *marks)


def _indented(console: Console, text: Text, width: int) -> Iterator[Text]:
    """The text in lines of that width, two to the right; an empty one stays."""
    for line in text.wrap(console, width) if text else [Text()]:
        line.rstrip()
        yield Text("  " if line else "").append_text(line)


def _beside(console: Console, left: Text, right: Text, column: int, width: int) -> Iterator[Text]:
    """The right text in lines beside the left one, below it where that is wider than its column."""
    margin = " " * (column + _GAP)
    if left.cell_len > column:
        left.truncate(width, overflow="ellipsis")
        yield left
        left = Text()
    for number, line in enumerate(right.wrap(console, max(width - len(margin), 1))):
        line.rstrip()
        gap = margin if number else margin[left.cell_len :]
        yield (Text() if number else left.copy()).append(gap).append_text(line)
