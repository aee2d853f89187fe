"""What a node of the tree says, in brief: while it stays the same, so do the node's rows.

Law: whatever `rtcli.views.label` looks at is in the stamp, or never changes once it is there. What only grows is in
it by its length.
"""

from __future__ import annotations

from typing import Any, Final

from msgspec import structs

from rtcli.session.tree import Item, Odd

Stamp = tuple[Any, ...]
_GROWS: Final = frozenset({list, dict, set})


def stamp(node: Any, parent: Any) -> Stamp:
    """The stamp of a node below another, whose colour it may have."""
    said = _fields(node)
    if isinstance(node, Item):
        return said if len(node.streams) != 1 else (*said, *(_fields(one) for one in node.streams.values()))
    if isinstance(node, Odd):
        return *said, *_fields(node.words)
    return (*said, parent.role, parent.kind) if isinstance(parent, Item) else said


def _fields(node: Any) -> Stamp:
    # a list, and no call for each value: this is most of what a frame costs
    return tuple([len(value) if type(value) in _GROWS else value for value in structs.astuple(node)])
