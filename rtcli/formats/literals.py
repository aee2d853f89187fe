"""Objects as programs print them: Node's ``util.inspect``, a browser's console, Python's ``repr``, JSON beside them.

Elisions such as ``[Object]`` are kept as texts. Where a printer left out the rest of an array or of a text,
what is read is not all there was, and that is said.
"""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

_DEPTH: Final = 200
_TOKEN: Final = re.compile(
    r"""
      (?P<space>\s++|/\*(?s:.)*?\*/)
    | (?P<text>[bBuUrR]{0,2}(?:"(?:[^"\\]++|\\.)*+"|'(?:[^'\\]++|\\.)*+'|`(?:[^`\\]++|\\.)*+`))
    | (?P<more>(?:\.\.\.|…)\ *\d+\ more\ \w+)
    | (?P<elided>\[(?:Object|Array|[A-Z][a-z]*Array|Function|Async\w+|Generator\w+|Circular|Getter|Setter|Symbol|class)
        [^][\n]*\]|<[^<>\n]*>|\{(?:…|\.\.\.)\}|\[(?:…|\.\.\.)\]|\((?:…|\.\.\.)\))
    | (?P<cut>\.\.\.|…)
    | (?P<date>\d{4}-\d\d-\d\dT[\d:.]+Z?)
    | (?P<number>[-+]?(?:\d[\d_]*+(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+)n?(?![\w.]))
    | (?P<word>-?[A-Za-z_$][\w$]*+(?:\.[A-Za-z_$][\w$]*+)*+)
    | (?P<mark>=>|[{}\[\](),:=+])
    """,
    re.VERBOSE,
)
_WORDS: Final[dict[str, Any]] = {
    "true": True, "True": True, "false": False, "False": False, "null": None, "None": None,
}  # fmt: skip
_UNSAID: Final = object()
"""What JavaScript calls undefined, which no JSON has."""
_CLOSERS: Final = {"{": "}", "[": "]", "(": ")"}
_ESCAPE: Final = re.compile(
    r"\\(?:u\{([0-9a-fA-F]{1,6})\}|U([0-9a-fA-F]{8})|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL
)
_PLAIN_ESCAPES: Final = {
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "b": "\b",
    "f": "\f",
    "v": "\v",
    "0": "\0",
    "a": "\a",
    "\n": "",
}


class Literal(NamedTuple):
    """What a printed object was, and whether its printer left something out."""

    value: Any
    cut: bool


def parse(text: str) -> Literal:
    """The value that was printed so.

    Raises:
        ValueError: it is none, or nested too deeply.

    """
    parser = _Parser(text)
    value = parser.value(0)
    parser.end()
    return Literal(None if value is _UNSAID else value, parser.cut)


def unquoted(token: str) -> str:
    """The text that a quoted text stands for, in JavaScript or Python."""
    bare = token.lstrip("bBuUrR")
    prefix, body = token[: len(token) - len(bare)].lower(), bare[1:-1]
    if "r" in prefix or "\\" not in body:
        return body
    if "b" in prefix:
        return _ESCAPE.sub(_unescaped, body).encode("latin-1", "replace").decode("utf-8", "surrogateescape")
    return _paired(_ESCAPE.sub(_unescaped, body))


def _unescaped(match: re.Match[str]) -> str:
    *codes, plain = match.groups()
    if plain is not None:
        return _PLAIN_ESCAPES.get(plain, plain)
    code = int(next(filter(None, codes)), 16)
    return chr(code) if code <= 0x10FFFF else "\ufffd"


def _paired(text: str) -> str:
    """The text with its surrogates put together; those that are alone stand for no character."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self.cut = False
        self._kind = ""
        self._word = ""
        self._next()

    def _next(self) -> None:
        while True:
            match = _TOKEN.match(self._text, self._at)
            if match is None:
                self._kind, self._word = ("", "") if self._at >= len(self._text) else ("?", self._text[self._at])
                return
            self._at = match.end()
            self._kind, self._word = str(match.lastgroup), match[0]
            if self._kind != "space":
                return

    def _take(self) -> str:
        token = self._word
        self._next()
        return token

    def _expect(self, token: str) -> None:
        if self._word != token:
            raise ValueError(f"{token!r} was expected where {self._word[:20]!r} stands")
        self._next()

    def end(self) -> None:
        if self._kind:
            raise ValueError(f"{self._word[:20]!r} follows it")

    def value(self, depth: int) -> Any:
        if depth > _DEPTH:
            raise ValueError("it is nested too deeply")
        match self._kind, self._word:
            case "text", _:
                return self._quoted()
            case "number", _:
                return _number(self._take())
            case "mark", "{":
                return self._object(depth)
            case "mark", "[" | "(":
                return self._list(depth)
            case "word", _:
                return self._named(depth)
            case "elided", token:
                self._next()
                is_class = token.startswith("<ref") or (token.startswith("[Object:") and self._word in _CLOSERS)
                return self.value(depth + 1) if is_class else token
            case "date", _:
                return self._take()
        raise ValueError(f"{self._word[:20]!r} is no value")

    def _quoted(self) -> str:
        parts = [unquoted(self._take())]
        while self._kind == "text" or self._word == "+":
            if self._word == "+":
                self._next()
            if self._kind != "text":
                raise ValueError("a text was expected after +")
            parts.append(unquoted(self._take()))
        if self._kind in {"more", "cut"}:
            self.cut = True
            self._next()
        return "".join(parts)

    def _object(self, depth: int) -> dict[str, Any]:
        self._next()
        found: dict[str, Any] = {}
        while self._word != "}":
            if self._kind in {"more", "cut"}:
                self.cut = True
                self._next()
            else:
                key = self._key()
                self._expect("=>" if self._word == "=>" else ":")
                value = self.value(depth + 1)
                if value is not _UNSAID:
                    found[key] = value
            self._separated("}")
        self._next()
        return found

    def _key(self) -> str:
        if self._kind == "text":
            return unquoted(self._take())
        if self._kind in {"word", "number", "elided"}:
            return self._take()
        raise ValueError(f"{self._word[:20]!r} is no name")

    def _list(self, depth: int) -> list[Any]:
        closer = _CLOSERS[self._take()]
        found: list[Any] = []
        while self._word != closer:
            if self._kind in {"more", "cut"}:
                self.cut = True
                self._next()
            else:
                value = self.value(depth + 1)
                found.append(None if value is _UNSAID else value)
            self._separated(closer)
        self._next()
        return found

    def _separated(self, closer: str) -> None:
        if self._word == ",":
            self._next()
        elif self._word != closer:
            raise ValueError(f"{self._word[:20]!r} stands where it should end")

    def _named(self, depth: int) -> Any:
        """A word, or an object that is printed with the name of its class."""
        word = self._take()
        if word in _WORDS:
            return _WORDS[word]
        if word == "undefined":
            return _UNSAID
        if self._word == "(":
            arguments = self._arguments(depth)
            if self._word not in {"{", "["}:
                return arguments or word
        return self.value(depth + 1) if self._word in {"{", "["} else word

    def _arguments(self, depth: int) -> Any:
        """What stands in the brackets of a class: its fields by name, without those that are not set."""
        self._next()
        fields: dict[str, Any] = {}
        alone: list[Any] = []
        while self._word != ")":
            value = self.value(depth + 1)
            if self._word == "=" and isinstance(value, str):
                self._next()
                field = self.value(depth + 1)
                if field is not None:
                    fields[value] = field
            else:
                alone.append(value)
            self._separated(")")
        self._next()
        return fields or (alone[0] if len(alone) == 1 and not isinstance(alone[0], int) else None)


def _number(token: str) -> int | float:
    plain = token.rstrip("n").replace("_", "")
    if len(plain) > 400:
        raise ValueError("a number of so many digits")
    try:
        return int(plain)
    except ValueError:
        return float(plain)
