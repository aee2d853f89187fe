"""Completion by the shell: which shell is meant, and how that is said in the help."""

from __future__ import annotations

from typing import Any, Final

from rtcli.errors import BadOption

SHELLS: Final = ("bash", "zsh", "fish", "powershell", "pwsh")
_INSTALL: Final = "--install-completion"
_SHOW: Final = "--show-completion"
_HELP: Final = {
    _INSTALL: f"Install completion for this shell, or for the one that is named: {', '.join(SHELLS)}.",
    _SHOW: "Print the same instead, for this shell or the one that is named.",
}


def explained(group: Any) -> Any:
    """The group of commands, whose options for completion say that a shell may be named."""
    for option in group.params:
        option.help = next((_HELP[name] for name in option.opts if name in _HELP), getattr(option, "help", None))
    return group


def obey(ctx: Any, words: list[str]) -> None:
    """Do what is asked for with a shell's name, which typer does not look at: it takes the one it runs in.

    Raises:
        BadOption: there is no such shell, or more is asked for.

    """
    option, equals, value = words[0].partition("=") if words else ("", "", "")
    if option not in _HELP or not (equals or words[1:]):
        return
    shell, *others = [value, *words[1:]] if equals else words[1:]
    if shell.startswith("-"):
        return
    if shell not in SHELLS:
        raise BadOption(option, f"there is no completion for {shell!r}", f"take one of {', '.join(SHELLS)}")
    if others:
        raise BadOption(option, f"{others[0]!r} cannot follow it", "ask for one shell at a time")
    from typer.completion import install_callback, show_callback

    try:
        (install_callback if option == _INSTALL else show_callback)(ctx, None, shell)  # type: ignore[arg-type] # no parameter: it is for the name alone
    except OSError as error:
        why = f"cannot install it for {shell}: {error.strerror or error}"
        raise BadOption(option, why, f"put what {_SHOW} {shell} prints where {shell} looks for it") from error
