"""A program on a real pseudo-terminal, and what its screen shows."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time

import pyte


class Terminal:
    """Runs rtcli; ``shows`` waits until the screen shows a text, ``type`` presses keys."""

    def __init__(self, *arguments, columns=100, rows=30, cwd=None):
        self.screen = pyte.HistoryScreen(columns, rows, history=1000)
        self._stream = pyte.ByteStream(self.screen)
        self._main, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.before = termios.tcgetattr(side)
        self._side = side
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("RTCLI_", "OPENAI_", "COLUMNS", "LINES"))
        }
        environment["TERM"] = "xterm-256color"
        command = [sys.executable, "-m", "rtcli", *map(str, arguments)]
        self.process = subprocess.Popen(
            command,
            stdin=side,
            stdout=side,
            stderr=side,
            cwd=cwd,
            env=environment,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        os.close(self._main)
        os.close(self._side)

    def type(self, keys):
        os.write(self._main, keys.encode())

    @property
    def text(self):
        """What is on the screen and what has scrolled off it."""
        above = [
            "".join(line[column].data for column in range(self.screen.columns)) for line in self.screen.history.top
        ]
        return "\n".join(line.rstrip() for line in [*above, *self.screen.display])

    def read(self, seconds=0.05):
        """Take in what comes within this time; a screen that moves all the time never ends it."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and select.select([self._main], [], [], left)[0]:
            try:
                data = os.read(self._main, 65536)
            except OSError:
                return
            if not data:
                return
            self._stream.feed(data)

    def shows(self, text, within=15):
        end = time.monotonic() + within
        while text not in self.text:
            self.read()
            assert time.monotonic() < end, f"{text!r} did not appear:\n{self.text}"
        return True

    def leaves(self, within=15):
        """The exit code."""
        end = time.monotonic() + within
        while self.process.poll() is None:
            self.read()
            assert time.monotonic() < end, f"it does not end:\n{self.text}"
        while select.select([self._main], [], [], 0)[0]:  # this holds the other end too, so that there is an end of it
            self.read()
        return self.process.returncode

    @property
    def whole(self):
        """Whether the terminal is as it was before, its cursor visible."""
        return termios.tcgetattr(self._side) == self.before and not self.screen.cursor.hidden
