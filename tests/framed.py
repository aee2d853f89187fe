"""Frames written byte by byte, also such as no library would write."""

from __future__ import annotations

MASK = b"\x37\xfa\x21\x3d"
CONTINUED, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


def frame(opcode, payload=b"", *, fin=True, reserved=0, masked=False, length=None):
    """A frame as section 5.2 lays it out; `length` is how many bytes its length takes."""
    size = len(payload)
    form = length if length is not None else 0 if size < 126 else 2 if size < 65536 else 8
    short = {0: size, 2: 126, 8: 127}[form]
    head = bytes([fin << 7 | reserved << 4 | opcode, masked << 7 | short]) + (
        size.to_bytes(form, "big") if form else b""
    )
    if not masked:
        return head + payload
    pattern = (MASK * (size // 4 + 1))[:size]
    return head + MASK + (int.from_bytes(payload, "big") ^ int.from_bytes(pattern, "big")).to_bytes(size, "big")
