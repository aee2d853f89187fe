"""The page itself: a template, a style sheet and a script that are files of this package, put into one text.

Everything of the recording goes in as JSON or base64 in blocks that no browser runs, and the script sets it
as text. The policy lets run only what has the hash of our own script, and lets nothing reach a network.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from rtcli import __version__
from rtcli.reports.page.document import Document

SCRIPTS: Final = ("data", "player", "timeline", "overview", "moving", "events", "talk", "latency", "causes", "main")
"""The parts of the script, in their order."""
_OUTSIDE: Final = str.maketrans({char: f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"})
"""What could end a block, begin a comment in it, or end a line of a script; inside of JSON all stand in strings."""


def pieces_of_page(document: Document) -> Iterator[str]:
    """The page in pieces, so that it need not be in memory twice; the files of this package are read at once."""
    environment = Environment(
        loader=PackageLoader("rtcli.reports.page", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    style, script = _file("report.css"), "\n".join(_file(f"script/{name}.js") for name in SCRIPTS)
    template = environment.get_template("report.html.j2")
    return template.generate(
        name=document.data["file"],
        version=__version__,
        policy=_policy(style, script),
        style=Markup(style),  # noqa: S704 - a file of this package
        script=Markup(script),  # noqa: S704
        data=embedded(document.data),
        bodies=((name, embedded(texts)) for name, texts in document.bodies.items()),
        pieces=document.pieces.items(),
    )


def embedded(value: Any) -> Markup:
    """A value as JSON that can stand in a script block, whatever its strings say."""
    try:
        text = msgspec.json.encode(value).decode()
    except UnicodeEncodeError:  # half of a surrogate pair
        text = json.dumps(value, separators=(",", ":"))
    return Markup(text.translate(_OUTSIDE))  # noqa: S704 - nothing in it can end the block


def _policy(style: str, script: str) -> str:
    rules = {
        "default-src": "'none'",
        "script-src": _hash(script),
        "style-src": _hash(style),
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
        "require-trusted-types-for": "'script'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _file(name: str) -> str:
    from importlib.resources import files  # noqa: PLC0415 - only a page needs it

    return files("rtcli.reports.page").joinpath(name).read_text(encoding="utf-8")
