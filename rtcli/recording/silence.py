"""Silence in place of audio: as long in bytes and in base64, and as broken as it was.

What a payload tells beside its sound stays: characters that are no base64, padding, a prefix, the first bytes
of a file, and what a logger put in place of audio.

Source: ITU-T G.711 for the codes of silence; RFC 4648 for base64.
"""

from __future__ import annotations

import base64
import re
from functools import lru_cache
from typing import Final

CODES: Final = {"audio/pcmu": b"\xff", "g711_ulaw": b"\xff", "audio/pcma": b"\xd5", "g711_alaw": b"\xd5"}
"""The byte of silence; a zero in every other format."""
CLICKS: Final = {"audio/pcmu": b"\x9f", "g711_ulaw": b"\x9f", "audio/pcma": b"\x8a", "g711_alaw": b"\x8a"}
"""A sample of about a quarter of full scale, with which a frame of 20 ms is just audible."""
PCM_CLICK: Final = (8192).to_bytes(2, "little")

_ALPHABET: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_PADDING: Final = (b"", b"=", b"==")
_ELISION: Final = re.compile(rb"\xe2\x80\xa6|\.\.\.|<[^>]{0,80}>?|\[[^\]]{0,80}\]?|\\.|data:[^,]{0,80},")
_DATA: Final = re.compile(rb"[A-Za-z0-9+/_-]+")
_MARK_CHARACTERS: Final = 16
_FILES: Final = (b"UklGR", b"T2dn", b"ZkxhQ", b"SUQz", b"GkXfo")
"""How files begin in base64: RIFF, Ogg, FLAC, ID3, Matroska."""
_MP4: Final = b"Z0eX"


def silent(payload: bytes, audio_format: str | None) -> bytes:
    """The base64 of silence that is as long as the payload."""
    kept = payload[:_MARK_CHARACTERS] if _is_file(payload) else b""
    rest = payload.translate(None, _ALPHABET)
    if rest in _PADDING and payload.endswith(rest):
        made = _silence(len(payload), rest, audio_format or "")
        return kept + made[len(kept) :] if kept else made
    return _between(payload, audio_format or "")


def dropped(payload: bytes) -> bytes:
    """What a logger would put in place of audio."""
    return payload if _ELISION.match(payload) else b"<audio: %d characters of base64>" % len(payload)


@lru_cache(512)
def _silence(length: int, padding: bytes, audio_format: str) -> bytes:
    code = CODES.get(audio_format, b"\x00")
    if length % 4 == 0:
        return base64.b64encode(code * (length // 4 * 3 - len(padding)))
    return base64.b64encode(code * length)[: length - len(padding)] + padding


def _between(payload: bytes, audio_format: str) -> bytes:
    """What is no base64 stays where it is, and what a logger wrote."""
    pieces, taken = [], 0
    for elision in [*_ELISION.finditer(payload), None]:
        start, end = elision.span() if elision else (len(payload), len(payload))
        pieces.append(_DATA.sub(lambda run: _silence(len(run[0]), b"", audio_format), payload[taken:start]))
        pieces.append(payload[start:end])
        taken = end
    return b"".join(pieces)


def _is_file(payload: bytes) -> bool:
    return payload.startswith(_FILES) or (payload.startswith(b"AAAA") and payload[6:10] == _MP4)
