"""What is made of a recording and never read back as one, told by its first bytes."""

from __future__ import annotations

import re
from typing import Final

_LOOKED_AT: Final = 200
_MADE: Final = (
    (
        re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"resourceSpans"\s*:'),
        "it holds spans, of which no session can be read back",
    ),
    (re.compile(rb'\s*\{\s*"schema"\s*:\s*"rtcli\.'), "it is what a command wrote about a recording, and none itself"),
    (re.compile(rb"PAR1"), "it is a table in Parquet, of which no session can be read back"),
    (re.compile(rb"RIFF....WAVE", re.DOTALL), "it is a WAV file, which holds sound and no events"),
    (re.compile(rb"PK\x03\x04"), "it is a ZIP archive"),
    (re.compile(rb"\s*<!doctype html", re.IGNORECASE), "it is a web page"),
)


def made_of_one(head: bytes) -> str:
    """Why a file that begins so is no recording; empty where it may be one."""
    start = head[:_LOOKED_AT]
    return next((why for pattern, why in _MADE if pattern.match(start)), "")
