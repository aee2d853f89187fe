"""The frames of one side of a WebSocket, found in its bytes as they come; no I/O.

Law: however the bytes are cut into pieces, the same comes out. What is not valid comes out as what it
was, with a word on what is wrong, and the stream goes on. No more is held than one message of the limit.

Source: RFC 6455, sections 5.2 (the layout), 5.4 (fragments), 5.5 (control frames) and 7.4 (close codes).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from rtcli.links.messages import Closing, Control, Data, Odd, Raw, Seen, Text

try:
    from websockets.speedups import apply_mask
except ImportError:  # where it was built without its C part
    from websockets.utils import apply_mask

LIMIT_BYTES: Final = 128 * 1024 * 1024
"""The longest message that is put together; a longer one is only counted."""

_FIN, _RESERVED, _OPCODE = 0x80, 0x70, 0x0F
_MASKED, _LENGTH = 0x80, 0x7F
_WHOLE_TEXT: Final = 0x81
_TWO_BYTES: Final = 126
"""The length that says that two bytes with the length follow."""
_LENGTH_BYTES: Final = {126: 2, 127: 8}
_MASK_BYTES: Final = 4
_CONTROL: Final = 0x8
_CONTROL_BYTES: Final = 125
_LISTED_CODES: Final = frozenset({1000, 1001, 1002, 1003, *range(1007, 1015), *range(3000, 5000)})
"""Close codes that may be on the wire."""


class Frames:
    """Takes in the bytes of one side; gives messages and control frames."""

    def __init__(self, *, masked: bool, limit_bytes: int = LIMIT_BYTES) -> None:
        """`masked` says what this side should do; a frame itself says what it did."""
        self._masked = masked
        self._limit_bytes = limit_bytes
        self._head = b""
        """The beginning of a frame's head that did not come whole."""
        self._opcode, self._fin, self._mask = 0, True, b""
        self._payload = bytearray()
        self._left = 0
        """How much of the payload is still to come."""
        self._frame_bytes = 0
        self._inside = False
        self._kind = 0
        """The opcode of the message that is being continued, or 0."""
        self._message = bytearray()
        self._message_bytes = 0

    @property
    def torn(self) -> str:
        """What is unfinished, in words; empty between messages."""
        if self._inside:
            came = self._frame_bytes - self._left
            return f"in the middle of a frame, after {came} of its {self._frame_bytes} bytes"
        if self._head:
            return "in the middle of a frame's head"
        return "between the fragments of a message" if self._kind else ""

    @property
    def between(self) -> bool:
        """Whether the last frame is whole, so that another may follow."""
        return not (self._inside or self._head)

    @property
    def missing_bytes(self) -> int:
        """How many bytes the frame that is being read lacks at least."""
        return self._left if self._inside else 1

    def feed(self, data: bytes) -> list[Seen]:
        """Take in the next bytes; gives what came to its end with them."""
        seen: list[Seen] = []
        for one in self.read(data):
            if isinstance(one, list):
                seen.extend(Text(text.decode()) for text in one)
            else:
                seen.append(one)
        return seen

    def read(self, data: bytes) -> list[Raw]:
        """The same for whoever passes texts on: nearly all of them are never looked at."""
        seen: list[Raw] = []
        if self._head:
            data, self._head = self._head + data, b""
        at, end = 0, len(data)
        while True:
            if not self._inside:
                if not self._kind:
                    at = self._plain(data, at, end, seen)
                if at == end:
                    return seen
                begun = self._begin(data, at, end, seen)
                if not begun:
                    self._head = data[at:]
                    return seen
                at = begun
            taken = min(self._left, end - at)
            if taken == self._left == self._frame_bytes <= self._limit_bytes:
                self._inside = False
                self._finish(data[at : at + taken], seen)
            else:
                self._take(data[at : at + taken])
                if self._left:
                    return seen
                payload, self._payload = self._payload, bytearray()
                self._inside = False
                self._finish(payload, seen)
            at += taken

    def _plain(self, data: bytes, at: int, end: int, seen: list[Raw]) -> int:
        """Read the texts that are whole, in one short frame each, as nearly all are; gives where the first other begins."""
        unmasked, head_bytes = (_MASKED, 2 + _MASK_BYTES) if self._masked else (0, 2)
        limit_bytes, texts = self._limit_bytes, []
        while at + 4 <= end and data[at] == _WHOLE_TEXT:
            length, start = data[at + 1] - unmasked, at + head_bytes
            if length == _TWO_BYTES:
                length, start = data[at + 2] << 8 | data[at + 3], start + 2
            elif not 0 <= length < _TWO_BYTES:
                break
            stop = start + length
            if stop > end or length > limit_bytes:
                break
            payload = data[start:stop]
            if unmasked:
                payload = apply_mask(payload, data[start - _MASK_BYTES : start])
            if not (payload.isascii() or _is_text(payload)):
                break
            texts.append(payload)
            at = stop
        if texts:
            seen.append(texts)
        return at

    def _begin(self, data: bytes, at: int, end: int, seen: list[Raw]) -> int:
        """Read a frame's head; gives where its payload begins, or 0 where the head is not whole."""
        if end - at < 2:
            return 0
        first, second = data[at], data[at + 1]
        length = second & _LENGTH
        extended = _LENGTH_BYTES.get(length, 0)
        start = at + 2 + extended
        payload = start + (_MASK_BYTES if second & _MASKED else 0)
        if payload > end:
            return 0
        if extended:
            length = int.from_bytes(data[at + 2 : start], "big")
        self._opcode, self._fin = first & _OPCODE, first >= _FIN
        self._mask = data[start:payload]
        self._left = self._frame_bytes = length
        self._inside = True
        if first & _RESERVED or bool(self._mask) != self._masked or first & _CONTROL:
            self._complain(first, length, seen)
        return payload

    def _complain(self, first: int, length: int, seen: list[Raw]) -> None:
        """Say what is wrong with a frame's head."""
        if first & _RESERVED:
            seen.append(Odd(f"a frame with reserved bits set ({(first & _RESERVED) >> 4:03b})"))
        if bool(self._mask) != self._masked:
            seen.append(Odd("a frame that is masked" if self._mask else "a frame that is not masked"))
        if self._opcode & _CONTROL and not self._fin:
            seen.append(Odd("a control frame that is a fragment"))
        if self._opcode & _CONTROL and length > _CONTROL_BYTES:
            seen.append(Odd(f"a control frame of {length} bytes, and {_CONTROL_BYTES} are allowed"))

    def _take(self, piece: bytes) -> None:
        """Keep a piece of a payload, unless the whole is too long."""
        self._left -= len(piece)
        if self._frame_bytes <= self._limit_bytes:
            self._payload += piece

    def _finish(self, payload: bytes | bytearray, seen: list[Raw]) -> None:
        """A frame is whole."""
        whole = bytes(payload)
        if self._mask:
            whole = apply_mask(whole, self._mask)
        _ENDINGS.get(self._opcode, Frames._reserved)(self, whole, seen)

    # --- what a frame of each kind means -------------------------------------------------------

    def _data(self, payload: bytes, seen: list[Raw]) -> None:
        if self._kind:
            seen.append(Odd("a new message before the last one had ended", bytes(self._message)))
            self._kind = 0
        if self._fin and len(payload) == self._frame_bytes:
            seen.append(_message(self._opcode, payload, seen))
            return
        self._kind, self._message, self._message_bytes = self._opcode, bytearray(), 0
        self._continue(payload, seen)

    def _continuation(self, payload: bytes, seen: list[Raw]) -> None:
        if not self._kind:
            seen.append(Odd("a continuation of nothing", payload))
            return
        self._continue(payload, seen)

    def _continue(self, payload: bytes, seen: list[Raw]) -> None:
        """Add a fragment to its message, and end the message with its last."""
        self._message_bytes += self._frame_bytes
        if self._message_bytes <= self._limit_bytes:
            self._message += payload
        else:
            self._message.clear()
        if not self._fin:
            return
        kind, whole = self._kind, bytes(self._message)
        self._kind, self._message = 0, bytearray()
        if self._message_bytes > self._limit_bytes:
            seen.append(Odd(f"a message of {self._message_bytes} bytes, too long to be recorded", lost=True))
        else:
            seen.append(_message(kind, whole, seen))

    def _close(self, payload: bytes, seen: list[Raw]) -> None:
        if len(payload) < 2:
            if payload:
                seen.append(Odd("a close frame with half a code", payload))
            seen.append(Closing(None, ""))
            return
        code = int.from_bytes(payload[:2], "big")
        if code not in _LISTED_CODES:
            seen.append(Odd(f"a close code that may not be sent ({code})"))
        try:
            seen.append(Closing(code, payload[2:].decode()))
        except UnicodeDecodeError:
            seen.append(Odd("a close reason that is not UTF-8", payload[2:]))
            seen.append(Closing(code, payload[2:].decode("utf-8", "replace")))

    def _ping(self, payload: bytes, seen: list[Raw]) -> None:
        seen.append(Control("ping", payload))

    def _pong(self, payload: bytes, seen: list[Raw]) -> None:
        seen.append(Control("pong", payload))

    def _reserved(self, payload: bytes, seen: list[Raw]) -> None:
        seen.append(Odd(f"a frame of the reserved kind {self._opcode:#x}", payload))


_ENDINGS: Final[dict[int, Callable[[Frames, bytes, list[Raw]], None]]] = {
    0x0: Frames._continuation,  # noqa: SLF001 - the table of the class above
    0x1: Frames._data,  # noqa: SLF001
    0x2: Frames._data,  # noqa: SLF001
    0x8: Frames._close,  # noqa: SLF001
    0x9: Frames._ping,  # noqa: SLF001
    0xA: Frames._pong,  # noqa: SLF001
}


def _message(kind: int, payload: bytes, seen: list[Raw]) -> Raw:
    """A whole message; a text that is none is told with its bytes."""
    if kind != 1:
        return Data(payload)
    if _is_text(payload):
        return [payload]
    seen.append(Odd("a text that is not UTF-8"))
    return Data(payload)


def _is_text(payload: bytes) -> bool:
    try:
        payload.decode()
    except UnicodeDecodeError:
        return False
    return True
