"""Events as programs print them among other text: JSON over several lines, Node's objects, Python's."""

from __future__ import annotations

import re
from typing import Final

from rtcli.formats.extraction import read, seen
from rtcli.formats.form import Form
from rtcli.formats.objects import Notation
from rtcli.formats.sides import senders

_TYPED: Final = re.compile(rb"""["']?\btype["']?\s*[:=]\s*["']([a-z_]+(?:\.[a-z_]+)+)["']""")


def _first_is(head: bytes, notation: Notation) -> bool:
    first = next(iter(seen(head)), None)
    return first is not None and first.value.notation == notation


def _is_nodes(head: bytes) -> bool:
    return _first_is(head, "node")


def _is_pythons(head: bytes) -> bool:
    return _first_is(head, "python")


def _is_printed(head: bytes) -> bool:
    """Whether there is an event, or the first part of one that is longer than what is looked at."""
    if seen(head):
        return True
    return any(match[1].decode() in senders() for match in _TYPED.finditer(head))


NODE: Final = Form("node", "objects as Node prints them", _is_nodes, read)
PYTHON: Final = Form("python", "objects as Python prints them", _is_pythons, read)
PRINTED: Final = Form("printed", "JSON printed among other text", _is_printed, read)
