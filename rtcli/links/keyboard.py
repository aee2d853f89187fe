"""Keys from a terminal, one by one, without waiting for Enter and without echo; or lines, where there is no terminal.

Law: however the keyboard is left, the terminal is as it was before.
"""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import os
import re
import signal
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any, Final

try:
    import termios
    import tty
except ImportError:  # a system without terminals has no keyboard
    termios = tty = None  # type: ignore[assignment]

_NAMES: Final = {
    "\r": "enter",
    "\n": "enter",
    "\x7f": "backspace",
    "\x08": "backspace",
    "\x1b[A": "up",
    "\x1b[B": "down",
    "\x1b[C": "right",
    "\x1b[D": "left",
    "\x1b[H": "home",
    "\x1b[F": "end",
    "\x1b[1~": "home",
    "\x1b[4~": "end",
    "\x1b[3~": "delete",
    "\x1bOH": "home",
    "\x1bOF": "end",
    "\x1b": "escape",
}
"""Source: xterm's control sequences, the keys of a PC keyboard."""

_PASTE_ON, _PASTE_OFF = "\x1b[?2004h", "\x1b[?2004l"
_TOKEN: Final = re.compile(r"\x1b\[200~(.*?)\x1b\[201~|(\x1b\[[0-9;]*[A-Za-z~]|\x1bO.|\x1b|.)", re.DOTALL)
_UNFINISHED: Final = re.compile(r"\x1b\[200~(?!.*\x1b\[201~).*\Z|\x1b\[[0-9;]*\Z|\x1bO\Z", re.DOTALL)


def keys_in(text: str) -> tuple[list[str], str]:
    """The keys that a terminal's bytes stand for, and the rest that is not yet a whole key.

    A printable character is itself; others have names (``left``, ``ctrl-w``); what was pasted is
    one key, ``paste:`` and the text.
    """
    unfinished = _UNFINISHED.search(text)
    whole, rest = (text[: unfinished.start()], unfinished.group()) if unfinished else (text, "")
    return [_key(match) for match in _TOKEN.finditer(whole)], rest


def _key(match: re.Match[str]) -> str:
    pasted, token = match.groups()
    if pasted is not None:
        return "paste:" + str(pasted).replace("\r\n", "\n").replace("\r", "\n")
    token = str(token)
    if token in _NAMES:
        return _NAMES[token]
    if len(token) == 1 and ord(token) < 32:
        return "ctrl-" + chr(ord(token) + 96)
    return token if len(token) == 1 else "unknown"


class Keyboard:
    """The keys of the terminal that standard input is."""

    def __init__(self) -> None:
        self._keys: asyncio.Queue[str | None] = asyncio.Queue()
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._rest = ""

    @classmethod
    @asynccontextmanager
    async def open(cls) -> AsyncIterator[Keyboard | None]:
        """The keyboard; None where standard input is no terminal."""
        if termios is None or not sys.stdin.isatty():
            yield None
            return
        loop, keyboard, descriptor = asyncio.get_running_loop(), cls(), sys.stdin.fileno()
        with _raw(descriptor, loop):
            loop.add_reader(descriptor, keyboard._read, descriptor)
            try:
                yield keyboard
            finally:
                loop.remove_reader(descriptor)

    def __aiter__(self) -> Keyboard:
        return self

    async def __anext__(self) -> str:
        key = await self._keys.get()
        if key is None:
            raise StopAsyncIteration
        return key

    def _read(self, descriptor: int) -> None:
        try:
            data = os.read(descriptor, 65536)
        except OSError:
            data = b""
        if not data:
            asyncio.get_running_loop().remove_reader(descriptor)
            self._keys.put_nowait(None)
            return
        keys, self._rest = keys_in(self._rest + self._decode(data))
        for key in keys:
            self._keys.put_nowait(key)


@contextlib.contextmanager
def _raw(descriptor: int, loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """Single keys without echo; signals stay as they are, and so does the terminal afterwards."""
    before = termios.tcgetattr(descriptor)

    def enter(*_: Any) -> None:
        tty.setcbreak(descriptor, termios.TCSANOW)
        _tell(descriptor, _PASTE_ON)

    enter()
    loop.add_signal_handler(signal.SIGCONT, enter)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGCONT)
        _tell(descriptor, _PASTE_OFF)
        termios.tcsetattr(descriptor, termios.TCSANOW, before)


def _tell(descriptor: int, words: str) -> None:
    """Tell the terminal itself, wherever the streams go; one that is stopped is not waited for."""
    with contextlib.suppress(OSError):
        terminal = os.open(os.ttyname(descriptor), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
        try:
            os.write(terminal, words.encode())
        finally:
            os.close(terminal)


async def piped(waiting: asyncio.Queue[str | None]) -> None:
    """Put the lines of standard input into the queue, and None at the end.

    A thread reads them: files and terminals in the background cannot be waited for otherwise. It
    is a daemon, so that a pipe that nobody ends does not keep the program; and it reads the descriptor itself, for
    Python ends with a fatal error where a thread still waits in one of its own readers.
    """
    loop, descriptor = asyncio.get_running_loop(), sys.stdin.fileno()

    def pour() -> None:
        with contextlib.suppress(RuntimeError):  # the loop is over
            for line in _lines(descriptor):
                loop.call_soon_threadsafe(waiting.put_nowait, line.decode("utf-8", "replace").rstrip("\r"))
            loop.call_soon_threadsafe(waiting.put_nowait, None)

    threading.Thread(target=pour, name="rtcli-stdin", daemon=True).start()
    await asyncio.Event().wait()


def _lines(descriptor: int) -> Iterator[bytes]:
    """The lines that can be read there, without their ends."""
    begun: list[bytes] = []
    with contextlib.suppress(OSError):  # a terminal that is gone has an end, too
        while data := os.read(descriptor, 65536):
            first, *others = data.split(b"\n")
            begun.append(first)
            for other in others:
                yield b"".join(begun)
                begun = [other]
    if any(begun):
        yield b"".join(begun)
