"""Two sequences beside each other: what stands in one for what in the other.

Laws: the pairs are in order in both sequences; equal sequences are paired one to one; exchanging the
sequences exchanges the pairs and changes nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from difflib import SequenceMatcher
from typing import Any, Final, TypeVar

T = TypeVar("T")
Key = Callable[[Any], Hashable]
Pair = tuple[T | None, T | None]

_MANY: Final = 2000
"""From so many on, what occurs very often is no longer looked for first: it would take too long."""


def align(a: Sequence[T], b: Sequence[T], keys: Sequence[Key]) -> list[Pair[T]]:
    """Every element once, in order, with its counterpart; None where it has none.

    The first key says what is the same. What it leaves over between two places that are the same is
    paired by the next key, and so on.
    """
    if not keys or not a or not b:
        return [(one, None) for one in a] + [(None, one) for one in b]
    key, *coarser = keys
    pairs: list[Pair[T]] = []
    done_a = done_b = 0
    for start_a, start_b, size in _same([key(one) for one in a], [key(one) for one in b]):
        pairs += align(a[done_a:start_a], b[done_b:start_b], coarser)
        pairs += zip(a[start_a : start_a + size], b[start_b : start_b + size], strict=True)
        done_a, done_b = start_a + size, start_b + size
    return pairs


def _same(a: list[Hashable], b: list[Hashable]) -> list[tuple[int, int, int]]:
    """Where stretches of both are the same, and how long they are; the last is of no length, at both ends."""
    if a == b:
        return [(0, 0, len(a)), (len(a), len(b), 0)]
    if (len(a), repr(a)) > (len(b), repr(b)):
        return [(start_a, start_b, size) for start_b, start_a, size in _same(b, a)]
    head = _common(a, b)
    tail = _common(a[head:][::-1], b[head:][::-1])
    middle_a, middle_b = a[head : len(a) - tail], b[head : len(b) - tail]
    matcher = SequenceMatcher(None, middle_a, middle_b, autojunk=len(middle_b) > _MANY)
    found = [(start_a + head, start_b + head, size) for start_a, start_b, size in matcher.get_matching_blocks() if size]
    ends = [(len(a) - tail, len(b) - tail, tail), (len(a), len(b), 0)]
    return [(0, 0, head), *found, *ends]


def _common(a: list[Hashable], b: list[Hashable]) -> int:
    """How many elements both begin with."""
    length = 0
    for one, other in zip(a, b, strict=False):
        if one != other:
            break
        length += 1
    return length
