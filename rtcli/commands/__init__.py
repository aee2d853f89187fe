"""The command line: which commands there are, and what becomes of their errors and exit codes."""

from __future__ import annotations

import errno
import os
import sys
from importlib import import_module
from io import TextIOWrapper
from typing import Any, Final

from rtcli.errors import RtcliError

DONE: Final = 0
FOUND: Final = 1
FAILED: Final = 2
LOST: Final = 3
INTERRUPTED: Final = 130
TERMINATED: Final = 143

EXIT_CODES: Final[dict[int, str]] = {
    DONE: "done, nothing found",
    FOUND: "done, and something was found: findings at or above --fail-severity, a cause (doctor), a difference (diff), a broken limit (turns), something to replace (redact --check)",
    FAILED: "could not do it: usage, an unreadable file, the handshake, the network",
    LOST: "done, but data was lost on the way, or what looks like a secret is left (redact, bundle)",
    INTERRUPTED: "ended by the second Ctrl-C; the first closes the connection and keeps the file whole",
    TERMINATED: "ended from outside (SIGTERM) before it was done; connect, proxy, serve and replay --serve or --to close their calls in order instead, and end as after the first Ctrl-C",
}

SECTIONS: Final[dict[str, dict[str, str]]] = {
    "Capture": {
        "connect": "Talk to a Realtime server from the terminal, and record it.",
        "proxy": "Stand between an app and a Realtime server, and record what they say.",
    },
    "Look": {
        "show": "Show a recording as a tree or as a timeline.",
        "info": "Sum up recordings: a screen a file, or a table with a row a session.",
        "turns": "Show a call turn by turn: latency, words, tokens, cost; hold it to limits.",
        "cost": "Show what a call cost, turn by turn: new and re-sent, cached, text and audio, unheard.",
        "transcript": "Write what both sides said, with times.",
        "audio": "Write the sound of a call as a WAV file.",
        "report": "Make a web page of a call, to look at and to listen to.",
        "diff": "Compare two recordings by what caused what.",
    },
    "Judge": {
        "validate": "Check recordings against the event schema, and by rules across events.",
        "doctor": "Say what went wrong in a call, and why.",
        "rule": "List the rules, or say what one means and how to fix it.",
        "schema": "List the event types, or show one with its fields and an example.",
    },
    "Do it again": {
        "replay": "Play a recording into the live tree, to a client as the server, or to a server as the client.",
        "serve": "Run the built-in Realtime server.",
    },
    "Hand it on": {
        "redact": "Take the secrets out of a recording: keys, addresses, numbers, the sound.",
        "bundle": "Pack recordings without their secrets, with report and diagnosis, for a ticket.",
        "convert": "Convert a recording, or another log, into another form.",
        "cut": "Take a part out of a recording, with what it needs from before.",
        "filter": "Write those records of a recording that fit, word for word.",
        "merge": "Merge recordings into one file.",
        "mark": "Put a note into a recording, at its place in time.",
        "recover": "Get back what is whole in a damaged recording.",
        "migrate": "Rewrite beta client events to the realtime dialect.",
    },
}
"""Every command and what it is for, in the order of a day's work; its function has its name, in the module of its name."""

COMMANDS: Final[dict[str, str]] = {name: what for section in SECTIONS.values() for name, what in section.items()}

_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def function_of(command: str) -> Any:
    """What a command runs, loaded now."""
    return getattr(import_module(f"rtcli.commands.{command}"), command)


def run(arguments: list[str]) -> int:
    """Run the command line; gives back the exit code. One line for each error made on purpose."""
    _spell_out_what_cannot_be_written()
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except RtcliError as error:
        if os.environ.get("RTCLI_DEBUG"):
            raise
        return _complain(str(error))
    except BrokenPipeError:
        return _nobody_reads()
    except OSError as error:
        if error.errno not in _NO_ROOM or os.environ.get("RTCLI_DEBUG"):
            raise
        _nobody_reads()
        return _complain(f"cannot write the result: {error.strerror}")
    except SystemExit as ended:
        if isinstance(ended.__context__, BrokenPipeError):  # as typer ends a program that nobody reads
            return _nobody_reads()
        raise
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        if not hasattr(error, "exit_code") or not hasattr(error, "show"):
            raise
        return _complain_of_usage(error)
    return code if isinstance(code, int) else DONE


def _run(arguments: list[str]) -> Any:
    """Run what is asked for; typer is loaded where the command line, or what else has a word in it, is not plain."""
    from rtcli.commands import plain

    called = plain.call(arguments, COMMANDS)
    if called is not None:
        return called()
    from rtcli.commands.line import application

    return application().main(args=arguments, prog_name="rtcli", standalone_mode=False)


def _spell_out_what_cannot_be_written() -> None:
    """Let no character end the program that the terminal's encoding does not have."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")


def _nobody_reads() -> int:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return DONE


def _complain(sentence: str) -> int:
    from rtcli.commands.discreet import discreet

    sys.stderr.write(f"rtcli: {discreet(sentence)}\n")
    return FAILED


def _complain_of_usage(error: Any) -> int:
    """Say what typer refuses, in our words; where nothing is asked for, the help says what can be."""
    from rtcli.commands.usage import sentence

    told = sentence(error)
    if told:
        return _complain(told)
    error.show(sys.stderr)
    return int(error.exit_code)
