"""The console that commands print to."""

from __future__ import annotations

from typing import IO

from rich.console import Console


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
