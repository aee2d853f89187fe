"""What typer refuses, said as everything else is: in one line, what, why, and what to do.

Typer's own sentences take four lines and name its types ("not a valid float range"). Its errors are known here by
what they hold, as their classes are no part of its interface; one that is not known is told in typer's words.
"""

from __future__ import annotations

import re
from typing import Any, Final

_QUOTED: Final = re.compile(r"'([^']*)'")
_REFUSED: Final = re.compile(r"(?s)(?P<value>'.*'|\S+) is not (?P<what>a valid|in the range|one of|a finite number)")
_EXTRA: Final = re.compile(r"(?s)Got unexpected extra arguments?(?:\(s\))? \((?P<words>.*)\)")
_EXAMPLE: Final = re.compile(r"Example:\s+(.+)")
_COMMAND: Final = "No such command "


def sentence(error: Any) -> str:
    """The error in one line; empty where typer shows the help instead."""
    context = getattr(error, "ctx", None)
    message = str(getattr(error, "message", "")).strip()
    if type(error).__name__ == "NoArgsIsHelpError":
        return ""
    if hasattr(error, "param_type"):
        return f"{_name(error, context)}: it is missing{_as_in(context)}"
    if hasattr(error, "param") and error.param is not None:
        return f"{_name(error, context)}: {_of_value(message, error.param)}"
    if hasattr(error, "possibilities"):
        return _no_option(error.option_name, context)
    if hasattr(error, "option_name"):
        return f"{error.option_name}: " + _of_usage(message)
    if message.startswith(_COMMAND):
        return _no_command(message)
    if extra := _EXTRA.fullmatch(message):
        return _too_much(extra["words"], context)
    return _uncapitalised(message) + _as_in(context)


def _name(error: Any, context: Any) -> str:
    """What is to be mended: an option, a variable of the environment, or a word on the line."""
    param = error.param
    if param is None:
        return "the command line"
    source = context.get_parameter_source(param.name) if context is not None else None
    if source is not None and source.name == "ENVIRONMENT":
        return str(param.envvar)
    if param.param_type_name == "argument":
        return str(param.metavar or param.name.upper()).removesuffix("...")
    return max(param.opts, key=len, default="")


def _of_value(message: str, param: Any) -> str:
    """Why a value cannot be meant, and which can."""
    refused = _REFUSED.match(message)
    if refused is None:
        return _uncapitalised(message)
    value, what = refused["value"], refused["what"]
    if what == "one of":
        return _no_choice(value, _QUOTED.findall(message[refused.end() :]))
    wanted = _number(param.type)
    if what == "in the range":
        return f"{value.removesuffix('.0')} is out of its range; write {wanted}"
    return f"{value} is {'no number' if wanted else 'nothing it can be'}" + (f"; write {wanted}" if wanted else "")


def _no_choice(value: str, choices: list[str]) -> str:
    from rtcli.events.wording import nearest

    near = nearest(value.strip("'"), choices, cutoff=0.6)
    return f"there is no {value}; " + (f"did you mean {near}?" if near else f"take one of {', '.join(choices)}")


def _number(kind: Any) -> str:
    """Which number an option takes; empty where it takes none."""
    name = str(getattr(kind, "name", ""))
    if not name.startswith(("int", "float")):
        return ""
    noun = "a whole number" if name.startswith("int") else "a number"
    least, most = getattr(kind, "min", None), getattr(kind, "max", None)
    if least is not None and most is not None:
        return f"{noun} from {least:g} to {most:g}"
    if least is not None:
        return f"{noun} from {least:g} on"
    return f"{noun} up to {most:g}" if most is not None else noun


def _of_usage(message: str) -> str:
    if "requires" in message:
        return "its value is missing; write it behind the option"
    return "it takes no value; leave out what stands behind it"


def _no_option(name: str, context: Any) -> str:
    """What may have been meant by an option that is not there."""
    from rtcli.events.wording import nearest

    params = context.command.params if context is not None else []
    near = nearest(name.strip("-"), [one.strip("-") for param in params for one in param.opts], cutoff=0.6)
    called = context.command_path if context is not None else "rtcli"
    return f"there is no option {name}; " + (f"did you mean --{near}?" if near else f"`{called} -h` lists them")


def _no_command(message: str) -> str:
    told = f"there is no command {message.removeprefix(_COMMAND)}".removesuffix(".")
    return told if ";" in message else f"{told}; `rtcli -h` lists them"


def _too_much(words: str, context: Any) -> str:
    """A word that no argument is left for; perhaps one that was to stand behind an option."""
    params = context.command.params if context is not None else ()
    for one in [param for param in params if param.param_type_name == "option"]:
        source, metavar = context.get_parameter_source(one.name), str(one.metavar or "")
        if source is not None and source.name == "COMMANDLINE" and metavar.startswith("["):
            return f"{words!r} is too much; what can stand behind {one.opts[0]} is {metavar.strip('[]')}"
    return f"{words!r} is too much" + _as_in(context)


def _as_in(context: Any) -> str:
    """How the command is called."""
    text = str(getattr(getattr(context, "command", None), "help", "") or "")
    example = _EXAMPLE.search(text)
    return f"; as in: {example[1].strip()}" if example else ""


def _uncapitalised(message: str) -> str:
    return f"{message[:1].lower()}{message[1:]}".removesuffix(".")
