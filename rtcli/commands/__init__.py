"""The command line: which commands there are, and what becomes of their errors and exit codes.

A command's module is loaded when the command is run, so that one command does not pay for another.
"""

from __future__ import annotations

import errno
import os
import re
import sys
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer
from typer.core import TyperCommand, TyperGroup

from rtcli.errors import BadOption, RtcliError

if TYPE_CHECKING:
    from rtcli.commands.configuration import Configuration

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
    TERMINATED: "ended from outside (SIGTERM); the terminal is left as it was",
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

SERVED_AT: Final = "127.0.0.1:8767"
"""Where a recording is served unless another address is given."""
_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
_ADDRESS: Final = re.compile(r"\S*:\d+")

_CONTEXT: Final = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Configured(TyperCommand):
    """A command whose options may stand in a file; who asks for help does not wait for it."""

    _found: Configuration | None = None

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the configuration, whose values go before the defaults and after the environment's."""
        args = _with_addresses(args)
        if self.name == "info":
            from rtcli.commands.fields import with_bare_json

            args = with_bare_json(args)
        if not ctx.resilient_parsing and not set(args) & set(ctx.help_option_names):
            from rtcli.commands import configuration

            self._found = configuration.find(_folder(), COMMANDS)
            ctx.default_map = self._found.defaults(self, ctx) if self._found else None
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; what it does not take from the configuration is named where it stands."""
        try:
            return super().invoke(ctx)
        except BadOption as error:
            name = error.option.removeprefix("--").replace("-", "_")
            source = ctx.get_parameter_source(name)
            if self._found is None or source is None or source.name != "DEFAULT_MAP":
                raise
            where = self._found.place(ctx.info_name, error.option.removeprefix("--"))
            raise BadOption(where, error.why, error.remedy) from error


def _with_addresses(args: list[str]) -> list[str]:
    """The arguments with an address behind every ``--serve`` that has none."""
    return [
        piece
        for number, arg in enumerate(args)
        for piece in ((arg, SERVED_AT) if arg == "--serve" and not _is_address(args[number + 1 :]) else (arg,))
    ]


def _is_address(following: list[str]) -> bool:
    return bool(following) and _ADDRESS.fullmatch(following[0]) is not None


def _folder() -> Path:
    """The current folder; one that was removed has nothing in it, nor above it."""
    try:
        return Path.cwd()
    except OSError:
        return Path()


class Commands(TyperGroup):
    """The group of all commands; loads the one that is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the interface is typer's
        """The commands in the order of a day's work."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """The command, loaded now."""
        if cmd_name not in COMMANDS:
            return None
        function = getattr(import_module(f"rtcli.commands.{cmd_name}"), cmd_name)
        single = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
        single.command(cmd_name, cls=Configured, context_settings=_CONTEXT)(function)
        return typer.main.get_command(single)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002
        """The lists of commands, without loading any; what they do stands in one column."""
        width = max(map(len, COMMANDS))
        for title, commands in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), what) for name, what in commands.items()])


def application() -> typer.Typer:
    """The whole command line, as typer sees it."""
    app = typer.Typer(
        name="rtcli",
        cls=Commands,
        help="Connect to, record, look at, validate and replay sessions of the Realtime protocol.\n\n"
        "Try it without a key:  rtcli connect demo",
        context_settings=_CONTEXT,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )

    @app.callback()
    def rtcli(
        version: bool = typer.Option(False, "--version", "-V", help="Print the version and exit."),
    ) -> None:
        if version:
            from rtcli import __version__

            typer.echo(f"rtcli {__version__}")
            raise typer.Exit

    return app


def run(arguments: list[str]) -> int:
    """Run the command line; gives back the exit code. One line for each error made on purpose."""
    _spell_out_what_cannot_be_written()
    try:
        code = typer.main.get_command(application()).main(args=arguments, prog_name="rtcli", standalone_mode=False)
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
        error.show()
        return int(error.exit_code)
    return code if isinstance(code, int) else DONE


def _spell_out_what_cannot_be_written() -> None:
    """Let no character end the program that the terminal's encoding does not have."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")


def _nobody_reads() -> int:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return DONE


def _complain(sentence: str) -> int:
    from rtcli.views.text import said

    sys.stderr.write(f"rtcli: {said(sentence)}\n")
    return FAILED
