r"""The strings in JSON text, found whatever else is wrong with it, and put back without another byte changing.

A text that was cut off, or has garbage between its braces, is taken as far as it goes. A character that is
written as an escape is put back as an escape of the same length.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

Path = tuple[str | int, ...]

_TOKEN: Final = re.compile(r'"((?:[^"\\]|\\.)*)(?:"|\\?$)|([{}\[\]:,])|([^\s"{}\[\]:,]+)', re.DOTALL)
_ESCAPE: Final = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.", re.DOTALL
)
_PERCENT: Final = re.compile(r"%(?:[2-7][0-9A-Fa-f]|0[9ADad])")
_SIMPLE: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


class Leaf(NamedTuple):
    """A value that is no object and no list, or a name: where its text lies, without quotes."""

    path: Path
    start: int
    end: int
    is_string: bool
    is_name: bool


def leaves(text: str) -> Iterator[Leaf]:
    """Every string, number and word in a text, with the path that leads to it."""
    stack: list[str | int] = []
    names: list[bool] = []
    """By level whether it is an object."""
    awaits_name = False
    for match in _TOKEN.finditer(text):
        mark = match[2]
        if mark is None:
            is_string = match[1] is not None
            start, end = match.span(1 if is_string else 3)
            is_name = awaits_name and is_string
            if is_name:
                stack[-1] = _decoded(text[start:end])
            yield Leaf(tuple(stack), start, end, is_string, is_name)
        elif mark == "{":
            stack.append("")
            names.append(True)
            awaits_name = True
        elif mark == "[":
            stack.append(0)
            names.append(False)
            awaits_name = False
        elif mark == ":":
            awaits_name = False
        elif not stack:
            continue
        elif mark == ",":
            last = stack[-1]
            awaits_name = names[-1]
            if isinstance(last, int):
                stack[-1] = last + 1
        else:
            stack.pop()
            names.pop()
            awaits_name = False


class Written(NamedTuple):
    """A text as it is meant, and where in what is written each of its characters begins."""

    text: str
    starts: list[int] | None
    """With the end; None where every character stands for itself."""


def unescaped(body: str) -> Written:
    """What the text between the quotes of a JSON string means."""
    return _read(body, _ESCAPE, _meaning) if "\\" in body else Written(body, None)


def unquoted(text: str) -> Written:
    """What a text means in which characters are written as in URLs; those beyond ASCII stay as written."""
    return _read(text, _PERCENT, _of_percent)


def is_percent_encoded(text: str) -> bool:
    """Whether some of it is written as in URLs."""
    return "%" in text and _PERCENT.search(text) is not None


def put_back(body: str, written: Written, new: str) -> str:
    """What is written, with the characters in it that changed; it is as long as before."""
    if written.starts is None:
        return new
    pieces: list[str] = []
    taken = 0
    for index, (before, after) in enumerate(zip(written.text, new, strict=True)):
        if before != after:
            start, end = written.starts[index], written.starts[index + 1]
            pieces += (body[taken:start], _as_long(body[start:end], after))
            taken = end
    return "".join(pieces) + body[taken:]


def _as_long(piece: str, new: str) -> str:
    if len(piece) == 1:
        return new
    if piece.startswith("%"):
        return f"%{ord(new):02X}" if ord(new) < 0x80 else piece
    if len(piece) == 2:
        return "\\/"
    code = ord(new)
    if code > 0xFFFF:
        return f"\\u{0xD800 + (code - 0x10000 >> 10):04x}\\u{0xDC00 + (code - 0x10000 & 0x3FF):04x}"
    return f"\\u{code:04x}"


def _decoded(body: str) -> str:
    return unescaped(body).text


def _read(body: str, pattern: re.Pattern[str], meaning: Callable[[str], str]) -> Written:
    pieces: list[str] = []
    starts: list[int] = []
    taken = 0
    for match in pattern.finditer(body):
        pieces.append(body[taken : match.start()])
        starts.extend(range(taken, match.start() + 1))
        pieces.append(meaning(match[0]))
        taken = match.end()
    pieces.append(body[taken:])
    starts.extend(range(taken, len(body) + 1))
    return Written("".join(pieces), starts)


def _meaning(piece: str) -> str:
    if len(piece) == 12:
        return chr(0x10000 + (int(piece[2:6], 16) - 0xD800 << 10) + int(piece[8:], 16) - 0xDC00)
    if len(piece) == 6:
        return chr(int(piece[2:6], 16))
    return _SIMPLE.get(piece[1], piece[1])


def _of_percent(piece: str) -> str:
    return bytes.fromhex(piece.removeprefix("%")).decode("ascii")
