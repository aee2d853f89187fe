"""Sessions in YAML, such as cassettes of tests: a list of events or of envelopes around them.

The file is read as a stream of its parts, one element of the list after another, and never by what builds
whole documents: an alias, which can make a small file unfold without end, is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from msgspec import Struct

from rtcli.errors import UnreadableRecording
from rtcli.formats.bodies import names_a_side, told
from rtcli.formats.form import Drop, Form
from rtcli.formats.logged import Logged, Where, records
from rtcli.recording import Record

_LISTED: Final = re.compile(
    rb"(?m)^(?:%YAML|---\s*$|(?:interactions|events|messages|frames|log|cassette)\s*:\s*$|- +[\"']?[\w-]+[\"']?\s*:)"
)
_TYPED: Final = re.compile(rb"(?m)^[ -]*[\"']?type[\"']?\s*:\s+[\"']?[a-z_]+(?:\.[a-z_]+)+[\"']?\s*$")
_DEPTH: Final = 200
"""Deeper than any event; the parser takes the square of the depth."""
_REFUSED: Final = "it has anchors and aliases, which can make a small file grow without end"


class _Node(Struct):
    """A mapping or a sequence that is being read."""

    value: dict[str, Any] | list[Any]
    line: int
    streamed: bool
    """Its elements are given out, not kept."""
    key: str | None = None


class _Stream:
    """The lines of the file as the parser wants them."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = iter(lines)
        self._rest = b""

    def read(self, size: int = 1 << 16, /) -> bytes:
        if not self._rest:
            self._rest = next(self._lines, b"")
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece


def _knows(head: bytes) -> bool:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    return start[:1] not in {b"{", b"["} and bool(_LISTED.search(head)) and bool(_TYPED.search(head))


def _read(lines: Iterable[bytes], drop: Drop) -> Iterator[tuple[int, Record]]:
    return records(_logged(lines, drop))


def _logged(lines: Iterable[bytes], drop: Drop) -> Iterator[Logged]:
    for line, value in _elements(lines, drop):
        empty = True
        for one in told(value, Where(line)):
            empty = False
            yield one
        if empty and names_a_side(value):
            drop(line, "no event is in it, though it says who sent it")


def _elements(lines: Iterable[bytes], drop: Drop) -> Iterator[tuple[int, Any]]:
    """The elements of the file's list, each with its line; a document that has no list is one."""
    import yaml  # noqa: PLC0415 - 30 ms that only such files need

    parser = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(_Stream(lines))
    line = 0
    try:
        builder = _Builder(yaml)
        while parser.check_event():
            event = parser.get_event()
            line = event.start_mark.line + 1
            yield from builder.took(event, line)
            if builder.depth > _DEPTH:
                drop(line, "it is nested too deeply from here on")
                return
    except (yaml.YAMLError, UnicodeError) as error:
        if not line:
            raise UnreadableRecording("the file", f"it is no YAML: {_said(error)}") from error
        drop(line, f"it is no YAML from here on: {_said(error)}")
    finally:
        parser.dispose()


def _said(error: Exception) -> str:
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    return str(problem).splitlines()[0][:200] if str(problem) else "it cannot be parsed"


class _Builder:
    """Puts values together from the parts of a YAML file, without recursion."""

    def __init__(self, yaml: Any) -> None:
        self._yaml = yaml
        self._plain = yaml.SafeLoader("")
        self._open: list[_Node] = []

    @property
    def depth(self) -> int:
        """How deep what is being read is nested."""
        return len(self._open)

    def took(self, event: Any, line: int) -> Iterator[tuple[int, Any]]:
        yaml = self._yaml
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise UnreadableRecording("the file", _REFUSED, "write it without them")
        if isinstance(event, yaml.MappingStartEvent):
            self._open.append(_Node({}, line, streamed=False))
        elif isinstance(event, yaml.SequenceStartEvent):
            parents = self._open
            at_top = not parents or (len(parents) == 1 and isinstance(parents[0].value, dict))
            self._open.append(_Node([], line, streamed=at_top))
        elif isinstance(event, yaml.ScalarEvent):
            yield from self._put(self._scalar(event), line)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            node = self._open.pop()
            if not node.streamed:
                yield from self._put(node.value, node.line)
            elif self._open:
                self._open[-1].key = None

    def _put(self, value: Any, line: int) -> Iterator[tuple[int, Any]]:
        """Give a value its place in what is open, or give it out."""
        parent = self._open[-1] if self._open else None
        if parent is None:
            yield line, value
        elif isinstance(parent.value, list):
            if parent.streamed:
                yield line, value
            else:
                parent.value.append(value)
        elif parent.key is None:
            parent.key = value if isinstance(value, str) else str(value)
        else:
            parent.value[parent.key] = value
            parent.key = None

    def _scalar(self, event: Any) -> Any:
        """The value of a plain word: a number, true, false or nothing; every other is a text."""
        text: str = event.value
        if event.tag is not None or not event.implicit[0]:
            return text
        tag = self._plain.resolve(self._yaml.ScalarNode, text, event.implicit)
        make = {"null": "null", "bool": "bool", "int": "int", "float": "float"}.get(str(tag).rpartition(":")[2])
        if make is None or len(text) > 400:
            return text
        node = self._yaml.ScalarNode(tag, text)
        try:
            return getattr(self._plain, f"construct_yaml_{make}")(node)
        except (ValueError, self._yaml.YAMLError):
            return text


YAML: Final = Form("yaml", "a cassette in YAML", _knows, _read)
