"""All that ledgers hold, in plain values that can be compared."""

from __future__ import annotations

from collections import deque

import msgspec

HOW = ("_handlers",)
"""How ledgers work, not what they hold."""
PLAIN = str | int | float | bytes | None | type | type(msgspec.UNSET)


def shape(thing, seen=None):
    """What stands in several places is a number the second time, so that it matters whether it is one thing."""
    seen = {} if seen is None else seen
    if isinstance(thing, PLAIN):
        return thing
    if isinstance(thing, tuple):
        return [shape(one, seen) for one in thing]
    if isinstance(thing, set | frozenset):
        return sorted(map(str, thing))
    if id(thing) in seen:
        return seen[id(thing)]
    seen[id(thing)] = f"thing {len(seen)}"
    if isinstance(thing, dict):
        return type(thing).__name__, [(shape(key, seen), shape(value, seen)) for key, value in thing.items()]
    if isinstance(thing, list | deque):
        return [shape(one, seen) for one in thing]
    fields = thing.__struct_fields__ if isinstance(thing, msgspec.Struct) else sorted(vars(thing))
    return type(thing).__name__, [(name, shape(getattr(thing, name), seen)) for name in fields if name not in HOW]
