"""The command line as typer reads it.

A command's module is loaded when the command is run, so that one command does not pay for another.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import typer
from typer.core import TyperCommand, TyperGroup

from rtcli.commands import COMMANDS, SECTIONS, configuration, function_of
from rtcli.commands.completion import explained, obey
from rtcli.commands.declared import as_typer, completed
from rtcli.errors import BadOption

_CONTEXT: Final = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Configured(TyperCommand):
    """A command whose options may stand in a file; who asks for help does not wait for it."""

    _found: configuration.Configuration | None = None

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the configuration, whose values go before the defaults and after the environment's."""
        args = completed(function_of(self.name or ""), args)
        if not ctx.resilient_parsing and not set(args) & set(ctx.help_option_names):
            self._found = configuration.find(configuration.here(), COMMANDS)
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


def command_of(name: str, function: Callable[..., Any]) -> Any:
    """A command that runs a function, as typer makes it."""
    single = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    single.command(name, cls=Configured, context_settings=_CONTEXT)(as_typer(function))
    return typer.main.get_command(single)


def _meant(word: str) -> str:
    """What was probably meant by a word that is no command; empty where nothing is near."""
    import os

    from rtcli.events.wording import nearest

    if os.path.isfile(word):  # noqa: PTH113 - of a word that can be no name of a file a path would raise
        return "it is a file: `rtcli show` shows a recording"
    near = nearest(word, COMMANDS, cutoff=0.6)
    return f"did you mean {near}?" if near else ""


class Commands(TyperGroup):
    """The group of all commands; loads the one that is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the interface is typer's
        """The commands in the order of a day's work."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """The command, loaded now."""
        if cmd_name not in COMMANDS:
            return None
        return command_of(cmd_name, function_of(cmd_name))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read what stands before the command."""
        if not ctx.resilient_parsing:
            obey(ctx, args)
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that is asked for; what may have been meant by one that is not there."""
        word = args[0]
        remedy = "" if word in COMMANDS or word.startswith("-") or ctx.resilient_parsing else _meant(word)
        if remedy:
            ctx.fail(f"No such command {word!r}; {remedy}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002
        """The lists of commands, without loading any; what they do stands in one column."""
        width = max(map(len, COMMANDS))
        for title, commands in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), what) for name, what in commands.items()])


def application() -> Any:
    """The whole command line, as typer makes it."""
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

    return explained(typer.main.get_command(app))
