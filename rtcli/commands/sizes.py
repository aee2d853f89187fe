"""Numbers of bytes as people write them: ``500k``, ``100MB``, ``1GiB``."""

from __future__ import annotations

import re
from math import isfinite
from typing import Final

_FACTORS: Final = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "ki": 2**10, "mi": 2**20, "gi": 2**30}
_SIZE: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([kmg]i?|)b?", re.IGNORECASE | re.ASCII)


def parse_size(option: str, text: str) -> int:
    """The number of bytes.

    Raises:
        BadOption: it is none, or nothing.

    """
    from rtcli.errors import BadOption

    match = _SIZE.fullmatch(text.strip())
    amount = float(match[1]) * _FACTORS[match[2].lower()] if match else 0.0
    size_bytes = int(amount) if isfinite(amount) else 0
    if size_bytes <= 0:
        raise BadOption(option, f"{text!r} is no size", "write bytes (1000000) or units (100MB, 64MiB)")
    return size_bytes
