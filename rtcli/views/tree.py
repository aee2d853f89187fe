"""The session as a tree: the whole of it, or only the rows that fit the screen.

Law: the rows of `tail` are the last rows of `render`, and what they cost depends on how many are
asked for, not on how many there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from rich.text import Text

from rtcli.session import Session
from rtcli.session.stream import Stream
from rtcli.session.tree import Item, Part, Speech, children_of
from rtcli.views.label import Label, label, sole_stream
from rtcli.views.measure import TIME_WIDTH, clock
from rtcli.views.wrap import Growing, wrap_styled, wrapped

GUIDE: Final = "dim"
_INDENT: Final = "  "
_LEAST_WIDTH: Final = 16


class Tree:
    """A session's rows at one width; remembers how far growing texts are wrapped."""

    def __init__(self, session: Session, width: int) -> None:
        self._session = session
        self._width = width
        self._growing: dict[int, Growing] = {}
        self._last_growing: dict[int, Growing] = {}

    def render(self) -> Iterator[Text]:
        """Every row, from the top."""
        for connection in self._session.connections:
            yield from self._forwards(connection, None, "", "")

    def tail(self, height: int) -> list[Text]:
        """The last `height` rows."""
        self._last_growing, self._growing = self._growing, {}
        rows: list[Text] = []
        for connection in reversed(self._session.connections):
            for row in self._backwards(connection, None, "", ""):
                if len(rows) >= height:
                    return rows[::-1]
                rows.append(row)
        return rows[::-1]

    def _forwards(self, node: Any, parent: Any, guide: str, below: str) -> Iterator[Text]:
        children = list(reversed(list(_upwards(node))))
        yield from self._own(node, parent, guide, below, children=bool(children))
        for child in children:
            last = child is children[-1]
            yield from self._forwards(
                child, node, below + ("└─ " if last else "├─ "), below + ("   " if last else "│  ")
            )

    def _backwards(self, node: Any, parent: Any, guide: str, below: str) -> Iterator[Text]:
        last = True
        for child in _upwards(node):
            yield from self._backwards(
                child, node, below + ("└─ " if last else "├─ "), below + ("   " if last else "│  ")
            )
            last = False
        yield from self._own(node, parent, guide, below, children=not last, backwards=True)

    def _own(
        self, node: Any, parent: Any, guide: str, below: str, *, children: bool, backwards: bool = False
    ) -> Iterator[Text]:
        """The rows of the node itself, with the time at the left and the guides before them."""
        timed = self._session.timed
        first = (clock(getattr(node, "at_s", None)) + "  " if timed else "") + guide
        other = (
            (" " * (TIME_WIDTH + 2) if timed else "") + below + (("│ " if children else _INDENT) if guide else _INDENT)
        )
        body = self._body(label(node, parent), max(_LEAST_WIDTH, self._width - len(other)))
        numbers = range(len(body) - 1, -1, -1) if backwards else range(len(body))
        for number in numbers:
            row = Text(first if number == 0 else other, GUIDE, no_wrap=True, end="")
            row.append_text(body.row(number))
            if len(row) > self._width or not row.plain.isascii():
                row.truncate(self._width)
            yield row

    def _body(self, content: Label, width: int) -> _Body:
        heads = wrap_styled(content.head, width)
        used = heads[-1].cell_len + 1
        inline = used <= width // 2 and not content.apart
        first = width - used if inline else width
        if content.growing is not None:
            words = self._grown(content.growing).rows(first, width)
        else:
            words = wrapped(content.words, first, width) if content.words else []
        return _Body(heads, words, content.style, inline=inline)

    def _grown(self, stream: Stream) -> Growing:
        """The wrapped text of a stream that still grows; what the last window did not show is forgotten."""
        key = id(stream)
        found = self._growing.get(key) or self._last_growing.get(key) or Growing(stream)
        self._growing[key] = found
        return found


class _Body:
    """The rows of a label, made one by one when they are asked for."""

    def __init__(self, heads: list[Text], words: list[str], style: str, *, inline: bool) -> None:
        self._heads = heads
        self._words = words
        self._inked = len(words)
        while self._inked and not words[self._inked - 1].strip():
            self._inked -= 1
        self._style = style
        self._joined = 1 if inline and self._inked else 0

    def __len__(self) -> int:
        return len(self._heads) + self._inked - self._joined

    def row(self, number: int) -> Text:
        """One row; the last of the head goes on with the first of the words where there is room."""
        row = self._heads[number].copy() if number < len(self._heads) else Text()
        word = number - len(self._heads) + self._joined
        if 0 <= word < self._inked:
            if row:
                row.append(" ")
            row.append(self._words[word].rstrip(), self._style)
        return row


def _upwards(node: Any) -> Iterator[Any]:
    """What is shown below a node, the last first; marks stand where the node had got to when they were made."""
    item = node if isinstance(node, Item) else None
    speech = item.speech if item else None
    children = [] if item and sole_stream(item) else children_of(node)
    marks = getattr(node, "marks", [])
    left = len(marks)
    for number in range(len(children), 0, -1):
        while left and marks[left - 1].after >= number:
            left -= 1
            yield marks[left]
        yield from _shown(children[number - 1], speech)
    while left:
        left -= 1
        yield marks[left]
    if speech:
        yield speech


def _shown(child: Any, speech: Speech | None) -> Iterator[Any]:
    """A child, or what stands for it: parts are shown as their streams, or as the speech that was heard."""
    if not isinstance(child, Part):
        yield child
    elif child.children:
        yield from reversed(child.children)
    elif not (speech and child.kind == "audio"):
        yield child


def render(session: Session, width: int) -> Iterator[Text]:
    """The whole tree, top down."""
    return Tree(session, width).render()


def tail(session: Session, width: int, height: int) -> list[Text]:
    """The last `height` rows of the tree."""
    return Tree(session, width).tail(height)
