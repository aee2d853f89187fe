"""The session as a tree: the whole of it, or only the rows that fit the screen.

Law: the rows of `tail` are the last rows of `render`, and what they cost depends on how many are
asked for, not on how many there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from rtcli.session import Session
from rtcli.session.stream import Stream
from rtcli.session.tree import Item, Part, Speech, children_of
from rtcli.views.label import label, sole_stream
from rtcli.views.measure import TIME_WIDTH, clock
from rtcli.views.stamp import Stamp, stamp
from rtcli.views.words import Label, Words, cells
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

    def rows(self, take: Callable[[Words], object]) -> None:
        """Give every row, from the top."""

        def each(own: _Own) -> None:
            for number in range(len(own)):
                take(own.made(number))

        self._each(each)

    def lines(self, take: Callable[[str], object]) -> None:
        """Give the same without colours."""

        def each(own: _Own) -> None:
            for number in range(len(own)):
                take(own.line(number))

        self._each(each)

    def tail(self, height: int) -> list[Words]:
        """The last `height` rows; one that says what it said in the last window is the same object."""
        self._last_growing, self._growing = self._growing, {}
        self._last_known, self._known = self._known, {}
        rows: list[Words] = []
        for connection in reversed(self._session.connections):
            if len(rows) < height:
                self._backwards(connection, None, ("", ""), rows, height)
        return rows[::-1]

    def _each(self, take: Callable[[_Own], object]) -> None:
        """Give the rows of each node, from the top."""

        def give(node: Any, parent: Any, guides: tuple[str, str]) -> None:
            children = _downwards(node)
            take(self._own(node, parent, *guides, children=bool(children)))
            if children:
                _, below = guides
                *others, last = children
                among = _under(below, last=False)
                for child in others:
                    give(child, node, among)
                give(last, node, _under(below, last=True))

        for connection in self._session.connections:
            give(connection, None, ("", ""))

    def _backwards(self, node: Any, parent: Any, guides: tuple[str, str], rows: list[Words], height: int) -> None:
        """Append the rows of a node and of what is below it, the last first, until there are enough."""
        _, below = guides
        last = True
        for child in _upwards(node):
            self._backwards(child, node, _under(below, last=last), rows, height)
            if len(rows) >= height:
                return
            last = False
        own = self._own_as_known(node, parent, *guides, children=not last)
        first = max(0, len(own) - height + len(rows))
        rows += [own.row(number) for number in range(len(own) - 1, first - 1, -1)]

    def _own_as_known(self, node: Any, parent: Any, guide: str, below: str, *, children: bool) -> _Own:
        """The rows of the node itself, those of the last window if nothing about it has changed."""
        said = (guide, below, children, self._session.timed, *stamp(node, parent))
        own = self._last_known.get(id(node))
        if own is None or own.said != said:
            before, own = own, self._own(node, parent, guide, below, children=children)
            own.said, own.node = said, node
            if before is not None:
                own.take_over(before)
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
        used = cells(heads[-1].plain) + 1
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

    def __init__(self, heads: list[Words], words: list[str], style: str, *, inline: bool) -> None:
        self._heads = heads
        self._words = words
        self._inked = len(words)
        while self._inked and not words[self._inked - 1].strip():
            self._inked -= 1
        self.style = style
        self._joined = 1 if inline and self._inked else 0

    def __len__(self) -> int:
        return len(self._heads) + self._inked - self._joined

    def put(self, row: Words, number: int) -> None:
        """Append one row; the last of the head goes on with the first of the words where there is room."""
        head = self._heads[number] if number < len(self._heads) else Words()
        word = number - len(self._heads) + self._joined
        if 0 <= word < self._inked:
            head = head.copy().add(" " if head else "").add(self._words[word].rstrip(), self.style)
        row.join(head)

    def words(self, number: int) -> str | None:
        """What a row says that holds nothing else."""
        return self._words[number - len(self._heads) + self._joined] if number >= len(self._heads) else None

    def line(self, number: int) -> str:
        """One row as it is read."""
        heads = self._heads
        line = heads[number].plain if number < len(heads) else ""
        word = number - len(heads) + self._joined
        if 0 <= word < self._inked:
            words = self._words[word].rstrip()
            return f"{line} {words}" if line else words
        return line


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
        self._made: dict[int, Words] = {}
        self._of_words: dict[str, Words] = {}
        """Of the rows that are made those that say nothing else."""
        self._made_before: dict[str, Words] = {}

    def __len__(self) -> int:
        return len(self._body)

    def line(self, number: int) -> str:
        """One row as it is read."""
        line = (self._other if number else self._first) + self._body.line(number)
        return line if cells(line) <= self._width else self.made(number).plain

    def made(self, number: int) -> Words:
        """One row."""
        row = Words().add(self._other if number else self._first, GUIDE)
        self._body.put(row, number)
        row.cut(self._width)
        return row

    def row(self, number: int) -> Words:
        """One row; the same object each time."""
        row = self._made.get(number)
        if row is None:
            words = self._body.words(number)
            row = self._made_before.get(words) if words is not None else None
            row = self._made[number] = row or self.made(number)
            if words is not None:
                self._of_words[words] = row
        return row

    def take_over(self, before: _Own) -> None:
        """Know the rows of words that were made before something about the node changed."""
        if (before._other, before.style) == (self._other, self.style):
            self._made_before = before._of_words

    @property
    def style(self) -> str:
        """How the words look."""
        return self._body.style


def _under(below: str, *, last: bool) -> tuple[str, str]:
    """The guides of a child: those before it, and those before what is below it."""
    return (f"{below}└─ ", f"{below}   ") if last else (f"{below}├─ ", f"{below}│  ")


def _downwards(node: Any) -> Sequence[Any]:
    """What is shown below a node, the first first."""
    return list(_upwards(node))[::-1] if isinstance(node, Item) or getattr(node, "marks", None) else children_of(node)


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


def render(session: Session, width: int) -> list[Words]:
    """The whole tree, top down."""
    rows: list[Words] = []
    Tree(session, width).rows(rows.append)
    return rows


def tail(session: Session, width: int, height: int) -> list[Words]:
    """The last `height` rows of the tree."""
    return Tree(session, width).tail(height)
