"""Where the program starts; ``--version`` is answered before anything is loaded."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_LOOKED_THROUGH_AFTER = 50_000


def main() -> None:
    """Run the program with the process's arguments and exit with its code."""
    if None in (sys.stdin, sys.stdout, sys.stderr):
        _open_what_is_closed()
    arguments = sys.argv[1:]
    if arguments in (["--version"], ["-V"]):
        from rtcli import __version__  # noqa: PLC0415 - see above

        sys.stdout.write(f"rtcli {__version__}\n")
        return
    try:
        code = _run(arguments)
    except KeyboardInterrupt:  # while it loads, or where nothing is at work any more
        code = 130
    sys.exit(code)


def _run(arguments: list[str]) -> int:
    import gc  # noqa: PLC0415 - see above
    import signal  # noqa: PLC0415

    # Nearly all that is made is let go of by itself; to look for circles after every 700 things costs 5 % of a run,
    # and to do so after fewer than are loaded costs a part of its start.
    gc.set_threshold(_LOOKED_THROUGH_AFTER)

    from rtcli.commands import run  # noqa: PLC0415

    sys.excepthook = _crashed
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _ended)
    try:
        return run(arguments)
    finally:
        # The work is done: what comes now ends the process as the system does, without a trace.
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
        # What is left is let go of with the process; to look through it before that takes as long as 40 modules to load.
        gc.freeze()


def _open_what_is_closed() -> None:
    """Let a stream that was closed before the start lead nowhere; the next file would take its number otherwise."""
    import os  # noqa: PLC0415 - see above

    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_RDWR)
            if nowhere != number:
                os.dup2(nowhere, number)
                os.close(nowhere)
            setattr(sys, name, open(number, "w" if number else "r", encoding="utf-8", closefd=False))  # noqa: SIM115


def _crashed(*error: Any) -> None:
    """Print the trace of a bug, without the keys and the control characters that may be in it."""
    from rtcli.commands.discreet import crashed  # noqa: PLC0415 - see above

    crashed(*error)


def _ended(number: int, _frame: object) -> None:
    """Leave by the ordinary way, which gives the terminal back as it was; one who ignores hang-ups goes on."""
    sys.exit(128 + number)


if __name__ == "__main__":
    main()
