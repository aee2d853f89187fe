"""The console that commands print to."""

from __future__ import annotations

import os
import sys
from typing import IO

from rich.console import Console

from rtcli.views.room import outlet


class PipeConsole(Console):
    """A console whose reader may leave early.

    Rich ends the program with code 1 then; here the error goes on to whoever started the command,
    who knows that nothing is wrong.
    """

    def on_broken_pipe(self) -> None:
        """Let the error go on."""
        raise BrokenPipeError


def console(file: IO[str] | None = None) -> Console:
    """The console on standard output, or a file; what it prints is never taken for markup that was not meant."""
    return PipeConsole(file=file, highlight=False, markup=False, emoji=False)


def patient_console(file: IO[str] | None = None) -> Console:
    """The same where there are calls that go on: nobody who prints waits for a terminal that takes nothing."""
    return console(outlet(file or sys.stdout))


def can_be_drawn_on(console: Console) -> bool:
    """Whether it is a terminal that can move its cursor, and that is this program's: a job in the background has none."""
    return console.is_terminal and not console.is_dumb_terminal and _is_in_front(console.file)


def _is_in_front(terminal: IO[str]) -> bool:
    """Whether the keys go to this program; else what it draws stands among what the one in front draws."""
    try:
        return os.tcgetpgrp(terminal.fileno()) == os.getpgrp()
    except (AttributeError, OSError):  # there are no jobs here, or it is no terminal of this session
        return True
