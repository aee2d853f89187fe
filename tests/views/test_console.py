"""What may be drawn on."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys

from rtcli.views.console import can_be_drawn_on, console

ON_A_TERMINAL = """
import fcntl, os, signal, termios
from rtcli.views.console import can_be_drawn_on, console
fcntl.ioctl(1, termios.TIOCSCTTY, 0)
in_front = can_be_drawn_on(console())
job = os.fork()
if job == 0:
    os.setpgid(0, 0)
    os._exit(3 if can_be_drawn_on(console()) else 4)
os._exit(os.waitstatus_to_exitcode(os.waitpid(job, 0)[1]) if in_front else 5)
"""


def test_a_job_in_the_background_does_not_draw_and_the_one_in_front_does():
    leader, terminal = pty.openpty()
    with os.fdopen(leader, "rb"), os.fdopen(terminal, "wb") as side:
        streams = {"stdin": subprocess.DEVNULL, "stdout": side, "stderr": subprocess.PIPE}
        environment = os.environ | {"TERM": "xterm-256color"}
        done = subprocess.run(
            [sys.executable, "-c", ON_A_TERMINAL], env=environment, start_new_session=True, timeout=60, **streams
        )
    assert (done.returncode, done.stderr) == (4, b"")


def test_a_terminal_of_another_session_is_drawn_on(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    leader, terminal = pty.openpty()
    with os.fdopen(leader, "rb"), os.fdopen(terminal, "w") as side:
        assert can_be_drawn_on(console(side))


def test_a_pipe_and_a_terminal_that_cannot_move_its_cursor_are_not_drawn_on(monkeypatch):
    assert not can_be_drawn_on(console(io.StringIO()))
    monkeypatch.setenv("TERM", "dumb")
    leader, terminal = pty.openpty()
    with os.fdopen(leader, "rb"), os.fdopen(terminal, "w") as side:
        assert not can_be_drawn_on(console(side))
