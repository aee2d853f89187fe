"""Moments and lengths as people write them: ``90``, ``1m30s``, ``250ms``, ``-10s``."""

from __future__ import annotations

import re
from math import isfinite
from typing import Final

from rtcli.errors import BadOption

_UNITS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_PIECE: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")


def parse_time(option: str, text: str) -> float:
    """The time in seconds; negative counts from the end.

    Raises:
        BadOption: it is no time.

    """
    seconds = _signed(option, text)
    if not isfinite(seconds):
        raise BadOption(
            option, f"{text[:20]}… is no time that can be told", "write seconds (90) or units (1m30s, 250ms)"
        )
    return seconds


def _signed(option: str, text: str) -> float:
    sign, body = (-1.0, text[1:]) if text.startswith("-") else (1.0, text)
    try:
        return sign * _plain(body)
    except ValueError:
        pass
    pieces = _PIECE.findall(body)
    if not pieces or "".join(number + unit for number, unit in pieces) != body:
        raise BadOption(option, f"{text!r} is no time", "write seconds (90) or units (1m30s, 250ms)")
    return sign * sum(float(number) * _UNITS[unit] for number, unit in pieces)


def _plain(body: str) -> float:
    if not re.fullmatch(r"\d+(\.\d+)?", body):
        raise ValueError(body)
    return float(body)
