"""A command line that can be meant in one way only: the names of recordings, and options by their whole long names.

It is read here, by what the command declares; loading typer takes longer than a short run. All else is left to
typer, which would read such a line in the same way: what is wrong, what asks for help, short names, what the
environment or a file of configuration has a word in, and commands that declare what only typer understands.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Iterator
from enum import StrEnum
from functools import partial
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Final, get_args, get_origin

from rtcli.commands import configuration, function_of
from rtcli.commands.declared import Argument, Declared, Option, completed, declaration, hints

SPEAK_UP: Final = ("RTCLI_", "_RTCLI_")
"""How those variables of the environment begin that have a word in it: those of options, and of a shell's completion."""
_BACKPORTS: Final = "typing_extensions"
_SHOWN: Final = frozenset({"autocompletion", "envvar", "help", "metavar"})
"""What may be declared of a parameter that makes no difference to how a line is read."""


class Parameter:
    """What a command takes: how it is made of a word, and whether it takes several; what it means without a word."""

    __slots__ = ("made", "means", "name", "several")

    def __init__(
        self, name: str, made: Callable[[str], Any], *, several: bool = False, means: bool | None = None
    ) -> None:
        self.name = name
        self.made = made
        self.several = several
        self.means = means


def read(function: Callable[..., Any], words: list[str]) -> dict[str, Any] | None:
    """What a command is called with; None where typer has to say what is meant, or what is wrong."""
    taken = _parameters(function)
    if taken is None:
        return None
    options, places, required = taken
    given: dict[str, Any] = {}
    alone = []
    rest = iter(completed(function, words))
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
    return None if alone or not given.keys() >= required else given


def _take(given: dict[str, Any], option: Parameter, value: str | None, rest: Iterator[str]) -> None:
    """Take in an option.

    Raises:
        ValueError: it says it twice, or says what it cannot mean.
        StopIteration: it has no value.

    """
    if option.means is not None:
        if value is not None or option.name in given:
            raise ValueError(option.name)
        given[option.name] = option.means
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


def _parameters(function: Callable[..., Any]) -> tuple[dict[str, Parameter], list[Parameter], set[str]] | None:
    """The plain options of a command by their names, its arguments, and what it must be given.

    None where it takes anything else than options and arguments, or an argument that is not plain.
    """
    code = function.__code__
    names = code.co_varnames[: code.co_argcount]
    options: dict[str, Parameter] = {}
    places = []
    said = hints(function)
    for name in names:
        kind, declared = declaration(said[name])
        made, several = _made(kind)
        if isinstance(declared, Option):
            options.update(_named(name, declared, made, several=several))
        elif isinstance(declared, Argument) and made is not None and _is_plain(declared):
            places.append(Parameter(name, made, several=several))
        else:
            return None
    return options, places, set(names[: len(names) - len(function.__defaults__ or ())])


def _is_plain(declared: Declared) -> bool:
    return declared.how.keys() <= _SHOWN


def _named(parameter: str, option: Option, made: Callable[[str], Any] | None, *, several: bool) -> dict[str, Parameter]:
    """An option by each of its long names; by none where it is not plain."""
    if made is None or not _is_plain(option):
        return {}
    names: dict[str, Parameter] = {}
    if made is bool:
        for name in option.names:
            on, _, off = name.partition("/")
            names |= {on: Parameter(parameter, bool, means=True), off: Parameter(parameter, bool, means=False)}
    else:
        one = Parameter(parameter, made, several=several)
        names = dict.fromkeys(option.names or ("--" + parameter.replace("_", "-"),), one)
    return {name: one for name, one in names.items() if name.startswith("--")}


def _made(kind: Any) -> tuple[Callable[[str], Any] | None, bool]:
    """How a value of this kind is made of a word, where that is plain; and whether there are several."""
    if isinstance(kind, UnionType):
        kinds = [one for one in get_args(kind) if one is not NoneType]
        kind = kinds[0] if len(kinds) == 1 else None
    several = get_origin(kind) is list
    if several:
        (kind,) = get_args(kind)
    if kind is Path:
        return _path, several
    if kind is bool:
        return None if several else bool, several
    return kind if kind is str or (isinstance(kind, type) and issubclass(kind, StrEnum)) else None, several


def _path(word: str) -> Path:
    if os.path.exists(word) and not os.access(word, os.R_OK):  # noqa: PTH110 - no path is made for nothing
        raise ValueError(word)
    return Path(word)


def call(arguments: list[str], commands: Collection[str]) -> Callable[[], Any] | None:
    """What is to be run, where the command line is plain and nothing else has a word in it."""
    command, *words = arguments or [""]
    if command not in commands or any(name.startswith(SPEAK_UP) for name in os.environ):
        return None
    function = function_of(command)
    given = read(function, words)
    if given is None:
        return None
    found = configuration.find(configuration.here(), commands)
    if found and found.tables.get(command):
        return None
    _load_msgspec()
    return partial(function, **given)


def _load_msgspec() -> None:
    """Load msgspec without ``typing_extensions``, which it takes where another package has brought it.

    What it takes from there is in the standard library too; with it come the compiler's modules, 7 ms in all.
    """
    modules: dict[str, Any] = sys.modules
    if _BACKPORTS in modules:
        return
    modules[_BACKPORTS] = None  # there is no such module, to whoever asks now
    try:
        import msgspec  # noqa: F401
    finally:
        del modules[_BACKPORTS]
