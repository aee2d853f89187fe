"""A command line that can be meant in one way only: the names of recordings, and options by their whole long names.

It is read here, by what the command declares; loading typer takes longer than a short run. All else is left to
typer, which would read such a line in the same way: what is wrong, what asks for help, short names, what the
environment or a file of configuration has a word in, and commands that declare what only typer understands.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from enum import StrEnum
from functools import partial
from importlib import import_module
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Final, NamedTuple, get_args, get_origin

from rtcli.commands import configuration
from rtcli.commands.declared import Argument, Option, declaration, hints

SPEAK_UP: Final = ("RTCLI_", "_RTCLI_")
"""How those variables of the environment begin that have a word in it: those of options, and of a shell's completion."""
_SHOWN: Final = frozenset({"autocompletion", "envvar", "help", "metavar"})
"""What may be declared of a parameter that makes no difference to how a line is read."""


class Parameter(NamedTuple):
    """What a command takes: how it is made of a word, and whether it takes several."""

    name: str
    made: Callable[[str], Any]
    several: bool
    required: bool
    is_flag: bool = False


def read(function: Callable[..., Any], words: list[str]) -> dict[str, Any] | None:
    """What a command is called with; None where typer has to say what is meant, or what is wrong."""
    taken = _parameters(function)
    if taken is None:
        return None
    options, places = taken
    given: dict[str, Any] = {}
    alone = []
    rest = iter(words)
    try:
        for word in rest:
            if not word or word == "-" or not word.startswith("-"):
                alone.append(word)
            else:
                name, equals, value = word.partition("=")
                _take(given, options[name], value if equals else None, rest)
        for place in places:
            alone = _fill(given, place, alone)
    except (KeyError, ValueError, StopIteration):
        return None
    wanted = {one.name for one in (*options.values(), *places) if one.required}
    return None if alone or wanted - given.keys() else given


def _take(given: dict[str, Any], option: Parameter, value: str | None, rest: Iterator[str]) -> None:
    """Take in an option.

    Raises:
        ValueError: it says it twice, or says what it cannot mean.
        StopIteration: it has no value.

    """
    if option.is_flag:
        if value is not None or option.name in given:
            raise ValueError(option.name)
        given[option.name] = True
        return
    if value is None:
        value = next(rest)
        if value.startswith("-") and value != "-":
            raise ValueError(option.name)
    _add(given, option, value)


def _add(given: dict[str, Any], parameter: Parameter, word: str) -> None:
    if not word or (parameter.name in given and not parameter.several):
        raise ValueError(parameter.name)
    made = parameter.made(word)
    if parameter.several:
        given.setdefault(parameter.name, []).append(made)
    else:
        given[parameter.name] = made


def _fill(given: dict[str, Any], place: Parameter, words: list[str]) -> list[str]:
    """Take in what stands in the place of an argument; gives back the words that are left for others."""
    mine = words if place.several else words[:1]
    for word in mine:
        _add(given, place, word)
    return words[len(mine) :]


def _parameters(function: Callable[..., Any]) -> tuple[dict[str, Parameter], list[Parameter]] | None:
    """The options of a command by their names, and its arguments; None where one is not plain."""
    code = function.__code__
    names = code.co_varnames[: code.co_argcount]
    required = names[: len(names) - len(function.__defaults__ or ())]
    options, places = {}, []
    said = hints(function)
    for name in names:
        kind, declared = declaration(said[name])
        if declared is None or not declared.how.keys() <= _SHOWN:
            return None
        parameter = _parameter(name, kind, required=name in required)
        if parameter is None:
            return None
        if isinstance(declared, Argument):
            places.append(parameter)
        elif isinstance(declared, Option) and (declared.names or not parameter.is_flag):
            options.update(dict.fromkeys(declared.names or ("--" + name.replace("_", "-"),), parameter))
    return {name: one for name, one in options.items() if name.startswith("--")}, places


def _parameter(name: str, kind: Any, *, required: bool) -> Parameter | None:
    """A parameter whose values are of this kind; None where it takes more to make one of a word."""
    if isinstance(kind, UnionType):
        kinds = [one for one in get_args(kind) if one is not NoneType]
        kind = kinds[0] if len(kinds) == 1 else None
    several = get_origin(kind) is list
    if several:
        (kind,) = get_args(kind)
    if kind is bool:
        return None if several else Parameter(name, bool, several=False, required=required, is_flag=True)
    if kind is Path:
        return Parameter(name, _path, several, required)
    if kind is str or (isinstance(kind, type) and issubclass(kind, StrEnum)):
        return Parameter(name, kind, several, required)
    return None


def _path(word: str) -> Path:
    if os.path.exists(word) and not os.access(word, os.R_OK):  # noqa: PTH110 - no path is made for nothing
        raise ValueError(word)
    return Path(word)


def call(arguments: list[str], commands: Collection[str]) -> Callable[[], Any] | None:
    """What is to be run, where the command line is plain and nothing else has a word in it."""
    command, *words = arguments or [""]
    if command not in commands or any(name.startswith(SPEAK_UP) for name in os.environ):
        return None
    function = getattr(import_module(f"rtcli.commands.{command}"), command)
    given = read(function, words)
    if given is None:
        return None
    found = configuration.find(configuration.here(), commands)
    return None if found and found.tables.get(command) else partial(function, **given)
