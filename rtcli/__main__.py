"""Where the program starts; ``--version`` is answered before anything is loaded."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the program with the process's arguments and exit with its code."""
    arguments = sys.argv[1:]
    if arguments in (["--version"], ["-V"]):
        from rtcli import __version__  # noqa: PLC0415 - see above

        sys.stdout.write(f"rtcli {__version__}\n")
        return
    from rtcli.commands import run  # noqa: PLC0415 - see above

    sys.exit(run(arguments))


if __name__ == "__main__":
    main()
