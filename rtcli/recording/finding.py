"""Where in a text something stands that has to go, and a quick look at whether there can be anything at all."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from rtcli.recording.alternatives import any_of
from rtcli.recording.assigned import ASSIGNED, ASSIGNED_PATTERNS
from rtcli.recording.doubtful import TOKEN
from rtcli.recording.personal import NUMBERS, PERSONAL, PERSONAL_PATTERNS, told_as_calls
from rtcli.recording.placeholders import is_placeholder
from rtcli.recording.shapes import KEY_PATTERNS, KEYS, Shape

Span = tuple[int, int, str]
"""Start, end, and the kind of what stands there."""

_WEAK: Final = frozenset({"sk", "ac", "?", "&", ";", "sk_", "key", "pass", "pin", "token", "shp"})
"""Signs that are in too many texts to be looked for first; what has them has others, or is a long run."""
_NAMED: Final = (
    '_key -key apikey key= key: key\\ key" _token token= token: token\\ token" code= auth= sig= jwt= %3d pwd cvv cvc ssn '
    'pin= pin: pin\\ pin" pincode pin_ otp securitycode security_code verification signature socialsecurity sk_ @ phone '
    'mobile telefon fax msisdn caller whatsapp tel\\ tel" _number'
)
"""How fields and sentences begin that hold what has no shape of its own."""
_SIGN: Final = re.compile(
    any_of(
        (
            *({sign for shape in (*KEYS, *ASSIGNED) for sign in shape.signs} - _WEAK),
            *_NAMED.split(),
            *("api key", "key :", "pin is", "pin code", "pin number", "pin was"),
        )
    )
)
_HIDDEN: Final = re.compile(r"\\u00[2-7]|%[2-7][0-9A-Fa-f]")
"""Plain characters that are written as escapes, or as in URLs."""
_SHAPED: Final = tuple(zip((*KEYS, *ASSIGNED), (*KEY_PATTERNS, *ASSIGNED_PATTERNS), strict=True))
_BY_SIGN: Final = tuple(
    (sign, [number for number, (shape, _) in enumerate(_SHAPED) if sign in shape.signs])
    for sign in sorted({sign for shape, _ in _SHAPED for sign in shape.signs})
)
_PERSONAL: Final = tuple(zip(PERSONAL, PERSONAL_PATTERNS, strict=True))


class Custom(NamedTuple):
    """A pattern of the user's own; the kind is the name of its first group, or ``pattern``."""

    kind: str
    pattern: re.Pattern[str]


def may_hold(text: str) -> bool:
    """Whether a text is worth a closer look; a cheap question that is asked of every line."""
    return bool(_SIGN.search(text.lower()) or NUMBERS.search(text) or TOKEN.search(text) or _HIDDEN.search(text))


def spans_in(text: str, customs: Sequence[Custom] = (), met: Iterable[Span] = ()) -> list[Span]:
    """Where something stands that has to go, none over another: the user's own patterns first, keys `met` elsewhere last."""
    spans: list[Span] = []
    for kind, pattern in customs:
        _take(spans, _found(kind, pattern, text))
    _take_keys(spans, text)
    if "@" in text or NUMBERS.search(text):
        for shape, pattern in _PERSONAL:
            _take(spans, _known(shape, pattern, text))
        _take(spans, ((start, end, "phone number") for start, end in told_as_calls(text)))
    _take(spans, met)
    return spans


def keys_in(text: str) -> list[Span]:
    """Where a key stands, or what is called one; nothing of persons."""
    spans: list[Span] = []
    _take_keys(spans, text)
    return spans


def _take_keys(spans: list[Span], text: str) -> None:
    lower = text.lower()
    worth = {number for sign, numbers in _BY_SIGN if sign in lower for number in numbers}
    for number in sorted(worth):
        _take(spans, _known(*_SHAPED[number], text))


def _known(shape: Shape, pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    group = "s" if "s" in pattern.groupindex else 0
    for match in pattern.finditer(text):
        value = match[group]
        if (shape.holds is None or shape.holds(value)) and not is_placeholder(value):
            yield (*match.span(group), shape.kind)


def _found(kind: str, pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    group = next(iter(pattern.groupindex), 0)
    for match in pattern.finditer(text):
        if match[group] and not is_placeholder(match[group]):
            yield (*match.span(group), kind)


def _take(spans: list[Span], more: Iterable[Span]) -> None:
    """Add what does not lie in what is there; of what does in part, the rest. The spans stay in order."""
    for start, end, kind in list(more):
        first = bisect_right(spans, start, key=_end_of)
        last = bisect_left(spans, end, lo=first, key=_start_of)
        taken = spans[first:last]
        if kind == "email" and taken:
            continue
        edges = [start, *(edge for one in taken for edge in one[:2]), end]
        free = zip(edges[::2], edges[1::2], strict=True)
        spans[first:last] = sorted([*taken, *((a, b, kind) for a, b in free if a < b)])


def _start_of(span: Span) -> int:
    return span[0]


def _end_of(span: Span) -> int:
    return span[1]
