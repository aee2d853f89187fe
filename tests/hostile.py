"""Texts that want something of whoever shows them, and recordings in which every text is one."""

from __future__ import annotations

import copy
import json
import re
import unicodedata
from pathlib import Path

from rtcli.events import DIALECTS
from rtcli.events.example import example

RECORDINGS = Path(__file__).parents[1] / "recordings"

PIECES = {
    "clear the screen": "\x1b[2J",
    "put into the clipboard": "\x1b]52;c;aGk=\x07",
    "a link": "\x1b]8;;http://evil.example\x1b\\x",
    "conceal": "\x1b[8m",
    "conceal, as one character": "\x9b8m",
    "a device's string": "\x90q\x9c",
    "begin the line anew": "\r",
    "go back": "\x08",
    "a bell": "\x07",
    "nothing": "\x00",
    "delete": "\x7f",
    "from right to left": "\u202e",
    "apart": "\u2066",
    "no width": "\u200b",
    "a byte order mark": "\ufeff",
    "a line": "\u2028",
    "a tag": "\U000e0041",
    "half a pair": "\ud800",
    "the end of no markup": "[/x]",
    "markup": "[red]",
    "an emoji's name": ":skull:",
    "a command to GitHub": "\n::error::x",
}
HOSTILE = "".join(PIECES.values())
FREE = HOSTILE.replace("\x00", "")
"""What an operating system takes as an argument, or would, without half a pair."""
ARGUMENT = FREE.replace("\ud800", "\udc9b")
"""As an argument; the last byte is no UTF-8."""
FILE_NAME = ARGUMENT.replace("/", "").replace("http:", "")
TEXT = FREE.replace("\ud800", "")
"""As UTF-8."""

WORDS_OF_THE_PROTOCOL = frozenset({"type", "object", "role", "status", "from", "transport", "audio"})
OWN = re.compile(
    r"\x1b\[[0-9;]*m"  # colours
    r"|\x1b\[\?(?:25|7|1049|2004|2026)[hl]"  # the cursor, wrapping, another screen, pasting, a frame
    r"|\r?\x1b\[2K|\r?\x1b\[\d+[AB]"  # a line anew, and the way to it
    r"|\x1b\[H|\x1b\[[JK]"
)
"""What Rich and the screens of rtcli themselves send."""
_DIRECTED = {"RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI", "FSI", "PDI"}


def worse(value, kept=WORDS_OF_THE_PROTOCOL, *, names=False, name="", kind=""):
    """The same with a hostile end on every text that is under no kept name; `names` adds fields of such names."""
    if isinstance(value, str):
        if name in kept or (name == "delta" and "audio.delta" in kind):
            return value
        inner = _json(value)
        return value + HOSTILE if inner is None else json.dumps(worse(inner, kept, names=names))
    if isinstance(value, list):
        return [worse(one, kept, names=names, name=name) for one in value]
    if isinstance(value, dict):
        kind = str(value.get("type"))
        told = {key: worse(one, kept, names=names, name=key, kind=kind) for key, one in value.items()}
        more = {"k" + HOSTILE: "v" + HOSTILE, "o" + HOSTILE: {"deep" + HOSTILE: [HOSTILE]}} if names else {}
        return told | more
    return value


def _json(text):
    try:
        inner = json.loads(text)
    except ValueError:
        return None
    return inner if isinstance(inner, dict | list) else None


def lines(records, **how):
    return [json.dumps(worse(record, **how)).encode() + b"\n" for record in records]


def recorded(name, most=None):
    with (RECORDINGS / name).open("rb") as file:
        return [json.loads(line) for line in file][:most]


def examples(dialect):
    """Every event of a dialect, as a recording."""
    sides = [("server", event) for event in DIALECTS[dialect].types.values()]
    return [{"t": n / 4, "from": side, "event": example(event)} for n, (side, event) in enumerate(sides)]


GONE = object()
ODD = (GONE, None, "odd", 1e308, [[]], {"a": -1})
"""What a field may be instead of what it is."""


def damaged(dialect, oddities):
    """Every event of a dialect, whole and then with one field odd: as many times for each field as are asked for."""
    number = 0
    for record in examples(dialect):
        yield record
        for path in _paths(record["event"]):
            # Where fewer are asked for, neighbours get different ones.
            for odd in [ODD[(number + more) % len(ODD)] for more in range(oddities)]:
                if path != ("type",):
                    yield record | {"t": number / 4, "event": _with(record["event"], path, odd)}
            number += 1


def _paths(value, before=()):
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield (*before, key)
        yield from _paths(part, (*before, key))


def _with(event, path, odd):
    whole = copy.deepcopy(event)
    inner = whole
    for key in path[:-1]:
        inner = inner[key]
    if odd is GONE:
        del inner[path[-1]]
    else:
        inner[path[-1]] = odd
    return whole


BROKEN = [
    TEXT.replace("\n", "").encode() + b"\n",
    b'{"type":"' + TEXT.replace("\n", "").encode() + b'"}\n',
    b'{"type":"a\xed\xa0\x80\xff\x9b2J"}\n',
    b'{"t":1,"from":"server","event":{"type":"x","b":"' + TEXT.replace("\n", "").encode() + b'"}}\n',
    b'{"t":2,"from":"server","text":"' + TEXT.replace("\n", "").encode() + b'"}\n',
]
"""Lines that are no JSON, because the hostile characters stand in them as they are."""


def obeyed(data, *, terminal):
    """What a terminal would obey, or not show, in bytes that were to be for people."""
    text = data.decode("utf-8", "surrogateescape")
    found = {"\\x1b[8m"} if "\x1b[8m" in text else set()
    if terminal:
        text = text.replace("\r\n", "\n")
    text = OWN.sub("", text)
    for character in set(text) - {"\n"}:
        if unicodedata.category(character) in {"Cc", "Cs", "Cf", "Zl", "Zp"}:
            found.add(ascii(character))
        if unicodedata.bidirectional(character) in _DIRECTED:
            found.add(ascii(character))
    if re.search(r"^::(?:error|notice|warning)::x", text, re.MULTILINE):
        found.add("a command of its own")
    return found
