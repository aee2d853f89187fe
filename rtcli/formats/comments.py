"""Event lines with comments between them: ``// …`` or ``# …``, each on a line of its own."""

from __future__ import annotations

import re
from typing import Final

from rtcli.formats.extraction import read_strictly, seen
from rtcli.formats.form import Form

_COMMENT: Final = re.compile(rb"^[ \t]*(?://|#)", re.MULTILINE)


def _knows(head: bytes) -> bool:
    found = seen(head)
    plain = all(one.value.whole and one.value.notation == "json" and not one.value.prefix for one in found)
    return bool(found) and plain and _COMMENT.search(head) is not None


COMMENTS: Final = Form("comments", "event lines with comments between them", _knows, read_strictly)
