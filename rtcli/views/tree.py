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
from rtcli.views.stamp import Stamp, stamp
from rtcli.views.wrap import Growing, wrap_styled, wrapped

GUIDE: Final = "dim"
_INDENT: Final = "  "
_LEAST_WIDTH: Final = 16


class Tree:
    """A session's rows at one width; remembers the rows of the last window, and how far growing texts are wrapped."""

    def __init__(self, session: Session, width: int) -> None:
        self._session = session
        self._width = width
        self._growing: dict[int, Growing] = {}
        self._last_growing: dict[int, Growing] = {}
        self._known: dict[int, _Own] = {}
        self._last_known: dict[int, _Own] = {}

    def render(self) -> Iterator[Text]:
        """Every row, from the top."""
        for connection in self._session.connections:
            for own, number in self._rows_of(connection, None, "", ""):
                yield own.row(number)

    def lines(self) -> Iterator[str]:
        """The same without colours."""
        for connection in self._session.connections:
            for own, number in self._rows_of(connection, None, "", ""):
                yield own.line(number)

    def tail(self, height: int) -> list[Text]:
        """The last `height` rows; one that says what it said in the last window is the same object."""
        self._last_growing, self._growing = self._growing, {}
        self._last_known, self._known = self._known, {}
        rows: list[Text] = []
        for connection in reversed(self._session.connections):
            for row in self._backwards(connection, None, "", ""):
                if len(rows) >= height:
                    return rows[::-1]
                rows.append(row)
        return rows[::-1]

    def _rows_of(self, node: Any, parent: Any, guide: str, below: str) -> Iterator[tuple[_Own, int]]:
        """Whose each row is, from the top, and which of its."""
        children = list(reversed(list(_upwards(node))))
        own = self._own(node, parent, guide, below, children=bool(children))
        yield from ((own, number) for number in range(len(own)))
        for child in children:
            last = child is children[-1]
            yield from self._rows_of(
                child, node, below + ("└─ " if last else "├─ "), below + ("   " if last else "│  ")
            )

    def _backwards(self, node: Any, parent: Any, guide: str, below: str) -> Iterator[Text]:
        last = True
        for child in _upwards(node):
            yield from self._backwards(
                child, node, below + ("└─ " if last else "├─ "), below + ("   " if last else "│  ")
            )
            last = False
        own = self._own_as_known(node, parent, guide, below, children=not last)
        for number in range(len(own) - 1, -1, -1):
            yield own.row(number)

    def _own_as_known(self, node: Any, parent: Any, guide: str, below: str, *, children: bool) -> _Own:
        """The rows of the node itself, those of the last window if nothing about it has changed."""
        said = (guide, below, children, self._session.timed, *stamp(node, parent))
        own = self._last_known.get(id(node))
        if own is None or own.said != said:
            own = self._own(node, parent, guide, below, children=children)
            own.said, own.node = said, node
        elif own.growing is not None:
            self._grown(own.growing)
        self._known[id(node)] = own
        return own

    def _own(self, node: Any, parent: Any, guide: str, below: str, *, children: bool) -> _Own:
        """The rows of the node itself, with the time at the left and the guides before them."""
        timed = self._session.timed
        first = (clock(getattr(node, "at_s", None)) + "  " if timed else "") + guide
        other = (
            (" " * (TIME_WIDTH + 2) if timed else "") + below + (("│ " if children else _INDENT) if guide else _INDENT)
        )
        content = label(node, parent)
        body = self._body(content, max(_LEAST_WIDTH, self._width - len(other)))
        return _Own(body, first, other, self._width, content.growing)

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


class _Own:
    """The rows of a node, made one by one when they are asked for."""

    said: Stamp = ()
    """What they were made of."""
    node: Any = None
    """Whose they are: as long as they are known, no other node can be taken for it."""

    def __init__(self, body: _Body, first: str, other: str, width: int, growing: Stream | None) -> None:
        self._body = body
        self._first = first
        self._other = other
        self._width = width
        self.growing = growing
        self._made: dict[int, Text] = {}

    def __len__(self) -> int:
        return len(self._body)

    def line(self, number: int) -> str:
        """One row as it is read."""
        line = (self._other if number else self._first) + self._body.row(number).plain
        return line if len(line) <= self._width and line.isascii() else self.row(number).plain

    def row(self, number: int) -> Text:
        """One row; the same object each time."""
        row = self._made.get(number)
        if row is None:
            row = self._made[number] = Text(self._other if number else self._first, GUIDE, no_wrap=True, end="")
            row.append_text(self._body.row(number))
            if len(row) > self._width or not row.plain.isascii():
                row.truncate(self._width)
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
