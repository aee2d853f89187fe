"""What a ticket should tell of the machine: versions, and the environment as far as it is nobody's secret."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

_LIBRARIES: Final = ("typer", "rich", "websockets", "msgspec", "pybase64", "jinja2", "pyyaml", "zstandard")
_HARMLESS: Final = frozenset(
    {"COLUMNS", "LINES", "FORCE_COLOR", "NO_COLOR", "LANG", "LANGUAGE", "TERM", "COLORTERM", "TZ", "CI"}
    | {"LC_ALL", "LC_CTYPE", "PYTHONUTF8", "PYTHONIOENCODING", "PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE"}
)
"""Names that change what rtcli does or shows, and hold nothing of anybody."""
_OWN: Final = "RTCLI_"


def versions() -> dict[str, str]:
    """What runs, and on what."""
    from rtcli import __version__

    found = {
        "rtcli": __version__,
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "platform": f"{platform.system()} {platform.release()} {platform.machine()}",
    }
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def environment(variables: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Rtcli's own variables without what is secret in them, and those of an allow-list."""
    from rtcli.recording.redaction import Redaction

    redaction = Redaction()
    home = str(Path.home())
    told = {}
    for name, value in sorted(variables.items()):
        if name.startswith(_OWN) or name in _HARMLESS:
            text = value.encode("utf-8", "replace").decode()
            told[name] = redaction.text(text.replace(home, "~") if len(home) > 1 else text, (name.lower(),), 1)
    return told
