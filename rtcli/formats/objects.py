"""Finds the objects that stand in a text: after a prefix, over several lines, one after another on a line.

Law: every line is looked at a bounded number of times, and no more than one object is held in memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final, Literal, NamedTuple

import msgspec
from msgspec import Raw

from rtcli.formats.form import Drop
from rtcli.formats.literals import parse, unquoted

Notation = Literal["json", "node", "python"]

_START: Final = re.compile(r"\{|\b[A-Z]\w*\((?=\w+=)")
_STEP: Final = re.compile(
    r"""("(?:[^"\\]++|\\.)*+"|'(?:[^'\\]++|\\.)*+'|`(?:[^`\\]++|\\.)*+`)|([{\[(])|([}\])])|(["'`])""", re.DOTALL
)
_QUOTED: Final = {quote: re.compile(rf"{quote}(?:[^{quote}\\]++|\\.)*+{quote}", re.DOTALL) for quote in "\"'`"}
_COLOUR: Final = re.compile("\x1b\\[[0-9;?]*[A-Za-z]")
_CONTAINER: Final = re.compile(r"[\w.-]{1,60} +\| ")
"""What docker compose puts before each line."""
_BUFFER: Final = re.compile(r"<Buffer ((?:[0-9a-f]{2} ?)+)(\.\.\. \d+ more bytes)?>")
_SIZE: Final = re.compile(r" *\[(\d{1,12}) bytes\]")
"""What the websockets library says after a frame; of a longer one it leaves out the middle."""
_COMMENT: Final = re.compile(r"\s*(?://|\#)")
_TYPED: Final = re.compile(r"""["']?\btype["']?\s*[:=]""")
_EVENT_BEGINS: Final = re.compile(
    r"""\{\s*\\?["']?type\\?["']?\s*[:=]\s*\\?["'`]|\{\s*\\?["'][a-z_]+\\?["']\s*:|\b[A-Z]\w*Event\("""
)
"""What is missed where it cannot be read; other braces are no loss."""
_GOES_ON_AFTER: Final = tuple("{[(,:+")
_PAIRS: Final = {"{": "}", "[": "]", "(": ")"}
_TRIES: Final = 8
"""How many braces of a line that never close are passed over."""
_PREFIX_CHARS: Final = 300
"""How much of either end of a prefix may tell something."""
_CHARS_AT_MOST: Final = 1 << 26
_DATA: Final = re.compile(r"[{}\"]|'\s*:")
"""What only a part of an object has, not what somebody says between objects."""
_DEEP: Final = 1_000
_REFUSALS: Final = (msgspec.DecodeError, UnicodeError, RecursionError)
_json: Final = msgspec.json.Decoder(Raw)


class Value(NamedTuple):
    """An object in a text."""

    line: int
    """Where it begins."""
    prefix: str
    """What stands before it."""
    content: Any
    """Raw JSON, or what was printed."""
    notation: Notation
    whole: bool
    """It stands alone on one line."""
    cut: bool
    """Its printer left something out."""


class _Open:
    """An object that goes on over the lines to come."""

    def __init__(self, line: int, prefix: str, text: str, start: int, stack: list[str]) -> None:
        self.line = line
        self.prefix = prefix
        self.text = text
        """The line that it begins on."""
        self.start = start
        self.parts = [text[start:]]
        self.stack = stack
        self._indent = _indent(text)
        self._chars = len(self.parts[0])

    def takes(self, line: str) -> bool:
        """Whether the line can be one of this object, and not the first of something else."""
        self._chars += len(line)
        if self._chars > _CHARS_AT_MOST:
            return False
        return not line or line.isspace() or _indent(line) > self._indent or line.lstrip()[0] in "}])\"'"


class Text:
    """The objects in the lines of a text."""

    def __init__(self, drop: Drop, *, strict: bool = False) -> None:
        """`strict`: nothing else is in the text, so that what is no object is a loss."""
        self._drop = drop
        self._strict = strict
        self._open: _Open | None = None
        self._missed = 0
        """The last line of which something was said to be missed."""
        self._above = ""
        """The line before, if it ends as what announces an object."""

    def values(self, lines: Iterable[bytes]) -> Iterator[Value]:
        """Every object, in order."""
        for number, raw in enumerate(lines, 1):
            yield from self.feed(number, raw)
        if self._open is not None:
            yield from self._given_up(self._open)

    def feed(self, number: int, raw: bytes) -> Iterator[Value]:
        """What ends on this line."""
        line = _decoded(raw, first=number == 1)
        if (held := self._open) is not None:
            if held.takes(line):
                yield from self._continued(held, number, line)
                return
            yield from self._given_up(held, line)
        yield from self._fresh(number, line)

    def _continued(self, held: _Open, number: int, line: str) -> Iterator[Value]:
        end = _balanced(line, 0, held.stack)
        if end is None:
            held.parts.append(line)
            return
        self._open = None
        if end < 0:
            self._miss(held.line, held.text[held.start :], "it does not end")
            return
        held.parts.append(line[:end])
        yield from self._valued(held.line, held.prefix, "\n".join(held.parts), whole=False)
        if line[end:].strip():
            yield from self._fresh(number, line, end)

    def _given_up(self, held: _Open, following: str = "") -> Iterator[Value]:
        self._open = None
        typed = _TYPED.search(following) if len(held.parts) == 1 else None
        begun = "{" + following[typed.start() :] if typed else held.text[held.start :]
        self._miss(held.line, begun, "it does not end")
        if len(held.parts) == 1:
            yield from self._fresh(held.line, held.text, held.start + 1, tries=_TRIES - 1)

    def _fresh(self, number: int, line: str, at: int = 0, tries: int = 0) -> Iterator[Value]:
        """What stands on a line that begins nothing from above."""
        bare = line.strip()
        if at == 0 and "<Buffer 7b" in line and (match := _BUFFER.search(line)):
            yield from self._buffered(number, line, match)
            return
        if not bare or (at == 0 and _COMMENT.match(line)):
            return
        if at == 0 and bare[0] == "{" and (content := _as_json(bare)) is not None:
            yield Value(number, self._announced(""), content, "json", True, False)
            return
        prefix, found = "", 0
        begins, ends = _indent(line), len(line.rstrip())
        while tries <= _TRIES and (match := _START.search(line, at)):
            prefix = line[at : match.start()].strip(" \t,;") or prefix
            if (inner := _in_quotes(line, match.start())) is not None:
                content, at = inner
                found += 1
                if (size := _SIZE.match(line, at)) and int(size[1]) > len(bytes(content)):
                    self._drop(number, f"the log has {len(bytes(content))} of its {size[1]} bytes")
                    continue
                yield Value(number, self._announced(prefix.rstrip("bBuU\"'`")), content, "json", False, False)
                continue
            stack: list[str] = []
            end = _balanced(line, match.end() - 1, stack)
            if end is None and line.rstrip().endswith(_GOES_ON_AFTER):
                self._open = _Open(number, self._announced(prefix), line, match.start(), stack)
                return
            if end is None or end < 0:
                self._miss(number, line[match.start() :], "it does not end")
                tries, at = tries + 1, match.start() + 1
                continue
            whole = match.start() == begins and end == ends
            for value in self._valued(number, self._announced(prefix), line[match.start() : end], whole=whole):
                found += 1
                yield value
            at = end
        self._chatter(number, bare, found or at or tries)

    def _buffered(self, number: int, line: str, match: re.Match[str]) -> Iterator[Value]:
        """The bytes of a frame, as Node prints them, which are an object if all of them are there."""
        content = None if match[2] else _as_json(bytes.fromhex(match[1]).decode("utf-8", "surrogateescape"))
        if content is None:
            self._drop(number, "a Buffer, of which Node printed the first bytes only")
        else:
            yield Value(number, self._announced(line[: match.start()].strip()), content, "node", False, False)

    def _chatter(self, number: int, bare: str, found: int) -> None:
        if found:
            return
        self._above = bare[-_PREFIX_CHARS:] if bare[-1] in ":>" else ""
        if self._strict and _DATA.search(bare):
            self._drop(number, "it is no event")

    def _announced(self, prefix: str) -> str:
        above, self._above = self._above, ""
        if len(prefix) > 2 * _PREFIX_CHARS:
            prefix = f"{prefix[:_PREFIX_CHARS]} {prefix[-_PREFIX_CHARS:]}"
        return prefix or above

    def _valued(self, number: int, prefix: str, text: str, *, whole: bool) -> Iterator[Value]:
        content = _as_json(text)
        if content is not None:
            yield Value(number, prefix, content, "json", whole, False)
            return
        try:
            literal = parse(text)
        except (ValueError, RecursionError) as error:
            self._miss(number, text, str(error))
        else:
            yield Value(number, prefix, literal.value, _notation(text), whole, literal.cut)

    def _miss(self, number: int, text: str, why: str) -> None:
        if number != self._missed and (self._strict or _EVENT_BEGINS.match(text[:200])):
            self._missed = number
            self._drop(number, f"an object that cannot be read: {why}")


def _balanced(line: str, at: int, stack: list[str]) -> int | None:
    """Where what is open closes: None if it goes on over the line's end, -1 if it never can."""
    for match in _STEP.finditer(line, at):
        _, opener, closer, broken = match.groups()
        if opener:
            stack.append(_PAIRS[opener])
            if len(stack) > _DEEP:
                return -1
        elif closer:
            if not stack or stack.pop() != closer:
                return -1
            if not stack:
                return match.end()
        elif broken:
            return -1
    return None


def _in_quotes(line: str, at: int) -> tuple[Raw, int] | None:
    """An object that stands in quotes as a text, and where they end."""
    quote = line[at - 1] if at else ""
    match = _QUOTED[quote].match(line, at - 1) if quote in _QUOTED and line[at] == "{" else None
    if match is None:
        return None
    token = ("b" if line[at - 2 : at - 1] == "b" else "") + match[0]
    content = _as_json(unquoted(token))
    return None if content is None else (content, match.end())


def _as_json(text: str) -> Raw | None:
    try:
        content = text.encode("utf-8", "surrogateescape")
        _json.decode(content)
    except _REFUSALS:
        return None
    return Raw(content)


def _notation(text: str) -> Notation:
    second = text[1:].lstrip()[:1]
    return "node" if text[0] == "{" and (second.isalpha() or second in "_$") else "python" if second else "json"


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _decoded(raw: bytes, *, first: bool) -> str:
    line = raw.rstrip(b"\r\n")
    if first:
        line = line.removeprefix(b"\xef\xbb\xbf")
    text = line.decode("utf-8", "surrogateescape")
    text = _COLOUR.sub("", text) if "\x1b" in text else text
    match = _CONTAINER.match(text)
    return text[match.end() :] if match else text
