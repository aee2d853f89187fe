"""Takes secrets out of texts, and puts in what is as long and tells nothing.

Law: a text is given back with as many characters as it had, each as long in UTF-8 as the one before; where
nothing is found it is the same text. What was put in once is found by no second redaction.

Texts are looked into as deep as they are wrapped: JSON in a string of JSON, characters written as escapes,
and as in URLs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import Final

from msgspec.json import decode

from rtcli.recording import nested
from rtcli.recording.assigned import (
    could_be,
    is_short_code,
)
from rtcli.recording.doubtful import Doubt, dotted, doubtful, holds_ids
from rtcli.recording.finding import Custom, Span, may_hold, spans_in
from rtcli.recording.keyring import OF_A_FIELD, Keyring
from rtcli.recording.named import Pairs, is_named, lies_in_credentials, name_of
from rtcli.recording.nested import Path
from rtcli.recording.personal import PHONE_FIELDS, is_card
from rtcli.recording.placeholders import Placeholders, blank, is_placeholder, number_like

_DEEPEST: Final = 6
_LEAST: Final = 4
_LEAST_CODE: Final = 3
"""Of what stands on the back of a card."""
Change = Callable[[str], str]


class Redaction:
    """Finds and replaces, and counts what it has found."""

    def __init__(self, patterns: Sequence[re.Pattern[str]] = (), fields: Sequence[str] = ()) -> None:
        """Look for the known shapes, for `patterns`, and empty `fields`, globs of dotted names."""
        self.customs = [Custom(next(iter(pattern.groupindex), "pattern"), pattern) for pattern in patterns]
        self.fields = [tuple(field.split(".")) for field in fields]
        self.fields_met: set[str] = set()
        """Those of the fields that were found."""
        self.counts: Counter[str] = Counter()
        """How often something of a kind was replaced."""
        self.lines: Counter[str] = Counter()
        """In how many lines."""
        self.doubts: list[Doubt] = []
        self.line = 0
        """The line that is being looked at."""
        self._last: dict[str, int] = {}
        self._placeholders = Placeholders()
        self._keyring = Keyring()
        self._is_quiet = False

    def may_hold(self, text: str) -> bool:
        """Whether a text is worth a closer look; a cheap question that is asked of every line."""
        return bool(self.customs or self.fields) or may_hold(text) or self._keyring.has_any_of(text)

    def meet(self, text: str, instead: Callable[[nested.Leaf], Change | None] | None = None) -> None:
        """Learn which keys are in JSON text, or in one that is none; also in what else goes, for there nothing tells of it."""
        with self._quiet(own=False):
            self.text(self.json(text, (), 0, instead))

    def meet_value(self, text: str, path: Path) -> None:
        """Learn which keys are in the value of a field."""
        with self._quiet(own=False):
            self.text(text, path, 1)

    def quietly(self, text: str, path: Path = ()) -> str:
        """The text without its secrets, which are not counted."""
        with self._quiet():
            return self.text(text, path)

    @contextmanager
    def _quiet(self, *, own: bool = True) -> Iterator[None]:
        """Count nothing until the end of the block, and leave the user's own patterns and fields out if so."""
        before = self._is_quiet, self.customs, self.fields
        self._is_quiet = True
        if not own:
            self.customs, self.fields = [], []
        try:
            yield
        finally:
            self._is_quiet, self.customs, self.fields = before

    def text(self, text: str, path: Path = (), depth: int = 0) -> str:
        """The text without its secrets; the path is that of the field it is the value of."""
        if len(text) < (_LEAST_CODE if is_short_code(name_of(path)) else _LEAST) and not (self.fields or self.customs):
            return text
        is_quoted = '"' in text and depth < _DEEPEST
        is_json = is_quoted and text.lstrip()[:1] in ("{", "[")
        has_json = is_json or (is_quoted and "\\" in text)
        field = self._field_of(path)
        if field and not is_json:
            return self._emptied(text, field)
        named = is_named(path)
        if named and not field and _is_secret(text, path, is_json):
            return self._replaced(text, _value_spans(text))
        if (
            PHONE_FIELDS.search(name_of(path))
            and sum(map(str.isdigit, text)) >= 6
            and text.strip("+0123456789 ()-./") == ""
        ):
            return self._replaced(text, [(0, len(text), "phone number")])
        if not (named and has_json) and not self.may_hold(text):
            return text
        new = self.json(text, path, depth + 1) if has_json else text
        if nested.is_percent_encoded(new) and depth < _DEEPEST:
            written = nested.unquoted(new)
            new = nested.put_back(new, written, self.text(written.text, (*path, ""), depth + 1))
        new = self._replaced(new, self._spans(new, path))
        if depth < _DEEPEST:
            new = self._decoded(new, path, depth)
        if depth and not has_json and not holds_ids(path) and not self._is_quiet:
            self._doubt(new, path)
        return new

    def _decoded(self, text: str, path: Path, depth: int) -> str:
        """The text with the secrets taken out of what in it is base64 of a text."""
        pieces: list[str] = []
        taken = 0
        for one in nested.encoded(text):
            doubts = len(self.doubts)
            new = self.text(one.text, (*path, ""), depth + 1)
            self.doubts[doubts:] = [doubt._replace(place=one.start) for doubt in self.doubts[doubts:]]
            if new != one.text:
                pieces += (text[taken : one.start], nested.encoded_again(one, new, text[one.start : one.end]))
                taken = one.end
        return "".join(pieces) + text[taken:] if pieces else text

    def json(
        self,
        text: str,
        path: Path = (),
        depth: int = 0,
        instead: Callable[[nested.Leaf], Change | None] | None = None,
    ) -> str:
        """JSON text with the secrets taken out of its strings; of some values something else is made `instead`."""
        pieces: list[str] = []
        taken = 0
        pairs = Pairs()
        for leaf in nested.leaves(text):
            body = text[leaf.start : leaf.end]
            change = instead(leaf) if instead is not None and not leaf.is_name else None
            if change is not None:
                new = self._of_string(body, change) if leaf.is_string else change(body)
            elif leaf.is_name:
                new = self._of_string(body, self._of_name) if len(body) >= _LEAST_NAME or self.customs else body
            elif leaf.is_string:
                where = (*path, *pairs.named(leaf, body))
                new = self._of_string(body, lambda value, where=where: self.text(value, where, depth + 1))  # type: ignore[misc]
            else:
                new = self._of_scalar(body, (*path, *pairs.named(leaf, body)))
            if new != body:
                pieces += (text[taken : leaf.start], new)
                taken = leaf.end
        return "".join(pieces) + text[taken:] if pieces else text

    def note(self, kind: str) -> None:
        """Count something that was replaced in this line."""
        if self._is_quiet:
            return
        self.counts[kind] += 1
        if self._last.get(kind) != self.line:
            self._last[kind] = self.line
            self.lines[kind] += 1

    def _of_name(self, name: str) -> str:
        """The name of a field, which may be an address or a number."""
        return self._replaced(name, self._spans(name))

    def _of_string(self, body: str, change: Callable[[str], str]) -> str:
        written = nested.unescaped(body)
        new = change(written.text)
        if new == written.text:
            return body
        return nested.put_back(body, written, new) if len(new) == len(written.text) else new

    def _of_scalar(self, body: str, path: Path) -> str:
        field = self._field_of(path)
        if body in _WORDS:
            return body
        is_number = bool(_NUMBER.fullmatch(body))
        if field:
            self.fields_met.add(field)
            return self._number(body, "field") if is_number else self._emptied(body, field)
        if is_number:
            if found := next((one.kind for one in self.customs if one.pattern.search(body)), ""):
                return self._number(body, found)
            return self._of_whole(body, path) if body.lstrip("-").isdigit() else body
        return self._replaced(body, self._spans(body))

    def _of_whole(self, body: str, path: Path) -> str:
        """A number without a fraction: with one it is a measure."""
        digits, name = len(body.lstrip("-")), name_of(path)
        if digits >= (_LEAST_CODE if is_short_code(name) else _LEAST) and is_named(path):
            return self._number(body, OF_A_FIELD)
        if is_card(body) or (digits > 6 and PHONE_FIELDS.search(name)):
            return self._number(body, "card number" if is_card(body) else "phone number")
        return body

    def _number(self, body: str, kind: str) -> str:
        new = number_like(body)
        if new != body:
            self.note(kind)
        return new

    def _field_of(self, path: Path) -> str:
        """The glob that a path, or what it lies in, is named by."""
        if not self.fields or not path:
            return ""
        steps = [str(step) for step in path]
        for glob in self.fields:
            for end in range(len(steps), len(glob) - 1, -1):
                if all(map(fnmatchcase, steps[end - len(glob) : end], glob)):
                    return ".".join(glob)
        return ""

    def _emptied(self, text: str, field: str) -> str:
        self.fields_met.add(field)
        new = text if is_placeholder(text) else blank(text)
        if new != text:
            self.note("field")
        return new

    def _replaced(self, text: str, spans: Sequence[Span]) -> str:
        if not spans:
            return text
        pieces: list[str] = []
        taken = 0
        for start, end, kind in spans:
            self._keyring.add(kind, text[start:end])
            pieces += (text[taken:start], self._placeholders.of(kind, text[start:end]))
            taken = end
            self.note(kind)
        return "".join(pieces) + text[taken:]

    def _spans(self, text: str, path: Path = ()) -> list[Span]:
        return spans_in(text, self.customs, self._keyring.spans(text, path))

    def _doubt(self, text: str, path: Path) -> None:
        for place in doubtful(text):
            if len(self.doubts) < _DOUBTS_KEPT:
                self.doubts.append(Doubt(self.line, dotted(map(self._shown, path)), place))

    def _shown(self, step: str | int) -> str | int:
        """A step of a path as it may be told; the names of fields are a peer's words too."""
        if isinstance(step, int) or (_PLAIN_NAME.fullmatch(step) and not self._spans(step)):
            return step
        return "*" if step else step


def _is_secret(text: str, path: Path, is_json: bool) -> bool:
    """Whether all of a text goes that stands in a field for secrets: JSON stays it where all that lies in it goes."""
    if "logprobs" in path or is_placeholder(text) or not could_be(text, name_of(path)):
        return False
    return not (is_json and lies_in_credentials(path) and _is_whole(text))


def _is_whole(text: str) -> bool:
    """Whether it is JSON from its beginning to its end, so that nothing stands between what is found in it."""
    try:
        decode(text)
    except (ValueError, RecursionError):
        return False
    return True


def _value_spans(text: str) -> list[Span]:
    """All of a value but the word before it that says how it is meant."""
    scheme = _SCHEME.match(text)
    return [(scheme.end() if scheme else 0, len(text), OF_A_FIELD)]


_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_WORDS: Final = frozenset({"true", "false", "null"})
_SCHEME: Final = re.compile(r"(?i:(?:bearer|basic|token|digest|apikey)\s+)")
_DOUBTS_KEPT: Final = 200
_PLAIN_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z_.-]{0,30}\d{0,3}")
_LEAST_NAME: Final = 6
"""No shorter name of a field is an address or a number."""
