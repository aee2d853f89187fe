"""Two JSON values beside each other, as people know it from a unified diff."""

from __future__ import annotations

import json
from difflib import unified_diff
from typing import Any, Final

from rich.text import Text

from rtcli.views.text import said

_STYLES: Final = {"+": "green", "-": "red", "@": "cyan"}
_CONTEXT: Final = 2


def difference(before: Any, after: Any, title: str) -> Text | None:
    """What changed from one value to the other, line by line; None where nothing did."""
    lines = list(unified_diff(_lines(before), _lines(after), n=_CONTEXT, lineterm=""))
    if not lines:
        return None
    shown = Text(said(title), style="bold")
    for line in lines[2:]:
        shown.append("\n" + said(line), style=_STYLES.get(line[:1], ""))
    return shown


def _lines(value: Any) -> list[str]:
    return json.dumps(value, indent=2, ensure_ascii=False).splitlines()
