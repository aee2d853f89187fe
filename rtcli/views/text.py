"""The only way for a string of a recording or a peer to reach a terminal."""

from __future__ import annotations

from typing import Final

_INVISIBLE: Final = (
    *range(0x20),
    *range(0x7F, 0xA0),
    0x00AD,
    0x061C,
    0x180E,
    *range(0x200B, 0x2010),
    *range(0x2028, 0x202F),
    *range(0x2060, 0x2070),
    *range(0xD800, 0xE000),
    0xFEFF,
    *range(0xFFF9, 0xFFFC),
    *range(0xE0000, 0xE0080),
)
"""Controls, bidirectional overrides, zero-width characters, separators, surrogates, tags."""


def _escape(code: int) -> str:
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


_TABLE: Final = {code: _escape(code) for code in _INVISIBLE} | {0x0A: "↵", 0x09: " "}


def said(text: str) -> str:
    r"""The text with everything that could move a cursor or hide itself made visible.

    A line break becomes ``↵``, ESC becomes ``\x1b``, a lone surrogate ``\ud800``. The result is for
    `rich.text.Text`, never for markup.
    """
    return text if text.isprintable() else text.translate(_TABLE)
