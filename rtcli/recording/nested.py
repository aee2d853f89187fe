r"""The strings in JSON text, found whatever else is wrong with it, and put back without another byte changing.

A text that was cut off, or has garbage between its braces, is taken as far as it goes. A character that is
written as an escape is put back as an escape of the same length.
"""

from __future__ import annotations

import base64
import re
from array import array
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

Path = tuple[str | int, ...]

_TOKEN: Final = re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+)*+)(?:"|\\?$)|([{}\[\]:,])|([^\s"{}\[\]:,]+)', re.DOTALL)
_ESCAPE: Final = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.", re.DOTALL
)
_PERCENT: Final = re.compile(r"%(?:[2-7][0-9A-Fa-f]|0[9ADad])")
_FROM_URLS: Final = str.maketrans("-_", "+/")
_WHITE: Final = dict.fromkeys(map(ord, "\n\r\t"), " ")
_OF_TEXT: Final = bytes([*b"\n\r\t", *range(0x20, 0x7F), *range(0x80, 0xF5)])
"""The bytes that UTF-8 writes texts with."""
_SIMPLE: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_DEEP: Final = 64
"""So many steps of a path are kept, half of them from its beginning."""
_ENDS: Final = _DEEP // 2
_BASE64: Final = re.compile(r"(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_-]{24,}+={0,2}(?![A-Za-z0-9+/_=-])")
_FIRST_CHARACTERS: Final = 64


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
            yield Leaf(_path(stack), start, end, is_string, is_name)
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


def _path(steps: list[str | int]) -> Path:
    """The path of these steps; of one that leads very deep both ends, so that each value costs as little."""
    return tuple(steps) if len(steps) <= _DEEP else (*steps[:_ENDS], *steps[-_ENDS:])


class Written(NamedTuple):
    """A text as it is meant, and where in what is written each of its characters begins."""

    text: str
    starts: array[int] | None
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


class Encoded(NamedTuple):
    """A text that stands in another one as base64."""

    start: int
    end: int
    text: str
    is_for_urls: bool
    """Whether with the two characters that need no escape in a URL."""


def encoded(text: str) -> Iterator[Encoded]:
    """What in a text is base64 of a text, and not of sound, of a picture or of chance."""
    for match in _BASE64.finditer(text):
        run = match[0]
        if _begins_as_text(run):
            meant = _read_base64(run.rstrip("="))
            if meant is not None:
                yield Encoded(*match.span(), meant, "-" in run or "_" in run)


def is_encoded(run: str) -> bool:
    """Whether all of it is base64 of a text."""
    return any(one.end - one.start == len(run) for one in encoded(run))


def encoded_again(old: Encoded, new: str, written: str) -> str:
    """Base64 of a text in place of that of another one that was as long."""
    made = base64.b64encode(new.encode(), b"-_" if old.is_for_urls else b"+/").decode()
    return made.rstrip("=") + "=" * written.count("=")


def _read_base64(run: str) -> str | None:
    try:
        text = base64.b64decode(run.translate(_FROM_URLS) + "=" * (-len(run) % 4)).decode()
    except ValueError:
        return None
    return text if text.translate(_WHITE).isprintable() else None


def _begins_as_text(run: str) -> bool:
    """Whether its first bytes can be those of a text; a quick look, because sound is long."""
    begin = run[:_FIRST_CHARACTERS].rstrip("=")
    raw = base64.b64decode(begin[: len(begin) // 4 * 4].translate(_FROM_URLS))
    return not raw.translate(None, _OF_TEXT)


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
        return f"%{ord(new):02X}"
    if len(piece) == 2:
        return "\\/" if piece.isascii() else "\\" + new
    code = ord(new)
    if code > 0xFFFF:
        return f"\\u{0xD800 + (code - 0x10000 >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
    return f"\\u{code:04x}"


def _decoded(body: str) -> str:
    return unescaped(body).text


def _read(body: str, pattern: re.Pattern[str], meaning: Callable[[str], str]) -> Written:
    pieces: list[str] = []
    starts = array("Q")
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
